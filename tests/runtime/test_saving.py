"""Outputs are saved whole, under safe names, over nothing. Flows by hand; names and files for real."""

import os
import sys
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.kit import Script
from wiro_runtime import TaskSnapshot, errors
from wiro_runtime.effect import Discard, Download, Downloaded, Publish, TransportFailure
from wiro_runtime.flow.download import save_all
from wiro_runtime.storage import claim, publish, safe_name

URL = "https://cdn/0.png"


def save(script: Script, *outputs: dict) -> list[Path]:
    task = TaskSnapshot.from_wire({"id": "2221", "outputs": list(outputs)})
    return script.run(save_all(task, "out", None))


def output(**fields) -> dict:
    return {"name": "0.png", "contenttype": "image/png", "size": "3", "url": URL, **fields}


def kinds(script: Script) -> list[type]:
    return [type(effect) for effect in script.effects]


def test_a_whole_file_is_published():
    script = Script(Downloaded(200, 3))
    assert save(script, output()) == [Path("out/0.png")]
    assert Discard not in kinds(script)


@pytest.mark.parametrize(
    "trouble",
    [
        Downloaded(200, 2),
        Downloaded(503, 0),
        Downloaded(429, 0),
        TransportFailure("x", never_sent=False),
    ],
)
def test_trouble_that_may_pass_is_tried_again(trouble):
    script = Script(trouble, trouble, Downloaded(200, 3))
    assert save(script, output()) == [Path("out/0.png")]
    assert script.slept == [0.5, 1.0]


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (Downloaded(200, 2), "2 bytes came instead of the stated 3"),
        (Downloaded(500, 0), "HTTP 500"),
        (TransportFailure("ReadTimeout", never_sent=False), "ReadTimeout"),
    ],
)
def test_a_broken_file_is_never_left_under_its_name(trouble, words):
    script = Script(*[trouble] * 4)
    with pytest.raises(errors.DownloadFailed, match=words) as caught:
        save(script, output())
    assert kinds(script)[-1] is Discard
    assert Publish not in kinds(script)
    assert (caught.value.url, caught.value.task.id) == (URL, "2221")


def test_a_file_that_is_gone_is_not_asked_for_again():
    script = Script(Downloaded(404, 0))
    with pytest.raises(errors.DownloadFailed, match="HTTP 404"):
        save(script, output())
    assert kinds(script).count(Download) == 1


@pytest.mark.parametrize("leaving", [KeyboardInterrupt(), OSError("disk full")])
def test_leaving_tidies_up(leaving):
    script = Script(leaving)
    with pytest.raises(type(leaving)):
        save(script, output())
    assert kinds(script)[-1] is Discard


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://cdn/0.png", "//cdn/0.png"])
def test_only_web_addresses_are_fetched(url):
    script = Script()
    with pytest.raises(errors.DownloadFailed, match="not an http"):
        save(script, output(url=url))


def test_a_size_that_is_not_stated_is_not_checked():
    assert save(Script(Downloaded(200, 7)), output(size=""))


def test_answers_without_a_file_are_passed_over():
    assert save(Script(), {"contenttype": "raw", "content": {"answer": ["x"]}}) == []


def test_names_come_from_the_url_or_the_type_where_none_is_stated():
    names = [
        path.name
        for path in save(
            Script(*[Downloaded(200, 3)] * 3),
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
        ("name. ", "name"),
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
    assert len(safe.encode("utf-8", "surrogatepass")) <= 210


def test_a_taken_name_gets_a_number_and_nothing_is_overwritten(tmp_path):
    (tmp_path / "0.png").write_bytes(b"old")
    part = claim(tmp_path, "0.png")
    assert part.name == "0-2.png.part"
    part.write_bytes(b"new")
    (tmp_path / "0-2.png").write_bytes(b"taken meanwhile")
    assert publish(part, "0.png").name == "0-3.png"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "0.png": b"old",
        "0-2.png": b"taken meanwhile",
        "0-3.png": b"new",
    }


def test_two_that_save_at_once_never_share_a_part(tmp_path):
    first, second = claim(tmp_path / "deep", "0.png"), claim(tmp_path / "deep", "0.png")
    assert first != second


def test_a_file_system_without_links_still_overwrites_nothing(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    part = claim(tmp_path, "0.png")
    (tmp_path / "0.png").write_bytes(b"taken meanwhile")
    assert publish(part, "0.png").name == "0-2.png"
    assert (tmp_path / "0.png").read_bytes() == b"taken meanwhile"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_saved_files_have_the_users_usual_permissions(tmp_path):
    (tmp_path / "usual").touch()
    saved = publish(claim(tmp_path, "0.png"), "0.png")
    assert saved.stat().st_mode == (tmp_path / "usual").stat().st_mode
