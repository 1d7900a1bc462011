"""The body of one Run as sending needs it, made of a typed request or of an untyped one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from wiro_runtime.errors import InvalidRequest
from wiro_runtime.request.binding import binding_of
from wiro_runtime.request.encoding import Empty
from wiro_runtime.request.file import location

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wiro_runtime.request.encoding import Encoding, Parts, UrlOf
    from wiro_runtime.request.file import FileInput

__all__ = ["CALL_FIELDS", "CALL_OPTIONS", "Argument", "RunBody", "encode"]

CALL_FIELDS: Mapping[str, str] = {"callback_url": "callbackUrl", "project_id": "projectid"}
"""Options of a call that travel in the body of Run, by argument name; they are no model's input."""

CALL_OPTIONS = frozenset(
    {
        *CALL_FIELDS,
        "deadline",
        "key",
        "max_cost",
        "on_abandon",
        "on_event",
        "on_unknown",
        "retry_refused",
        "tracking",
        "unknown_price",
        "upload",
    }
)
"""Every option of `client.run()`, `submit()` and the like: they belong to the call, not to a model."""


class Argument(NamedTuple):
    """One argument that is written; a tuple, since each run makes one for each of its inputs."""

    name: str
    """As the caller calls it."""
    encoding: Encoding
    value: Any
    """Checked, and not None."""

    def files(self) -> Sequence[FileInput]:
        """Its files, those that have a URL already included."""
        return () if isinstance(self.value, Empty) else self.encoding.files(self.value)

    def to_form(self) -> Parts:
        """Its parts in a multipart body."""
        if isinstance(self.value, Empty):
            return iter([(self.encoding.written_name, "")])
        return self.encoding.parts(self.value)


@dataclass(eq=False, slots=True)
class RunBody:
    """What a request says, argument by argument, before its local files have URLs."""

    title: str
    """What messages call the request, such as `Vace`."""
    slug: str
    """The model, as `owner/model`."""
    arguments: Sequence[Argument]
    """In the order in which they are written."""
    encodings: Mapping[str, Encoding] = field(repr=False)
    """Those of every argument that the model has, given or not."""

    def local_files(self) -> list[tuple[str, FileInput]]:
        """Each file that has no URL yet, with the argument it belongs to."""
        return [
            (argument.name, file)
            for argument in self.arguments
            if argument.encoding.holds_files
            for file in argument.files()
            if location(file) is None
        ]

    def to_json(self, url_of: UrlOf) -> dict[str, Any]:
        """The JSON body, with `url_of` saying where each file is."""
        return {
            encoding.written_name: (
                encoding.empty if isinstance(value, Empty) else encoding.write(value, url_of)
            )
            for _, encoding, value in self.arguments
        }

    def to_form(self) -> Parts:
        """The parts of a multipart body, with the local files in it."""
        for argument in self.arguments:
            yield from argument.to_form()

    def argument_named(self, wire_name: str | None) -> str | None:
        """The caller's name for a parameter that the platform calls by its wire name."""
        names = (name for name, encoding in self.encodings.items() if wire_name in encoding.names)
        return next(names, None)


def encode(request: object) -> RunBody:
    """What a request says on the wire, argument by argument; those left out are not written.

    Raises:
        InvalidRequest: It is of a model without a class: how its inputs are written is asked of the platform
            when it is run.
    """
    binding = binding_of(request)
    if binding.is_open:
        raise InvalidRequest(
            f"How {binding.slug} wants its inputs is asked of the platform when it is run; "
            f"client.catalog.get({binding.slug!r}) shows them."
        )
    return RunBody(
        title=type(request).__name__,
        slug=binding.slug,
        arguments=[
            Argument(name, encoding, value)
            for name, encoding in binding.encodings.items()
            if (value := getattr(request, name)) is not None
        ],
        encodings=binding.encodings,
    )
