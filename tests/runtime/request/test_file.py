"""What a file argument may be, and what keeps one from being uploaded."""

import io
import os
from pathlib import Path

import pytest

from wiro_runtime.request import wire
from wiro_runtime.request.encoding import Encoding
from wiro_runtime.request.file import MAX_UPLOAD_BYTES, LocalFile, location
from wiro_runtime.request.file_check import check_one, check_several


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\x89PNG\r\n\x1a\n", "file.png"),
        (b"\xff\xd8\xff\xe0", "file.jpg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "file.webp"),
        (b"\x00\x00\x00\x18ftypisom", "file.mp4"),
        (b"\x00\x00\x00\x18ftypheic", "file.heic"),
        (b"%PDF-1.7", "file.pdf"),
        (b"\x00\x00\x00\x18ftypM4A ", "file.m4a"),
        (b"\x00\x00\x00\x14ftypqt  ", "file.mov"),
        (b"PK\x03\x04", "file.zip"),
        (b"anything", "file"),
    ],
)
def test_bytes_get_a_name_that_shows_the_platform_their_type(head, name):
    assert LocalFile.of(head).name == name


def test_named_bytes_are_one_file_and_not_two():
    assert check_several(("a.png", b"1")) == (("a.png", b"1"),)
    assert LocalFile.of(("a.png", b"1")).name == "a.png"


def test_only_urls_need_no_upload(tmp_path):
    assert location("https://a/b") == "https://a/b"
    assert location(b"1") is None
    assert location(check_one(tmp_path / "a.png")) is None


def test_an_open_file_keeps_its_name_and_stays_open(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"123")
    with path.open("rb") as file:
        local = LocalFile.of(check_one(file))
        with local.opened() as opened:
            assert opened.read() == b"123"
        assert (local.name, file.closed) == ("a.png", False)


def test_problems_are_found_before_anything_is_sent(tmp_path):
    (tmp_path / "empty.png").touch()
    big = tmp_path / "big.mp4"
    with big.open("wb") as file:
        file.truncate(MAX_UPLOAD_BYTES + 1)
    closed = io.BytesIO(b"1")
    closed.close()
    problems = [
        LocalFile.of(check_one(given)).find_problem()
        for given in (
            tmp_path / "no.png",
            tmp_path,
            tmp_path / "empty.png",
            big,
            b"",
            closed,
        )
    ]
    for problem, words in zip(
        problems,
        (
            "does not exist",
            "is a folder",
            "is empty",
            "104,857,600 at most",
            "is empty",
            "is closed",
        ),
        strict=True,
    ):
        assert problem is not None
        assert words in problem
    (tmp_path / "good.png").write_bytes(b"1")
    assert LocalFile.of(Path(tmp_path / "good.png")).find_problem() is None


@pytest.mark.parametrize(
    "name", ["a.ogg", "a.opus", "a.avif", "a.tiff", "a.svg", "a.mkv", "a", "a.exe"]
)
def test_no_ending_keeps_a_file_from_being_sent(name):
    """What a model takes is in its document, and that may be wider than any list of ours."""
    assert LocalFile.of(check_one((name, b"1"))).find_problem() is None


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_name_that_is_no_text_is_sent_with_a_mark_in_its_place(tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.png"))
    path.write_bytes(b"1")
    assert LocalFile.of(check_one(path)).name == "caf?.png"


def test_an_encoding_that_finds_files_is_asked_for_them():
    """Those without files are passed over when local files are looked for; that is derived, not declared."""

    class Paired(wire.Text):
        def files(self, value):
            return (value,)

    assert Paired.holds_files
    kinds = [kind for kind in vars(wire).values() if isinstance(kind, type)]
    holding = {kind.__name__ for kind in kinds if issubclass(kind, Encoding) and kind.holds_files}
    assert holding == {"CombinedFiles", "File", "FileList"}


class Reads(io.RawIOBase):
    """A file whose `read()` returns these, one after the other."""

    def __init__(self, *chunks, seekable=True):
        self._chunks, self._left, self._seekable = chunks, list(chunks), seekable

    def seekable(self):
        return self._seekable

    def seek(self, offset, whence=0):
        self._left = list(self._chunks)
        return 100 if whence else offset

    def tell(self):
        return 0

    def read(self, size=-1):
        return self._left.pop(0) if self._left else b""


@pytest.mark.parametrize("seekable", [True, False])
@pytest.mark.parametrize(
    ("chunk", "words"),
    [(None, r"returned None, .* os\.set_blocking"), ("text", "returned str instead of bytes")],
)
def test_a_file_that_reads_something_else_than_bytes_is_not_taken_for_its_end(
    seekable, chunk, words
):
    local = LocalFile.of(check_one(("a.png", Reads(b"123", chunk, b"456", seekable=seekable))))
    with local.opened() as opened:
        assert opened.read(3) == b"123"
        with pytest.raises(OSError, match=words):
            opened.read(3)


@pytest.mark.parametrize("chunk", [None, "text"])
def test_such_a_file_without_a_name_has_no_ending(chunk):
    assert LocalFile.of(check_one(Reads(chunk))).name == "file"


def test_bytes_of_any_kind_are_read():
    local = LocalFile.of(check_one(("a.png", Reads(bytearray(b"12"), memoryview(b"34")))))
    with local.opened() as opened:
        assert opened.read(2) + opened.read(2) == b"1234"


def test_a_pipe_that_does_not_wait_is_said_to_be_one():
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    with os.fdopen(reading, "rb", 0) as file, os.fdopen(writing, "wb"):
        local = LocalFile.of(check_one(("a.png", file)))
        with local.opened() as opened, pytest.raises(BlockingIOError, match="returned None"):
            opened.read(10)
