"""A host of files whose answers are no file: each ends in an error of ours, and leaves nothing behind."""

import asyncio
import gzip
from pathlib import Path

import httpx
import pytest

from runtime.local_server import Handler, LocalServer, serve
from runtime.replies import detail
from wiro_runtime import AsyncClient, Client, TaskSnapshot, errors
from wiro_runtime.client.outputs import AsyncOutputs, Outputs
from wiro_runtime.driver import content_coding

FILM = bytes(range(256)) * 40
SIZE = len(FILM)
PAGE = b"<html><form>Please log in</form></html>"
MARK = {"etag": '"v1"'}


def finished(server: LocalServer, *, size: int | None, kind: str = "video/mp4") -> TaskSnapshot:
    item = {"name": "0.mp4", "contenttype": kind, "url": f"{server.url}/0.mp4"}
    stated = item if size is None else {**item, "size": str(size)}
    (task,) = detail("task_postprocess_end", pexit="0", outputs=[stated])["tasklist"]
    return TaskSnapshot.from_wire(task)


def save(client: Client, task: TaskSnapshot, folder: Path) -> bytes:
    (path,) = Outputs(task, client._runner.perform).save(folder)
    return path.read_bytes()


def read(client: Client, task: TaskSnapshot, folder: Path) -> bytes:
    return Outputs(task, client._runner.perform)[0].read()


def pieces(client: Client, task: TaskSnapshot, folder: Path) -> bytes:
    content = b""
    for piece in Outputs(task, client._runner.perform)[0].iter_bytes():
        content += piece
        assert FILM.startswith(content)
    return content


async def save_awaited(client: AsyncClient, task: TaskSnapshot, folder: Path) -> bytes:
    (path,) = await AsyncOutputs(task, client._runner.perform).save(folder)
    return path.read_bytes()


async def read_awaited(client: AsyncClient, task: TaskSnapshot, folder: Path) -> bytes:
    return await AsyncOutputs(task, client._runner.perform)[0].read()


async def pieces_awaited(client: AsyncClient, task: TaskSnapshot, folder: Path) -> bytes:
    content = b""
    async for piece in AsyncOutputs(task, client._runner.perform)[0].iter_bytes():
        content += piece
        assert FILM.startswith(content)
    return content


WAYS = [save, read, pieces, save_awaited, read_awaited, pieces_awaited]


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def fetch(request, tmp_path, virtual_time):
    """Fetches a task's only output in one of the ways there are; no file is left unless all went well."""
    way = request.param

    async def awaited(task: TaskSnapshot) -> bytes:
        async with AsyncClient("key") as client:
            return await way(client, task, tmp_path)

    def fetch(task: TaskSnapshot) -> bytes:
        try:
            if asyncio.iscoroutinefunction(way):
                return asyncio.run(awaited(task))
            with Client("key") as client:
                return way(client, task, tmp_path)
        except errors.DownloadFailed:
            assert list(tmp_path.iterdir()) == []
            raise

    return fetch


class Host:
    """Answers by the next of some ways, and by the last of them for ever."""

    def __init__(self, *ways) -> None:
        self.ways = list(ways)
        self.asked: list[str | None] = []

    def __call__(self, handler: Handler) -> None:
        self.asked.append(handler.headers.get("range"))
        way = self.ways.pop(0) if len(self.ways) > 1 else self.ways[0]
        way(handler)


def whole(handler: Handler) -> None:
    handler.raw(FILM, **MARK)


def half(handler: Handler) -> None:
    handler.raw(FILM[: SIZE // 2], length=SIZE, **MARK)
    handler.hang_up()


def coded(*codings: str, body: bytes = FILM):
    def answer(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("content-length", str(len(body)))
        for coding in codings:
            handler.send_header("content-encoding", coding)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.fixture(params=[SIZE, None], ids=["size", "no-size"])
def size(request) -> int | None:
    return request.param


@pytest.mark.parametrize(
    ("codings", "words"),
    [
        (["x-foo"], "content coding 'x-foo'"),
        (["br"], r"content coding 'br'.*httpx\[brotli\]"),
        (["ZSTD"], r"content coding 'zstd'.*httpx\[zstd\]"),
        (["gzip, gzip"], "content coding 'gzip, gzip'"),
        (["gzip", "x-foo"], "content coding 'gzip, x-foo'"),
    ],
)
def test_a_coding_that_cannot_be_undone_is_named(fetch, size, codings, words):
    """What came would be saved as it is, under the name of the file."""
    host = Host(coded(*codings))
    with serve(host) as server, pytest.raises(errors.DownloadFailed, match=words) as raised:
        fetch(finished(server, size=size))
    assert "127.0.0.1 answered" in str(raised.value)
    assert raised.value.url == f"{server.url}/0.mp4"
    assert host.asked == [None]


@pytest.mark.parametrize("coding", ["identity", "aws-chunked", ""])
def test_what_says_that_nothing_was_done_to_the_file_is_no_coding(fetch, size, coding):
    with serve(Host(coded(coding))) as server:
        assert fetch(finished(server, size=size)) == FILM


def test_a_coding_that_can_be_undone_is_though_nobody_asked_for_it(fetch, size):
    with serve(Host(coded("gzip", body=gzip.compress(FILM)))) as server:
        assert fetch(finished(server, size=size)) == FILM


def test_a_file_that_is_gone_is_told_as_gone_however_its_page_is_coded(fetch, size):
    def gone(handler: Handler) -> None:
        handler.raw(PAGE, 410, content_encoding="gzip, x-foo")

    with serve(Host(gone)) as server, pytest.raises(errors.DownloadFailed, match="HTTP 410"):
        fetch(finished(server, size=size))


@pytest.mark.parametrize("kind", ["text/html", "Text/HTML; charset=utf-8", "application/json"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_page_instead_of_a_film_is_no_film(fetch, size, kind, packed):
    def log_in(handler: Handler) -> None:
        coding = {"content_encoding": "gzip"} if packed else {}
        handler.raw(gzip.compress(PAGE) if packed else PAGE, content_type=kind, **coding)

    host = Host(log_in)
    with serve(host) as server, pytest.raises(errors.DownloadFailed, match="page") as raised:
        fetch(finished(server, size=size))
    assert "video/mp4" in str(raised.value)
    assert len(host.asked) == 4


def test_a_page_that_passes_is_waited_for(fetch, size):
    host = Host(lambda handler: handler.raw(PAGE, content_type="text/html"), whole)
    with serve(host) as server:
        assert fetch(finished(server, size=size)) == FILM


@pytest.mark.parametrize("kind", ["text/html", "application/json", "", "application/octet-stream"])
def test_a_page_that_was_promised_is_the_file(fetch, kind):
    host = Host(lambda handler: handler.raw(FILM, content_type="text/html"))
    with serve(host) as server:
        assert fetch(finished(server, size=None, kind=kind)) == FILM


def test_a_file_of_the_stated_length_is_one_whatever_its_host_calls_it(fetch):
    host = Host(lambda handler: handler.raw(FILM, content_type="text/html"))
    with serve(host) as server:
        assert fetch(finished(server, size=SIZE)) == FILM


def test_an_empty_film_is_no_film(fetch, size):
    host = Host(lambda handler: handler.raw(b""))
    with (
        serve(host) as server,
        pytest.raises(errors.DownloadFailed, match=r"empty file|has 0 bytes"),
    ):
        fetch(finished(server, size=size))
    assert len(host.asked) == 4


def test_a_text_may_be_empty(fetch):
    with serve(Host(lambda handler: handler.raw(b""))) as server:
        assert fetch(finished(server, size=None, kind="text/plain")) == b""


def test_headers_without_end_are_given_up(fetch, size):
    def huge(handler: Handler) -> None:
        handler.raw(FILM, **{f"x_{number}": "y" * 4000 for number in range(80)})

    with serve(Host(huge)) as server, pytest.raises(errors.DownloadFailed):
        fetch(finished(server, size=size))


def test_a_range_that_is_no_longer_there_is_asked_for_anew(fetch, size):
    host = Host(half, lambda handler: handler.raw(PAGE, 416), whole)
    with serve(host) as server:
        assert fetch(finished(server, size=size)) == FILM
    assert host.asked == [None, f"bytes={SIZE // 2}-", None]


@pytest.mark.parametrize(
    ("body", "stated"),
    [
        (FILM[SIZE // 2 : -10], f"bytes {SIZE // 2}-{SIZE - 11}/{SIZE}"),
        (FILM[SIZE // 2 : -10], f"bytes {SIZE // 2}-{SIZE - 11}/{SIZE - 10}"),
        (FILM[SIZE // 2 : -10], f"bytes {SIZE // 2}-{SIZE - 11}/*"),
        (FILM[SIZE // 2 + 1 :], f"bytes {SIZE // 2 + 1}-{SIZE - 1}/{SIZE}"),
        (FILM, f"bytes 0-{SIZE - 1}/{SIZE}"),
        (FILM[SIZE // 2 :], f"BYTES={SIZE // 2}"),
        (FILM[SIZE // 2 :], ""),
    ],
)
def test_a_part_other_than_the_rest_makes_no_file(fetch, size, body, stated):
    """Not even one whose size the platform does not state: the host stated it before the break."""
    host = Host(half, lambda handler: handler.raw(body, 206, content_range=stated, **MARK), whole)
    with serve(host) as server:
        assert fetch(finished(server, size=size)) == FILM


def test_a_coded_part_is_no_continuation(fetch, size):
    def packed(handler: Handler) -> None:
        rest = gzip.compress(FILM)[SIZE // 2 :]
        parts = f"bytes {SIZE // 2}-{SIZE - 1}/{SIZE}"
        handler.raw(rest, 206, content_range=parts, content_encoding="gzip", **MARK)

    with serve(Host(half, packed, whole)) as server:
        assert fetch(finished(server, size=size)) == FILM


def test_a_file_that_is_longer_than_stated_is_not_cut(fetch):
    def longer(handler: Handler) -> None:
        handler.raw(FILM + FILM, **MARK)

    with serve(Host(longer)) as server, pytest.raises(errors.DownloadFailed, match="stated"):
        fetch(finished(server, size=SIZE))


def test_a_file_that_ends_early_where_no_length_is_given_is_not_whole(fetch):
    def cut(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("connection", "close")
        handler.end_headers()
        handler.wfile.write(FILM[:-1])
        handler.close_connection = True

    with serve(Host(cut)) as server, pytest.raises(errors.DownloadFailed, match="stated"):
        fetch(finished(server, size=SIZE))


def test_a_file_in_chunks_that_ends_without_the_last_is_not_whole(fetch, size):
    def cut(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("transfer-encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"%x\r\n%s\r\n" % (SIZE - 1, FILM[:-1]))
        handler.hang_up()

    with serve(Host(cut, cut, cut, cut)) as server, pytest.raises(errors.DownloadFailed):
        fetch(finished(server, size=size))


@pytest.mark.parametrize(("coding", "is_known"), [("gzip", True), ("deflate", True), ("x", False)])
def test_whether_httpx_undoes_a_coding_is_asked_of_httpx(coding, is_known):
    assert content_coding.is_decoded(coding) is is_known


def test_a_coding_counts_as_known_once_httpx_has_its_library(monkeypatch):
    class Reversing(httpx._decoders.IdentityDecoder):
        def decode(self, data: bytes) -> bytes:
            return data[::-1]

    monkeypatch.setitem(httpx._decoders.SUPPORTED_DECODERS, "reversed", Reversing)
    assert content_coding.is_decoded("reversed")
