"""How one argument on the command line becomes a value of a model's input.

Choices are checked here, because the shell completes them; everything else is the request's to check.
"""

from __future__ import annotations

import json
import math
import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from wiro_runtime import parse
from wiro_runtime.cli.context import completions

if TYPE_CHECKING:
    from typing import TextIO

    from click.shell_completion import CompletionItem

    from wiro_runtime.catalog.bindings import Input

__all__ = [
    "ChoiceValue",
    "Count",
    "Dollars",
    "FileValue",
    "JsonValue",
    "NumberValue",
    "Seconds",
    "TextValue",
    "parameter_type",
    "standard_input",
]

STANDARD_INPUT: Final = "-"
_READ: Final = "wiro.standard_input_is_read"
"""The entry of click's context that says so."""


def standard_input(ctx: click.Context | None) -> TextIO:
    """Return standard input to whoever asks first.

    Raises:
        click.UsageError: Something has read it already.
    """
    if ctx is not None:
        if ctx.meta.get(_READ):
            raise click.UsageError(
                "standard input can be read once, by one input or by --input; give the others a file."
            )
        ctx.meta[_READ] = True
    return sys.stdin


class Count(click.IntRange):
    """A whole number from 1 on."""

    name = "whole number"

    def __init__(self) -> None:
        super().__init__(min=1)


class Dollars(click.ParamType[Decimal]):
    """An amount of US dollars with every digit that was typed."""

    name = "dollars"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Decimal:
        """Return the dollars, exactly as typed; anything negative or not finite is a usage error."""
        try:
            amount = Decimal(str(value))
        except InvalidOperation:
            amount = Decimal("nan")
        if not amount.is_finite() or amount < 0:
            self.fail(f"give US dollars, 0 or more; got {str(value)!r}.", param, ctx)
        return amount


class Seconds(click.ParamType[float]):
    """A length of time above 0.

    Args:
        unit: What is counted.
    """

    def __init__(self, unit: str = "seconds") -> None:
        self.name = unit

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return a finite number of the unit; anything else is a usage error."""
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not 0 < number < math.inf:
            self.fail(f"give a number of {self.name} above 0; got {str(value)!r}.", param, ctx)
        return number


class TextValue(click.ParamType[str]):
    """Text; `@FILE` reads it from a file and `-` from standard input. `@@` begins with an at sign."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text that was meant."""
        text = str(value)
        if text == STANDARD_INPUT:
            return standard_input(ctx).read().rstrip("\n")
        if text.startswith("@@") or not text.startswith("@"):
            return text.removeprefix("@") if text.startswith("@@") else text
        try:
            return Path(text[1:]).expanduser().read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            reason = getattr(problem, "strerror", None) or "it is not UTF-8 text"
            self.fail(
                f"the text of {text[1:]!r} cannot be read: {reason}. For text that begins with @ write @@.",
                param,
                ctx,
            )


class NumberValue(click.ParamType[int | float]):
    """A number with every digit that was typed: whole numbers stay whole."""

    def __init__(self, *, whole: bool) -> None:
        self.name = "integer" if whole else "number"
        self._whole = whole

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | float:
        """Return what the model takes: a whole number without a fraction, or either."""
        text = str(value).strip()
        try:
            is_whole = self._whole or text.lstrip("+-").isdecimal()
            return int(text) if is_whole else float(text)
        except ValueError:
            self.fail(f"{text!r} is not {'a whole' if self._whole else 'a'} number.", param, ctx)


class FileValue(click.ParamType["str | bytes | Path"]):
    """A file by its path or its URL; `-` reads it from standard input."""

    name = "file"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | Path:
        """Return what a request takes as a file."""
        text = str(value)
        if text == STANDARD_INPUT:
            return standard_input(ctx).buffer.read()
        if parse.is_web_url(text) or text[:5].lower() == "data:":
            return text
        path = Path(text).expanduser()
        if not path.is_file():
            self.fail(f"there is no file {text!r}, and it is not a URL either.", param, ctx)
        return path

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Make the shell complete paths."""
        del ctx, param
        return completions([incomplete], kind="file")


class JsonValue(click.ParamType[Any]):
    """A JSON value; `@FILE` reads it from a file and `-` from standard input."""

    name = "json"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the decoded value."""
        if not isinstance(value, str):
            return value
        text = TextValue().convert(value, param, ctx)
        try:
            return json.loads(text)
        except ValueError as problem:
            self.fail(f"this is not JSON ({problem}).", param, ctx)


class ChoiceValue(click.Choice[str]):
    """One of the values that a model offers, by the value itself.

    Args:
        field: The input.
    """

    def __init__(self, field: Input) -> None:
        self._values = {str(choice.value): choice.value for choice in field.choices}
        super().__init__(list(self._values))

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the value as the model has it, which may be a number."""
        return self._values[str(super().convert(value, param, ctx))]


def parameter_type(field: Input) -> click.ParamType[Any]:
    """Return the click type of one input.

    Args:
        field: The input, as the catalog describes it.
    """
    match field.type:
        case "choice":
            return ChoiceValue(field)
        case "file" | "files":
            return FileValue()
        case "integer" | "number":
            return NumberValue(whole=field.type == "integer")
        case "boolean":
            return click.BOOL
        case "json":
            return JsonValue()
        case "string":
            return TextValue()
