"""A list of the platform's is gone through once, however the server pages it."""

import pytest

from wiro_runtime.flow.paging import Page, Paging


def walk(*pages):
    """The items that are taken, and how many pages were asked for."""
    paging = Paging(str)
    taken, asked = [], 0
    while paging.start is not None:
        page = pages[min(asked, len(pages) - 1)]
        taken += paging.take(Page(page, paging.start, None))
        asked += 1
    return taken, asked


@pytest.mark.parametrize(
    ("pages", "items", "asked"),
    [
        ([("a", "b"), ("c",), ()], ["a", "b", "c"], 3),
        ([("a", "b")], ["a", "b"], 2),  # the same page for ever
        ([("a", "b"), ("b", "c"), ()], ["a", "b", "c"], 3),  # the list grew meanwhile
        ([("a", "a"), ()], ["a"], 2),
        ([()], [], 1),
    ],
)
def test_it_ends_with_a_page_that_brings_nothing_new(pages, items, asked):
    assert walk(*pages) == (items, asked)


def test_it_ends_where_the_total_is_reached():
    paging = Paging(str)
    paging.take(Page(("a", "b"), 0, 2))
    assert paging.start is None
