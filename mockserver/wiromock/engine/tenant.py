"""Tenants: separate worlds, so that many tests can share one server."""

from collections.abc import Callable, Iterator, Mapping
from threading import RLock
from typing import Literal, TypeAlias

from wiromock.argument import check_text
from wiromock.engine.world import World
from wiromock.task.task import Task

HEADER = "x-mock-tenant"
"""The header that names a tenant."""

TenantBy: TypeAlias = Literal["header", "key"]
"""Whose world a call is about: the one its header names; or else, with `key`, that of its API key."""

KEPT = 1_000
"""Tenants that are kept; of more, the one that was used least recently and has no running task is forgotten."""

_WEIGHED = 256
"""After so many calls of tenants it is looked how much all of them take."""


class Tenants:
    """All worlds. The one without a name is always there.

    Args:
        make: makes the world of a tenant.
        by: what names a tenant when the header does not.
        key_header: the header with the API key.
        bytes_of_all: what all of them may take together.
        lock: the engine's.
    """

    def __init__(
        self,
        make: Callable[[str], World],
        by: TenantBy,
        key_header: str,
        bytes_of_all: int,
        lock: RLock,
    ) -> None:
        self._make = make
        self._by = by
        self._key_header = key_header
        self._bytes_of_all = bytes_of_all
        self._calls = 0
        self._lock = lock
        self._worlds: dict[str, World] = {"": make("")}

    def __iter__(self) -> Iterator[World]:
        return iter(list(self._worlds.values()))

    @property
    def names(self) -> list[str]:
        """Who there is; the empty name is nobody in particular."""
        return list(self._worlds)

    def get(self, name: str = "") -> World:
        """Return the world of a tenant; a new one for a new name.

        Raises:
            WrongValue: the name is no text.
        """
        _check_name(name)
        with self._lock:
            world = self._worlds.pop(name, None) or self._make(name)
            self._worlds[name] = world
            self._calls += 1
            if len(self._worlds) > KEPT:
                self._forget(name)
            if self._calls % _WEIGHED == 0:
                while sum(kept.weight for kept in self) > self._bytes_of_all and self._forget(name):
                    pass
            return world

    def _forget(self, but: str) -> bool:
        """Forget whoever called least recently, has a name and has nothing running; return whether there is one."""
        for name, world in self._worlds.items():
            if name not in {"", but} and not world.completions.running:
                del self._worlds[name]
                return True
        return False

    def of(self, headers: Mapping[str, str]) -> World:
        """Return the world that a request is about, by its headers."""
        if not headers.get(HEADER) and self._by == "header":
            return self._worlds[""]
        return self.get(headers.get(HEADER) or headers.get(self._key_header, "").strip())

    def reset(self, name: str | None = None) -> None:
        """Begin again: for one tenant, or for all, of whom only the nameless one is left.

        Raises:
            WrongValue: the name is no text.
        """
        if name is not None:
            _check_name(name)
        with self._lock:
            if name is None:
                self._worlds = {"": self._make("")}
            else:
                self._worlds[name] = self._make(name)

    def find_token(self, token: str) -> tuple[World, Task] | None:
        """Find a task by its token, whoever has it: a socket says nothing else."""
        for world in self:
            if token in world.tokens:
                return world, world.tokens[token]
        return None


def _check_name(name: str) -> None:
    check_text("tenant", name, f"a text, as the header {HEADER} sends")
