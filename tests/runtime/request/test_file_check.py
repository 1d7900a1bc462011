"""Whatever people have that is a file either works or gets an error that shows what to write instead."""

import io
import tempfile
import uuid
from pathlib import Path, PurePosixPath

import httpx
import pytest
from PIL import Image

from wiro_runtime.request.file import LocalFile
from wiro_runtime.request.file_check import check_one, check_several

PNG = b"\x89PNG\r\n\x1a\n"


def content_of(value: object) -> tuple[str, bytes]:
    local = LocalFile.of(check_one(value))
    with local.opened() as opened:
        return local.name, opened.read()


class Upload:
    """As Starlette's `UploadFile`: an awaited read, and the file below it."""

    def __init__(self, name: str | None) -> None:
        self.filename = name
        self.file = tempfile.SpooledTemporaryFile()  # noqa: SIM115 - the framework's to close
        self.file.write(b"1")

    async def read(self, size: int = -1) -> bytes:
        return self.file.read(size)


class Storage:
    """As Werkzeug's `FileStorage`."""

    def __init__(self, name: str | None) -> None:
        self.filename = name
        self.stream = io.BytesIO(b"1")


class Awaited:
    """As a file of aiofiles."""

    async def read(self, size: int = -1) -> bytes:
        return b""


class Grid:
    """As an array of numpy."""

    __array_interface__ = {"version": 3}  # noqa: RUF012 - as numpy has it


class Entry:
    """A path that is made of bytes, as `os.scandir(b".")` gives them."""

    def __fspath__(self) -> bytes:
        return b"/folder/a.png"


@pytest.mark.parametrize(
    ("given", "name", "content"),
    [
        ("data:image/png;base64,iVBORw0KGgo=", "file.png", PNG),
        ("data:text/plain,a%20deer", "file.txt", b"a deer"),
        ("data:,x", "file", b"x"),
        (("a.png", b"1", "image/png"), "a.png", b"1"),
        (("a", b"1", "image/png"), "a.png", b"1"),
        (("folder/a.png", io.BytesIO(b"1")), "a.png", b"1"),
        (("a.png", bytearray(b"1")), "a.png", b"1"),
        (bytearray(PNG), "file.png", PNG),
        (memoryview(PNG), "file.png", PNG),
        (Upload("a.png"), "a.png", b"1"),
        (Storage("a.png"), "a.png", b"1"),
        (Storage(None), "file", b"1"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_file_in_any_of_these_forms_is_sent(given, name, content):
    assert content_of(given) == (name, content)


def test_a_picture_of_pillow_is_sent_as_png():
    name, content = content_of(Image.new("RGB", (2, 2)))
    assert (name, content[:8]) == ("image.png", PNG)


def test_file_urls_and_paths_of_any_kind_are_paths(tmp_path):
    path = tmp_path / "a deer.png"
    assert check_one(path.as_uri()) == path
    assert check_one(PurePosixPath("/folder/a.png")) == Path("/folder/a.png")
    assert check_one(Entry()) == Path("/folder/a.png")


def test_a_url_object_is_a_url():
    assert check_one(httpx.URL("https://a.example/b.png")) == "https://a.example/b.png"


def test_two_urls_are_two_files_and_a_named_file_is_one():
    assert len(check_several(("https://a.example/1", "https://a.example/2"))) == 2
    assert len(check_several(("a.png", io.BytesIO(b"1"), "image/png"))) == 1


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        ("a.png", r"write Path\('a.png'\)"),
        ("data:image/png;base64", "has no comma"),
        ("data:image/png;base64,%%%", "cannot be read"),
        (io.StringIO("x"), 'open it with "rb"'),
        (Awaited(), r"give its path as Path\(…\), or \(name, await file.read\(\)\)"),
        (Grid(), r"PIL.Image.fromarray\(array\)"),
        (("a.png", "https://a.example/b"), r"a named file is \(name, bytes\)"),
        ((), "got a tuple of 0"),
        (7, "expected a file"),
        (uuid.UUID(int=0), "expected a file"),
        (io.BytesIO, "expected a file"),
        (None, "expected a file"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_anything_else_gets_an_error_that_shows_what_to_write(given, advice):
    with pytest.raises(ValueError, match=advice):
        check_one(given)
