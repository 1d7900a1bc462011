"""Replacing an attribute of somebody else's, for as long as a mock is entered."""

from collections.abc import Callable
from typing import Any

__all__ = ["patch_attribute"]


def patch_attribute(owner: Any, name: str, make: Callable[[Any], Any]) -> Callable[[], None]:
    """Put `make(what is there)` in place of an attribute, and return what puts the old one back."""
    before = getattr(owner, name)
    ours = make(before)
    setattr(owner, name, ours)

    def undo() -> None:
        # Another library may have replaced it since, or put back what was there; that stays.
        if getattr(owner, name) is ours:
            setattr(owner, name, before)

    return undo
