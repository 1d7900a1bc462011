"""Some of the breaks of `bites.py`, in CI; and all of them still fit the sources."""

import pytest
from bites import BITES, ROOT, bite, make_copy

IN_CI = (
    "mock: Cancel works on running tasks",
    "spec: a field is renamed",
    "client: Cancel names the token",
)


@pytest.mark.parametrize("one", BITES, ids=lambda one: one.name)
def test_each_break_can_still_be_made(one):
    assert one.old in (ROOT / one.file).read_text(encoding="utf-8"), one.file
    assert (ROOT / one.test.partition("::")[0]).is_file()


def test_some_breaks_are_noticed(tmp_path):
    make_copy(tmp_path)
    chosen = [one for one in BITES if one.name in IN_CI]
    assert len(chosen) == len(IN_CI)
    assert {one.name: bite(one, tmp_path) for one in chosen} == dict.fromkeys(IN_CI)
