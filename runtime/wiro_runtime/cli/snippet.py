"""Code to copy that calls a model: Python, shell and curl, made from its inputs."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any, Final

from wiro_runtime.cli.arguments import option_name

if TYPE_CHECKING:
    from wiro_runtime.catalog.bindings import Input, Model

__all__ = ["curl", "limits", "python", "python_async", "shell", "values"]

_BASE_URL: Final = "https://api.wiro.ai/v1"
_PLACEHOLDERS: Final[dict[str, Any]] = {
    "integer": 1,
    "number": 1.0,
    "boolean": True,
    "file": "https://example.com/photo.jpg",
    "files": "https://example.com/photo.jpg",
    "json": [],
}


def python(model: Model, package: str) -> str:
    """Return Python that runs the model with what it cannot do without."""
    return f"{_imports(model, package, 'Wiro')}\n\nresult = Wiro().run({_request(model)})"


def python_async(model: Model, package: str) -> str:
    """Return the same for a program that runs on asyncio."""
    return (
        f"import asyncio\n\n{_imports(model, package, 'AsyncWiro')}\n\n\n"
        "async def main() -> None:\n"
        "    async with AsyncWiro() as client:\n"
        f"        result = await client.run({_request(model)})\n\n\n"
        "asyncio.run(main())"
    )


def _imports(model: Model, package: str, client: str) -> str:
    home = model.module.rpartition(".")[0]
    return f"from {package} import {client}\nfrom {home} import {model.class_name}"


def _request(model: Model) -> str:
    arguments = (f"{name}={_literal(value)}" for name, (_, value) in _essential(model).items())
    return f"{model.class_name}({', '.join(arguments)})"


def _literal(value: Any) -> str:
    # Text in the double quotes that the rest of the code around it has.
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def shell(model: Model, prog: str) -> str:
    """Return the shell line that does the same."""
    options = [
        f"{option_name(name)} {shlex.quote(str(value))}"
        for name, (_, value) in _essential(model).items()
    ]
    return " ".join([f"{prog} run {model.slug}", *options])


def curl(model: Model) -> str:
    """Return the request as curl sends it; the task is then followed with Task/Detail."""
    body = {
        field.wire_name: [value] if field.type == "files" else value
        for field, value in _essential(model).values()
    }
    text = json.dumps(body, ensure_ascii=False)
    return (
        f"curl {_BASE_URL}/Run/{model.slug} \\\n"
        f'  -H "x-api-key: $WIRO_API_KEY" -H "content-type: application/json" \\\n'
        f"  -d {shlex.quote(text)}"
    )


def values(field: Input) -> str:
    """Return what an input takes, in a few words."""
    if field.choices:
        offered = [str(choice.value) for choice in field.choices]
        return ", ".join(offered[:6]) + (f", … ({len(offered)})" if len(offered) > 6 else "")
    label = "" if field.label.lower() == field.name.replace("_", " ") else field.label
    return limits(field) or label


def limits(field: Input) -> str:
    """Return the range of a number, such as `1…100`; empty where the document states none."""
    low, high = field.minimum, field.maximum
    if low is None and high is None:
        return ""
    return f"{'' if low is None else f'{low:.15g}'}…{'' if high is None else f'{high:.15g}'}"


def _essential(model: Model) -> dict[str, tuple[Input, Any]]:
    """The required inputs; else the prompt; else the first input that takes text or a file."""
    content = [field for field in model.inputs if field.type in ("string", "file", "files")]
    content.sort(key=lambda field: field.name != "prompt")
    fields = [field for field in model.inputs if field.required] or content[:1]
    return {field.name: (field, _value(field)) for field in fields}


def _value(field: Input) -> Any:
    if field.choices:
        return field.choices[0].value
    if field.type == "string" and "prompt" in field.name:
        return "a deer in snow"
    return _PLACEHOLDERS.get(field.type, field.label)
