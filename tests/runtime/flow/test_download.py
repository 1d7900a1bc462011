"""Outputs are saved whole, under safe names, over nothing. Flows by hand; names and files for real."""

import os
import sys
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.script import Arrived, Script
from wiro_runtime import TaskSnapshot, errors
from wiro_runtime.client.saving import SaveOptions, place_all
from wiro_runtime.flow.download import DownloadOptions, read_one, save_all
from wiro_runtime.flow.effect import CommitFile, DiscardFile, Download, TransportFailure
from wiro_runtime.storage import distinct, reserve, safe_name

URL = "https://cdn/0.png"
BROKEN = TransportFailure("ReadError", never_sent=False)


def save(script: Script, *outputs: dict, deadline=None, on_conflict="rename") -> list[Path]:
    task = TaskSnapshot.from_wire({"id": "2221", "outputs": list(outputs)})
    fetching = DownloadOptions(task, deadline)
    options = SaveOptions("save()", on_conflict, None, None)
    places = place_all(task.outputs, task, "out", options)
    return script.run(save_all(places, fetching, on_conflict=on_conflict, at_once=4))


def output(**fields) -> dict:
    return {"name": "0.png", "contenttype": "image/png", "size": "3", "url": URL, **fields}


def kinds(script: Script) -> list[type]:
    return [type(effect) for effect in script.effects]


@pytest.mark.parametrize("stated", ["0", "-1", "", "many"])
def test_a_stated_size_that_is_none_is_not_held_against_the_file(stated):
    assert save(Script(Arrived(200, b"123")), output(size=stated)) == [Path("out/0.png")]


def test_a_host_that_states_quite_another_length_does_not():
    page = [Arrived(200, b"no", content_length="2") for _ in range(4)]
    with pytest.raises(errors.DownloadFailed):
        save(Script(*page), output(size="3000"))


@pytest.mark.parametrize("stated", ["2", "4"])
def test_a_host_that_states_its_own_length_twice_outvotes_the_platform(stated):
    whole = [Arrived(200, b"123", content_length="3") for _ in range(2)]
    assert save(Script(*whole), output(size=stated)) == [Path("out/0.png")]


def test_a_host_that_changes_its_mind_does_not():
    lengths = [Arrived(200, b"x" * size, content_length=str(size)) for size in (1, 2, 4, 5)]
    with pytest.raises(errors.DownloadFailed):
        save(Script(*lengths), output())


def test_a_whole_file_is_published():
    script = Script(Arrived(200, b"123"))
    assert save(script, output()) == [Path("out/0.png")]
    assert DiscardFile not in kinds(script)


@pytest.mark.parametrize(
    "trouble",
    [
        Arrived(200, b"12"),
        Arrived(200, b"1234"),
        Arrived(503, b"<html>"),
        Arrived(429),
        Arrived(408),
        Arrived(206, b"123", content_range="bytes 0-2/3"),
        Arrived(206, b"23", content_range="bytes 1-2/3"),
        Arrived(200, b"1", breaks=BROKEN),
        BROKEN,
    ],
)
def test_trouble_that_may_pass_is_tried_again(trouble):
    script = Script(trouble, trouble, Arrived(200, b"123"))
    assert save(script, output()) == [Path("out/0.png")]
    assert len(script.slept) == 2


def test_a_part_that_nobody_asked_for_is_no_file_whose_size_nobody_states():
    """Its bytes are not taken; what is left would be an empty file."""
    script = Script(Arrived(206, b"23", content_range="bytes 1-2/3"), Arrived(200, b"123"))
    assert save(script, output(size=None)) == [Path("out/0.png")]
    assert len(script.slept) == 1


def test_the_host_may_ask_to_wait():
    script = Script(Arrived(503, retry_after="7"), Arrived(200, b"123"))
    save(script, output())
    assert script.slept == [7.0]


def test_a_break_is_mended_from_where_it_broke():
    first = Arrived(200, b"1", breaks=BROKEN, etag='"v1"')
    second = Arrived(206, b"2", breaks=BROKEN, content_range="bytes 1-2/3", etag='"v1"')
    third = Arrived(206, b"3", content_range="bytes 2-2/3")
    assert save(Script(first, second, third), output()) == [Path("out/0.png")]
    assert first.asked == {}
    assert second.asked == {"range": "bytes=1-", "if-range": '"v1"'}
    assert third.asked == {"range": "bytes=2-", "if-range": '"v1"'}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # the file has changed meanwhile, so that the host sends all of it
        (
            Arrived(200, b"1", breaks=BROKEN, etag='"v1"'),
            Arrived(200, b"123", etag='"v2"'),
        ),
        # another range than was asked for
        (
            Arrived(200, b"12", breaks=BROKEN, last_modified="Mon, 1 Jan 2024 00:00:00 GMT"),
            Arrived(206, b"99", content_range="bytes 0-1/3"),
        ),
        # the range has become wrong
        (Arrived(200, b"12", breaks=BROKEN, etag='"v1"'), Arrived(416)),
    ],
)
def test_bytes_of_two_versions_are_never_mixed(first, second):
    script = Script(first, second, Arrived(200, b"123"))
    task = TaskSnapshot.from_wire({"id": "1", "outputs": [output()]})
    assert script.run(read_one(task.outputs[0], DownloadOptions(task, None))) == b"123"


@pytest.mark.parametrize("headers", [{}, {"etag": 'W/"weak"'}])
def test_without_a_strong_mark_a_break_starts_over(headers):
    second = Arrived(200, b"123")
    save(Script(Arrived(200, b"1", breaks=BROKEN, **headers), second), output())
    assert second.asked == {}


def test_a_transfer_that_brings_bytes_each_time_may_break_often():
    breaks = [
        Arrived(206, b"x", breaks=BROKEN, content_range=f"bytes {n}-19/20") for n in range(1, 19)
    ]
    start = Arrived(200, b"x", breaks=BROKEN, etag='"v1"')
    end = Arrived(206, b"x", content_range="bytes 19-19/20")
    assert save(Script(start, *breaks, end), output(size="20"))


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (Arrived(200, b"12"), "2 bytes came instead of the stated 3"),
        (Arrived(200, b"1234"), "more came instead of the stated 3"),
        (Arrived(500), "HTTP 500"),
        (BROKEN, "ReadError"),
    ],
)
def test_a_broken_file_is_never_left_under_its_name(trouble, words):
    script = Script(*[trouble] * 4)
    with pytest.raises(errors.DownloadFailed, match=words) as caught:
        save(script, output())
    assert kinds(script)[-1] is DiscardFile
    assert CommitFile not in kinds(script)
    assert (caught.value.url, caught.value.task.id) == (URL, "2221")


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_file_that_is_gone_is_not_asked_for_again(status):
    script = Script(Arrived(status))
    with pytest.raises(errors.DownloadFailed, match=f"HTTP {status}"):
        save(script, output())
    assert kinds(script).count(Download) == 1


@pytest.mark.parametrize("leaving", [KeyboardInterrupt(), OSError("disk full")])
def test_leaving_tidies_up(leaving):
    script = Script(leaving)
    with pytest.raises(type(leaving)):
        save(script, output())
    assert kinds(script)[-1] is DiscardFile


def test_redirects_are_followed_a_few_times():
    last = Arrived(200, b"123")
    script = Script(Arrived(302, location="/a"), Arrived(307, location="https://other/b"), last)
    assert save(script, output()) == [Path("out/0.png")]
    assert last.url == "https://other/b"
    with pytest.raises(errors.DownloadFailed, match="redirected more than 5 times"):
        save(Script(*[Arrived(302, location="/a")] * 6), output())


@pytest.mark.parametrize("target", ["http://cdn/0.png", "file:///etc/passwd", "ftp://x/y"])
def test_a_redirect_never_leaves_the_protected_web(target):
    with pytest.raises(errors.DownloadFailed, match="HTTP 302"):
        save(Script(Arrived(302, location=target)), output())


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://cdn/0.png", "//cdn/0.png"])
def test_only_web_addresses_are_fetched(url):
    with pytest.raises(errors.DownloadFailed, match="not an http"):
        save(Script(), output(url=url))


def test_a_deadline_bounds_all_of_it_and_says_whose_outputs_they_are():
    script = Script(*[Arrived(503, retry_after="100")] * 4)
    with pytest.raises(errors.DeadlineExceeded) as caught:
        save(script, output(), deadline=5.0)
    assert script.clock.seconds == 5.0
    assert caught.value.task.id == "2221"


def test_a_size_that_is_not_stated_is_not_checked():
    assert save(Script(Arrived(200, b"1234567")), output(size=""))


def test_answers_without_a_file_are_passed_over():
    assert save(Script(), {"contenttype": "raw", "content": {"answer": ["x"]}}) == []


@pytest.mark.parametrize("wrong", [{"on_conflict": "ask"}, {"on_conflict": ""}])
def test_a_policy_that_is_none_is_refused(wrong):
    with pytest.raises(errors.InvalidRequest, match="on_conflict: expected one of"):
        save(Script(), output(), **wrong)


def test_names_come_from_the_url_or_the_type_where_none_is_stated():
    names = [
        path.name
        for path in save(
            Script(*[Arrived(200, b"123")] * 3),
            output(name="", url="https://cdn/x/a%20b.mp4?sig=1"),
            output(name="..", url="https://cdn/"),
            output(name="", url="http://["),
        )
    ]
    assert names == ["a b.mp4", "output-1.png", "output-2.png"]


@pytest.mark.parametrize(
    ("hostile", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\x.png", "x.png"),
        ("a:b.png", "a_b.png"),
        (".bashrc", "bashrc"),
        ("..", "fallback"),
        ("", "fallback"),
        ("a\x00b\n.png", "a_b_.png"),
        ("CON.png", "_CON.png"),
        ("nul", "_nul"),
        ("aux .txt", "_aux .txt"),
        ("COM¹.log", "_COM¹.log"),
        ("CONIN$", "_CONIN$"),
        ("console.png", "console.png"),
        ("name. ", "name"),
        ("invoice\u202egnp.exe", "invoicegnp.exe"),
        ("half\ud83e.png", "half.png"),
        ("🦌" * 100 + ".png", "🦌" * 49 + ".png"),
    ],
)
def test_a_hostile_name_stays_in_the_folder(hostile, safe):
    assert safe_name(hostile, "fallback") == safe


@given(st.text(max_size=400))
def test_every_name_is_one_plain_file_in_the_folder(name):
    safe = safe_name(name, "fallback")
    assert PurePosixPath(safe).name == safe
    assert safe not in ("", ".", "..")
    assert len(safe.encode()) <= 210


def test_outputs_of_one_name_get_numbers_in_their_order():
    assert distinct(["0.png", "a", "0.PNG", "0.png"]) == ["0.png", "a", "0-2.PNG", "0-3.png"]


def test_a_taken_name_gets_a_number_and_nothing_is_overwritten(tmp_path):
    (tmp_path / "0.png").write_bytes(b"old")
    part = reserve(tmp_path, "0.png", "rename")
    part.file.write(b"new")
    (tmp_path / "0-2.png").write_bytes(b"taken meanwhile")
    assert part.commit().name == "0-3.png"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "0.png": b"old",
        "0-2.png": b"taken meanwhile",
        "0-3.png": b"new",
    }


def test_overwriting_replaces_a_file_when_the_new_one_is_complete(tmp_path):
    (tmp_path / "0.png").write_bytes(b"old")
    part = reserve(tmp_path, "0.png", "overwrite")
    part.file.write(b"new")
    assert (tmp_path / "0.png").read_bytes() == b"old"
    assert part.commit().read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["0.png"]


def test_skipping_leaves_a_file_and_fetches_nothing(tmp_path):
    (tmp_path / "0.png").write_bytes(b"old")
    assert reserve(tmp_path, "0.png", "skip") is None
    part = reserve(tmp_path, "1.png", "skip")
    (tmp_path / "1.png").write_bytes(b"made meanwhile")
    assert part.commit().read_bytes() == b"made meanwhile"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.png", "1.png"]


def test_a_taken_name_may_be_an_error(tmp_path):
    (tmp_path / "0.png").write_bytes(b"old")
    with pytest.raises(FileExistsError, match="on_conflict="):
        reserve(tmp_path, "0.png", "error")
    part = reserve(tmp_path, "1.png", "error")
    (tmp_path / "1.png").write_bytes(b"made meanwhile")
    with pytest.raises(FileExistsError, match="while it was being fetched"):
        part.commit()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.png", "1.png"]


def test_two_that_save_at_once_never_share_a_part(tmp_path):
    first = reserve(tmp_path / "deep", "0.png", "rename")
    second = reserve(tmp_path / "deep", "0.png", "rename")
    assert first.path != second.path
    assert [first.commit().name, second.commit().name] == ["0.png", "0-2.png"]


def test_a_file_system_without_links_still_overwrites_nothing(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    part = reserve(tmp_path, "0.png", "rename")
    (tmp_path / "0.png").write_bytes(b"taken meanwhile")
    assert part.commit().name == "0-2.png"
    assert (tmp_path / "0.png").read_bytes() == b"taken meanwhile"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_saved_files_have_the_users_usual_permissions(tmp_path):
    (tmp_path / "usual").touch()
    saved = reserve(tmp_path, "0.png", "rename").commit()
    assert saved.stat().st_mode == (tmp_path / "usual").stat().st_mode
