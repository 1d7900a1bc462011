"""The untyped door: a model without a generated class.

`client.models["owner/any-model"]` is a request class that takes any argument; what it is given is
checked against the platform's live description of the model before anything is sent. For a model with
a generated class, that class checks earlier, in the editor, and without asking the platform.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping  # noqa: TC003 - pydantic reads annotations
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict

from wiro_runtime.client import result
from wiro_runtime.errors import InvalidRequest
from wiro_runtime.request.file import FileInput, location
from wiro_runtime.request.request import Request

if TYPE_CHECKING:
    from wiro_runtime.catalog.info import LiveModel
    from wiro_runtime.request.wire import Encoding, UrlOf

__all__ = ["UntypedRequest", "bind", "request_class"]


class UntypedRequest(Request[result.TextResult, result.AsyncTextResult]):
    """Arguments for a model without a class of its own, by wire name or that name in snake_case.

    Its result has the files of a media model and the text of a language model; the one that the model
    does not make is empty.
    """

    model_config = ConfigDict(extra="allow")

    __result__ = result.TextResult
    __async_result__ = result.AsyncTextResult

    if TYPE_CHECKING:

        def __init__(self, **inputs: Any) -> None: ...

    @property
    def arguments(self) -> Mapping[str, Any]:
        """What the caller gave."""
        return dict(self.__pydantic_extra__ or {})

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """What the caller gave."""
        yield from self.arguments.items()

    def __write__(self, url_of: UrlOf) -> dict[str, Any]:
        """Refused: how to write an argument is known once the live description is."""
        raise InvalidRequest(
            f"How {self.__model__} wants its inputs is asked of the platform when it is run; "
            f"client.catalog.get({self.__model__!r}) shows them."
        )


class _Bound:
    """An untyped request together with the description it was checked against.

    Stands in for a request where one is sent: it has the members that sending asks for.
    """

    def __init__(self, request: UntypedRequest, live: LiveModel) -> None:
        self.__model__ = request.__model__
        self._fitted = live.check(request.arguments)
        self.__wire__: Mapping[str, Encoding] = {
            name: fitted.encoding for name, fitted in self._fitted.items()
        }

    def __write__(self, url_of: UrlOf) -> dict[str, Any]:
        return {
            encoding.written_name: encoding.write(value, url_of)
            for encoding, value in self._fitted.values()
        }

    def __local_files__(self) -> Iterator[tuple[str, FileInput]]:
        for name, (encoding, value) in self._fitted.items():
            yield from ((name, file) for file in _files(encoding, value) if location(file) is None)


def _files(encoding: Encoding, value: Any) -> list[FileInput]:
    """The files in a value: those whose URL is asked for when it is written."""
    found: list[FileInput] = []

    def note(file: FileInput) -> str:
        found.append(file)
        return ""

    encoding.write(value, note)
    return found


def bind(request: UntypedRequest, live: LiveModel) -> Any:
    """Check an untyped request, and give what can be sent in its place.

    Raises:
        InvalidRequest: The arguments do not fit the live description.
    """
    return _Bound(request, live)


@lru_cache(maxsize=1024)
def request_class(slug: str) -> type[UntypedRequest]:
    """The request class of a model, by its slug.

    Raises:
        InvalidRequest: It is no slug.
    """
    try:
        return type(
            f"UntypedRequest[{slug}]", (UntypedRequest,), {"__module__": __name__}, model=slug
        )
    except TypeError as odd:
        raise InvalidRequest(
            f"{slug!r} is no model; expected owner/model, like 'pruna/vace'."
        ) from odd
