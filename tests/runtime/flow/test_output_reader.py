"""An output is read as it comes, and what was passed on is the beginning of the file, whatever breaks."""

import asyncio
import threading
import tracemalloc

import pytest

from runtime.local_server import serve
from runtime.replies import detail
from wiro_runtime import (
    AsyncClient,
    AsyncMediaResult,
    Client,
    MediaResult,
    TaskSnapshot,
    errors,
)
from wiro_runtime.client.outputs import AsyncOutputs, Outputs

CONTENT = bytes(range(256)) * 1024
SIZE = len(CONTENT)
HALF = SIZE // 2
MARK = {"etag": '"v1"'}


def finished(url: str, size: int | None = SIZE) -> TaskSnapshot:
    item = {"name": "0.mp4", "contenttype": "video/mp4", "url": f"{url}/0.mp4"}
    stated = item if size is None else {**item, "size": str(size)}
    (task,) = detail("task_postprocess_end", pexit="0", outputs=[stated])["tasklist"]
    return TaskSnapshot.from_wire(task)


def read(kind: str, task: TaskSnapshot, on_piece=lambda _: None, **options) -> bytes:
    """All pieces together; `on_piece` sees each when it comes."""
    pieces: list[bytes] = []

    def take(piece: bytes) -> None:
        pieces.append(piece)
        on_piece(piece)

    async def awaited() -> None:
        async with AsyncClient("key") as client:
            output = AsyncOutputs(task, client._runner.perform)[0]
            async for piece in output.iter_bytes(**options):
                take(piece)

    if kind == "async":
        asyncio.run(awaited())
    else:
        with Client("key") as client:
            for piece in Outputs(task, client._runner.perform)[0].iter_bytes(**options):
                take(piece)
    return b"".join(pieces)


class Breaking:
    """Serves the file, each time by the next of some ways."""

    def __init__(self, *ways) -> None:
        self.ways = list(ways)
        self.asked: list[str | None] = []

    def __call__(self, handler) -> None:
        self.asked.append(handler.headers.get("range"))
        way = self.ways.pop(0) if self.ways else whole
        way(handler)


def whole(handler) -> None:
    handler.raw(CONTENT, **MARK)


def half(handler, content: bytes = CONTENT, **headers: str) -> None:
    handler.raw(content[:HALF], length=SIZE, **headers)
    handler.hang_up()


def half_marked(handler) -> None:
    half(handler, **MARK)


def rest(handler) -> None:
    handler.raw(CONTENT[HALF:], 206, content_range=f"bytes {HALF}-{SIZE - 1}/{SIZE}", **MARK)


def other(handler) -> None:
    handler.raw(bytes(SIZE), etag='"v2"')


def error_page(handler) -> None:
    handler.raw(b"<html>gone</html>")


@pytest.fixture(params=["sync", "async"])
def kind(request) -> str:
    return request.param


def test_the_first_piece_comes_before_the_file_is_whole(kind):
    came, waited = threading.Event(), []

    def slow(handler) -> None:
        handler.raw(CONTENT[:HALF], length=SIZE)
        waited.append(came.wait(60))
        handler.wfile.write(CONTENT[HALF:])

    with serve(slow) as server:
        content = read(kind, finished(server.url), lambda _: came.set(), chunk_size=1024)
    assert waited == [True]
    assert content == CONTENT


def test_pieces_have_the_size_that_was_asked_for(kind):
    sizes: list[int] = []
    with serve(whole) as server:
        read(kind, finished(server.url), lambda piece: sizes.append(len(piece)), chunk_size=1000)
    assert set(sizes[:-1]) == {1000}
    assert sizes[-1] == SIZE % 1000


def test_a_break_is_mended_from_where_it_broke(kind, virtual_time):
    host = Breaking(half_marked, rest)
    with serve(host) as server:
        assert read(kind, finished(server.url)) == CONTENT
    assert host.asked == [None, f"bytes={HALF}-"]


def test_a_host_that_can_only_begin_anew_is_compared_with_what_was_passed_on(kind, virtual_time):
    host = Breaking(half, half, whole)
    with serve(host) as server:
        assert read(kind, finished(server.url)) == CONTENT
    assert host.asked == [None, None, None]


def test_another_file_after_a_break_is_never_taken_for_the_rest(kind, virtual_time):
    passed: list[bytes] = []
    with (
        serve(Breaking(half_marked, other)) as server,
        pytest.raises(errors.DownloadFailed, match="another file now") as raised,
    ):
        read(kind, finished(server.url), passed.append)
    assert CONTENT.startswith(b"".join(passed))
    assert raised.value.task.id == "2221"


def test_an_answer_of_another_length_is_refused_before_its_first_byte(kind, virtual_time):
    host = Breaking(error_page)
    with serve(host) as server:
        assert read(kind, finished(server.url)) == CONTENT
    assert len(host.asked) == 2


def test_a_host_that_never_has_the_file_fails_after_some_attempts(kind, virtual_time):
    passed: list[bytes] = []
    host = Breaking(*[error_page] * 9)
    with (
        serve(host) as server,
        pytest.raises(errors.DownloadFailed, match="17 bytes instead of the stated"),
    ):
        read(kind, finished(server.url), passed.append)
    assert passed == []
    assert len(host.asked) == 4


@pytest.mark.parametrize("status", [404, 403])
def test_a_file_that_is_not_there_is_asked_for_once(kind, status):
    host = Breaking(lambda handler: handler.raw(b"", status))
    with serve(host) as server, pytest.raises(errors.DownloadFailed, match=f"HTTP {status}"):
        read(kind, finished(server.url))
    assert len(host.asked) == 1


def test_it_follows_redirects_and_keeps_what_it_knows(kind, virtual_time):
    served = Breaking(half_marked, rest)

    def moved(handler) -> None:
        if handler.path == "/0.mp4":
            handler.raw(b"", 302, location="/moved.mp4")
        else:
            served(handler)

    with serve(moved) as server:
        assert read(kind, finished(server.url)) == CONTENT
    assert served.asked == [None, f"bytes={HALF}-"]


def test_a_file_whose_size_nobody_states_is_read_to_its_end(kind):
    with serve(whole) as server:
        assert read(kind, finished(server.url, size=None)) == CONTENT


@pytest.mark.parametrize(
    "url",
    [
        "http://[::1",
        "http://xn--a.invalid/",
        "http://\ud800/",
        "http://a.invalid/\0",
        "http://a.invalid/" + "a" * 100_000,
    ],
    ids=["half an address", "no host name", "half an emoji", "a zero byte", "too long"],
)
@pytest.mark.parametrize("fetch", ["read", "save", "iter_bytes"])
def test_what_is_no_url_is_refused_by_us_at_once(kind, fetch, url, tmp_path):
    """Nobody can fetch it, and the libraries below say so in words of their own."""
    output = (MediaResult if kind == "sync" else AsyncMediaResult).from_dict(
        {"task": finished(url).to_dict()}
    )

    async def awaited() -> None:
        (first,) = output.outputs
        if fetch == "iter_bytes":
            _ = [piece async for piece in first.iter_bytes()]
        else:
            await (first.read() if fetch == "read" else first.save(tmp_path / "a"))

    def blocking() -> None:
        (first,) = output.outputs
        if fetch == "iter_bytes":
            _ = list(first.iter_bytes())
        else:
            _ = first.read() if fetch == "read" else first.save(tmp_path / "a")

    with pytest.raises(errors.DownloadFailed, match="its URL is none"):
        blocking() if kind == "sync" else asyncio.run(awaited())
    assert list(tmp_path.iterdir()) == []


def test_whoever_leaves_early_gives_the_connection_back(kind):
    class EnoughError(Exception):
        pass

    def stop(_: bytes) -> None:
        raise EnoughError

    noticed = threading.Event()

    def endless(handler) -> None:
        handler.raw(b"", length=2**40)
        try:
            while True:
                handler.wfile.write(CONTENT)
        except OSError:
            noticed.set()

    with serve(endless) as server:
        with pytest.raises(EnoughError):
            read(kind, finished(server.url, size=2**40), stop)
        assert noticed.wait(60)


def test_the_deadline_holds_for_all_of_it(kind, virtual_time):
    host = Breaking(*[half] * 99)
    with serve(host) as server, pytest.raises(errors.DeadlineExceeded) as raised:
        read(kind, finished(server.url), deadline=0.5)
    assert raised.value.task.id == "2221"


def test_no_more_than_a_piece_is_held(kind):
    """What the host sends faster than it is read waits at the host."""

    def long(handler) -> None:
        handler.raw(b"", length=64 * SIZE)
        for _ in range(64):
            handler.wfile.write(CONTENT)

    async def awaited(task) -> list[int]:
        async with AsyncClient("key") as client:
            pieces = AsyncOutputs(task, client._runner.perform)[0].iter_bytes()
            return [tracemalloc.get_traced_memory()[0] async for _ in pieces]

    with serve(long) as server:
        task = finished(server.url, size=64 * SIZE)
        tracemalloc.start()
        try:
            if kind == "async":
                held = asyncio.run(awaited(task))
            else:
                with Client("key") as client:
                    pieces = Outputs(task, client._runner.perform)[0].iter_bytes()
                    held = [tracemalloc.get_traced_memory()[0] for _ in pieces]
        finally:
            tracemalloc.stop()
    assert max(held) < 32 * SIZE
