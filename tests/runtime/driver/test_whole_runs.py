"""Whole runs over the two adapters: an upload, a run, a download; and none of it is left behind half."""

import asyncio
import io

import httpx
import pytest

from runtime.driver.outputs_kit import PNG, platform
from runtime.local_server import Handler, serve
from runtime.models import Vace
from wiro_runtime import AsyncClient, Client, DownloadProgress, errors
from wiro_runtime.request.file import LocalFile


def test_a_run_from_upload_to_saved_file(tmp_path):
    source = tmp_path / "a.png"
    source.write_bytes(b"content")
    seen: list[DownloadProgress] = []
    with serve(platform) as server, Client("key", base_url=f"{server.url}/v1") as client:
        result = client.run(
            Vace(prompt="x", input_image=[source, io.BytesIO(b"\x89PNG\r\n\x1a\n")])
        )
        (saved,) = result.outputs.save(tmp_path / "out", on_progress=seen.append)
    assert saved.read_bytes() == PNG
    assert [path.name for path in saved.parent.iterdir()] == ["0.png"]
    assert (seen[-1].received, seen[-1].total) == (len(PNG), len(PNG))
    assert result.cost == result.task.total_cost
    uploads = [body for path, _, body in server.seen if path == "/v1/File/Upload"]
    assert len(uploads) == 2
    (upload,) = [body for body in uploads if b'name="file"; filename="a.png"' in body]
    assert b"content" in upload


def test_the_same_awaited(tmp_path):
    async def main(base_url: str):
        async with AsyncClient("key", base_url=base_url) as client:
            result = await client.run(Vace(prompt="x", input_image=b"\x89PNG\r\n\x1a\n"))
            uploaded = await client.files.upload(("a.txt", b"text"))
            return uploaded, await result.outputs.save(tmp_path)

    with serve(platform) as server:
        uploaded, (saved,) = asyncio.run(main(f"{server.url}/v1"))
    assert saved.read_bytes() == PNG
    assert (uploaded.url, uploaded.size) == ("https://file/1", 7)


def test_the_host_of_the_files_gets_no_credentials(tmp_path):
    own = httpx.Client(
        headers={"authorization": "Bearer mine", "x-api-key": "mine"}, cookies={"c": "d"}
    )
    with serve(platform) as server, own:
        client = Client("key", "secret", base_url=f"{server.url}/v1", http_client=own)
        client.run(Vace(prompt="x")).outputs.save(tmp_path)
    downloads = [headers for path, headers, _ in server.seen if path.endswith(".png")]
    assert len(downloads) == 2
    for headers in downloads:
        assert not {"authorization", "x-api-key", "x-nonce", "x-signature"} & set(headers)


def test_a_download_that_breaks_off_leaves_nothing_and_recovers(tmp_path, virtual_time):
    def answer(handler: Handler) -> None:
        if handler.path == "/0.png" and handler.server.count("/0.png") < 3:
            handler.raw(PNG[:1000], length=len(PNG))
            handler.disconnect()
        elif handler.path == "/0.png":
            handler.raw(PNG)
        else:
            platform(handler)

    with serve(answer) as server, Client("key", base_url=f"{server.url}/v1") as client:
        (saved,) = client.run(Vace(prompt="x")).outputs.save(tmp_path)
    assert saved.read_bytes() == PNG
    assert [path.name for path in tmp_path.iterdir()] == ["0.png"]


def test_a_download_that_never_succeeds_leaves_nothing(tmp_path, virtual_time):
    def answer(handler: Handler) -> None:
        if handler.path == "/0.png":
            handler.raw(PNG[: -1 - server.count("/0.png")])
        else:
            platform(handler)

    with serve(answer) as server, Client("key", base_url=f"{server.url}/v1") as client:
        result = client.run(Vace(prompt="x"))
        with pytest.raises(
            errors.DownloadFailed, match="200003 bytes came instead of the stated 200008"
        ):
            result.outputs.save(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_error_page_is_neither_saved_nor_counted(tmp_path, virtual_time):
    def answer(handler: Handler) -> None:
        if handler.path == "/0.png" and handler.server.count("/0.png") == 1:
            handler.raw(b"<html>busy</html>", 503)
        elif handler.path == "/0.png":
            handler.raw(PNG)
        else:
            platform(handler)

    seen: list[DownloadProgress] = []
    with serve(answer) as server, Client("key", base_url=f"{server.url}/v1") as client:
        (saved,) = client.run(Vace(prompt="x")).outputs.save(tmp_path, on_progress=seen.append)
    assert saved.read_bytes() == PNG
    assert [saving.received for saving in seen] == sorted(saving.received for saving in seen)


class Changing(io.BytesIO):
    """A recording that is still being written, or is started anew, while it is sent."""

    def __init__(self, piece: bytes) -> None:
        super().__init__(b"a" * 100)
        self.piece = piece

    def read(self, size: int | None = -1, /) -> bytes:
        return self.piece


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize(
    ("upload", "raised"), [("before", errors.UploadFailed), ("with", errors.SubmissionUnknown)]
)
@pytest.mark.parametrize(("piece", "said"), [(b"a" * 1000, "grew"), (b"", "became shorter")])
def test_a_file_that_changes_while_it_is_sent_is_not_sent_as_a_part(
    kind, upload, raised, piece, said
):
    request = Vace(prompt="x", input_image=("a.png", Changing(piece)))

    async def awaited(url):
        async with AsyncClient("key", base_url=url) as client:
            await client.submit(request, upload=upload)

    def blocking(url):
        with Client("key", base_url=url) as client:
            client.submit(request, upload=upload)

    def submit(url):
        blocking(url) if kind == "sync" else asyncio.run(awaited(url))

    with serve(platform) as server, pytest.raises(raised, match=rf"a\.png {said}"):
        submit(f"{server.url}/v1")
    assert all(len(body) < int(headers["content-length"]) for _, headers, body in server.seen)


def test_a_path_whose_file_grows_while_it_is_sent_is_not_sent_as_a_part(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"a" * 100)
    with LocalFile.of(path).opened() as file, path.open("ab") as recording:
        assert len(file.read(60)) == 60
        recording.write(b"b" * 100)
        recording.flush()
        with pytest.raises(OSError, match=r"a\.mp4 grew while it was being sent, from 100 bytes"):
            file.read(60)
