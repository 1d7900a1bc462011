"""A model without a generated class.

`client.models["owner/any-model"]` is a request class that takes any argument; what it is given is
checked against the platform's live description of the model before anything is sent. For a model with
a generated class, that class checks earlier, in the editor, and without asking the platform.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping  # noqa: TC003 - pydantic reads annotations
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict

from wiro_runtime import check
from wiro_runtime.errors import InvalidRequest
from wiro_runtime.request.request import Request

if TYPE_CHECKING:
    from wiro_runtime.client import result  # noqa: F401 - named in the base below

__all__ = ["UntypedRequest", "request_class"]


class UntypedRequest(Request["result.TextResult", "result.AsyncTextResult"], is_open=True):
    """Arguments for a model without a class of its own, by wire name or that name in snake_case.

    Its result has the files of a media model and the text of a language model; the one that the model
    does not make is empty.
    """

    model_config = ConfigDict(extra="allow")

    if TYPE_CHECKING:

        def __init__(self, **inputs: Any) -> None: ...

    @property
    def arguments(self) -> Mapping[str, Any]:
        """What the caller gave."""
        return dict(self.__pydantic_extra__ or {})

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self._binding.slug, dict(self.arguments))  # its class is made at run time

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """What the caller gave."""
        yield from self.arguments.items()


def request_class(slug: str) -> type[UntypedRequest]:
    """The request class of a model, by its slug.

    Raises:
        InvalidRequest: It is no slug.
    """
    problem = check.slug(slug)
    if problem is not None:
        raise InvalidRequest(f"There is no such model: {problem} Nothing was sent.")
    return _class(slug)


@lru_cache(maxsize=1024)
def _class(slug: str) -> type[UntypedRequest]:
    return type(f"UntypedRequest[{slug}]", (UntypedRequest,), {"__module__": __name__}, model=slug)


def _rebuilt(slug: str, arguments: dict[str, Any]) -> UntypedRequest:
    return request_class(slug)(**arguments)
