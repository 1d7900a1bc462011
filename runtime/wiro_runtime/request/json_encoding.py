"""How structures are sent as the JSON that they are, and checked against their types."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from wiro_runtime.request.encoding import EMPTY, Empty, Encoding, json_text, read_structure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import GetCoreSchemaHandler, ValidationError
    from pydantic_core import CoreSchema

    from wiro_runtime.request.encoding import UrlOf

__all__ = ["JsonValue"]


class JsonValue(Encoding):
    """A list, a mapping or a single value, that travels as the JSON that it is."""

    def write(self, value: Any, _: UrlOf, /) -> Any:
        """The value, as a copy that holds nothing but JSON."""
        return json.loads(json_text(value))

    def read(self, value: Any) -> Any:
        """The value; text that holds a list or a mapping, as forms send it, is taken as that."""
        if not isinstance(value, str) or not value.lstrip().startswith(("[", "{")):
            return value
        try:
            return read_structure(value)
        except ValueError:
            return value

    def find(self, body: Mapping[str, Any], *, optional: bool) -> Any:
        """Read the argument out of a whole body; an empty list is one, an empty text stands for nothing."""
        if self.name not in body:
            return None
        value = body[self.name]
        return EMPTY if optional and value == "" else self.read(value)

    def _check(self, value: object) -> object:
        return json.loads(json_text(value))

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Check a copy that holds nothing but JSON, as strictly as JSON is typed; unknown keys may stand."""
        from pydantic import ConfigDict, TypeAdapter, ValidationError  # noqa: PLC0415 - `wiro_runtime` alone loads no pydantic
        from pydantic_core import core_schema  # noqa: PLC0415

        # A union, since pydantic lets no bare class be configured from outside.
        either: Any = source | None
        checked = TypeAdapter[Any](either, config=ConfigDict(extra="ignore", strict=True))

        def check(value: object) -> object:
            if isinstance(value, Empty):
                return value
            copy = self._check(value)
            try:
                checked.validate_python(copy)
            except ValidationError as invalid:
                raise ValueError(_explain(invalid, copy)) from None
            return copy

        # Around the type's own schema, which is what a JSON schema shows; `check` alone validates.
        return core_schema.no_info_wrap_validator_function(
            lambda value, _: check(value), handler(source)
        )


def _explain(invalid: ValidationError, value: object) -> str:
    """What is wrong with a structure, and where in it: the place that lies deepest says most."""
    places = [(_place(error["loc"], value), error["msg"]) for error in invalid.errors()]
    place, message = max(places, key=lambda problem: len(problem[0]))
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return f"at {where.removeprefix('.')}: {message}." if place else f"{message}."


def _place(location: tuple[int | str, ...], value: object) -> list[int | str]:
    """The steps of a location that lead through the value; the others name branches of its type."""
    steps: list[int | str] = []
    for step in location:
        if isinstance(value, list) and isinstance(step, int):
            value = cast("list[object]", value)[step]
        elif isinstance(value, dict) and (step in value or step == location[-1]):
            value = cast("dict[int | str, object]", value).get(step)
        else:
            continue
        steps.append(step)
    return steps
