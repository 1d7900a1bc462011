"""Going from page to page through a list of the platform's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Page", "Paging"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a list."""

    items: tuple[T, ...]
    start: int
    """How many stand before it."""
    total: int | None
    """How many there are in all; None when the platform does not say."""

    @property
    def next_start(self) -> int | None:
        """Where the next page begins; None after the last."""
        end = self.start + len(self.items)
        is_last = not self.items or (end >= self.total if self.total is not None else False)
        return None if is_last else end


class Paging(Generic[T]):
    """Takes one page after the other, and ends with one that brings nothing new.

    A list that grows meanwhile shows some items twice, and a server that ignores `start` shows them for ever.

    Args:
        name: Returns what identifies an item.
    """

    def __init__(self, name: Callable[[T], str]) -> None:
        self._name = name
        self._seen: set[str] = set()
        self.start: int | None = 0
        """Where the next page begins; None when there is none."""

    def take(self, page: Page[T]) -> list[T]:
        """The items of a page that no page before had."""
        fresh = {
            self._name(item): item for item in page.items if self._name(item) not in self._seen
        }
        self._seen.update(fresh)
        self.start = page.next_start if fresh else None
        return list(fresh.values())
