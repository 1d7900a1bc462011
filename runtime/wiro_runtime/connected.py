"""What holds connections, and therefore belongs to one process."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from wiro_runtime.errors import UsageError

if TYPE_CHECKING:
    from typing import Self

__all__ = ["Connected"]


class Connected:
    """Something that holds a key and connections: a copy of it is itself, and it is in no pickle."""

    __slots__ = ()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: object) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        raise UsageError(
            "A client holds a key and connections, so that neither it nor its methods, resources and streams can be "
            "pickled. Make a client in each process, as in the initializer of a pool. Requests, task handles, "
            "results and outputs can be pickled. Nothing was sent."
        )
