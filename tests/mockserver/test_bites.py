"""Some of the breaks of `bites.py`, in CI; and all of them still fit the sources."""

import bites
import pytest
from bites import BITES, ROOT, Bite, check, make_copy

IN_CI = (
    "mock: Cancel works on running tasks",
    "spec: a field is renamed",
    "client: Cancel names the token",
)


@pytest.mark.parametrize("bite", BITES, ids=lambda bite: bite.name)
def test_each_break_can_still_be_made(bite):
    assert bite.old in (ROOT / bite.file).read_text(encoding="utf-8"), bite.file
    assert (ROOT / bite.test.partition("::")[0]).is_file()


def test_some_breaks_are_noticed(tmp_path):
    make_copy(tmp_path)
    chosen = [bite for bite in BITES if bite.name in IN_CI]
    assert len(chosen) == len(IN_CI)
    assert {bite.name: check(bite, tmp_path) for bite in chosen} == dict.fromkeys(IN_CI)


def test_a_test_that_takes_too_long_is_one_sentence_and_the_break_is_mended(tmp_path, monkeypatch):
    source = tmp_path / "source.py"
    source.write_text("right", encoding="utf-8")
    monkeypatch.setattr(bites, "TIMEOUT", 0)
    bite = Bite("slow", source.name, "right", "wrong", "tests")
    assert check(bite, tmp_path) == "tests took more than 0 seconds; name a quicker test"
    assert source.read_text(encoding="utf-8") == "right"
