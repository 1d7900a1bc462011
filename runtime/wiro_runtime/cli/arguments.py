"""Arguments of a request from all places they may be given in: a file, `--set`, and options."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import click

from wiro_runtime.cli.parameter import (
    STANDARD_INPUT,
    JsonValue,
    TextValue,
    parameter_type,
    standard_input,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wiro_runtime.catalog.bindings import Input, Model

__all__ = ["OWN_OPTIONS", "by_argument", "collect", "option_name"]


OWN_OPTIONS: Final = frozenset(
    f"--{name}"
    for name in (
        *("allow-unknown-price", "callback-url", "deadline", "detach", "dry-run", "events", "help"),
        *("input", "journal", "json", "key", "max-cost", "name", "on-abandon", "on-conflict"),
        *("project-id", "save", "set", "yes"),
    )
)
"""Options of `wiro run` itself; an input of the same name becomes `--input-NAME`."""


def option_name(name: str) -> str:
    """Return the option of an input: `frame_num` is `--frame-num`, and `name` is `--input-name`.

    Args:
        name: The argument's name in Python.
    """
    option = "--" + name.rstrip("_").replace("_", "-")
    return f"--input-{option[2:]}" if option in OWN_OPTIONS else option


def collect(
    model: Model | None,
    *,
    file: str | None,
    assignments: Iterable[str],
    options: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the arguments of a request, later places winning over earlier ones.

    Args:
        model: What they are for; None where the package has no class for it.
        file: A JSON file with an object of inputs; `-` for standard input.
        assignments: `name=value`, `name:=JSON` or `name=@file`.
        options: What the options of the command gave, by argument.

    Raises:
        click.UsageError: Something cannot be read.
    """
    fields = _fields(model)
    arguments = by_argument(model, _read(file) if file else {})
    for assignment in assignments:
        name, value = _assigned(assignment, fields)
        is_more = isinstance(value, list) and isinstance(arguments.get(name), list)
        arguments[name] = [*arguments[name], *value] if is_more else value
    return arguments | dict(options)


def by_argument(model: Model | None, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return inputs by the names of their arguments; they may be spelled as the platform spells them."""
    fields = _fields(model)
    return {_argument(fields, name): value for name, value in inputs.items()}


def _fields(model: Model | None) -> dict[str, Input]:
    return {} if model is None else {field.name: field for field in model.inputs}


def _read(file: str) -> dict[str, Any]:
    try:
        text = (
            standard_input(click.get_current_context(silent=True)).read()
            if file == STANDARD_INPUT
            else Path(file).expanduser().read_text(encoding="utf-8")
        )
        inputs: Any = json.loads(text)
    except OSError as problem:
        raise click.UsageError(f"--input {file}: {problem.strerror}.") from problem
    except ValueError as problem:
        raise click.UsageError(f"--input {file} is not JSON: {problem}.") from problem
    if not isinstance(inputs, dict):
        raise click.UsageError(
            f'--input {file} holds no object; expected one like {{"prompt": "a deer in snow"}}.'
        )
    return dict(cast("dict[str, Any]", inputs))


def _assigned(assignment: str, fields: Mapping[str, Input]) -> tuple[str, Any]:
    name, equals, text = assignment.partition("=")
    if not equals or not name.strip(":"):
        raise click.UsageError(
            f"--set {assignment!r} is no assignment; expected name=value, name:=JSON or name=@file."
        )
    is_json = name.endswith(":")
    argument = _argument(fields, name.removesuffix(":"))
    field = fields.get(argument)
    kind = JsonValue() if is_json else TextValue() if field is None else parameter_type(field)
    try:
        value = kind.convert(text, None, click.get_current_context(silent=True))
    except click.BadParameter as problem:
        raise click.UsageError(f"--set {name}: {problem.message}") from problem
    is_list = field is not None and field.type == "files" and not is_json
    return argument, [value] if is_list else value


def _argument(fields: Mapping[str, Input], name: str) -> str:
    """Return the Python name of an input that was named in any of its spellings."""
    spelled = name.replace("-", "_")
    for field in fields.values():
        if name in (field.name, field.wire_name) or spelled == field.name.rstrip("_"):
            return field.name
    return spelled if fields else name
