"""The same run as code: Python with the generated client, curl, and JavaScript."""

import json
import shlex
from collections.abc import Mapping
from typing import Any

from wirogen.plan import names
from wirogen.spec.model import Input, ModelSpec
from wiromock.adapter.asgi import API
from wiromock.spec.value import as_list, kind_of
from wiromock.wire.url import socket_origin


def write_all(spec: ModelSpec, body: Mapping[str, Any], origin: str) -> list[tuple[str, str]]:
    """Write a run in every language: pairs of a title and the code.

    Args:
        spec: the model.
        body: what Run is sent.
        origin: `http://host:port` of this server.
    """
    written = [
        ("curl", write_curl(spec, body, origin)),
        ("JavaScript", write_javascript(spec, body, origin)),
    ]
    try:
        return [("Python", write_python(spec, body, origin)), *written]
    except names.NamingError:
        return written  # a model that no Python class can be made for


def write_python(spec: ModelSpec, body: Mapping[str, Any], origin: str) -> str:
    """Write a run for the generated client.

    Args:
        spec: the model.
        body: what Run is sent.
        origin: `http://host:port` of this server.
    """
    owner, _, model = spec.model.partition("/")
    title = names.request_class(model, pinned=spec.class_name)
    inputs = {model_input.name: model_input for model_input in spec.inputs}
    arguments = "".join(
        f"    {_argument(inputs[name])}={_python(inputs[name], value)},\n"
        for name, value in body.items()
        if name in inputs
    )
    return (
        "from wiro import Wiro\n"
        f"from wiro.models.{names.package(owner)} import {title}\n\n"
        f"request = {title}(\n{arguments})\n"
        "with Wiro(\n"
        '    api_key="any",\n'
        f"    base_url={_text(f'{origin}{API}')},\n"
        f"    socket_url={_text(f'{socket_origin(origin)}{API}')},\n"
        ") as client:\n"
        "    result = client.run(request)\n"
        '    print(result.outputs.save("out/"))\n'
    )


def write_curl(spec: ModelSpec, body: Mapping[str, Any], origin: str) -> str:
    """Write a run for a shell; see `write_python`."""
    return (
        f"curl -X POST {shlex.quote(f'{origin}{API}/Run/{spec.model}')} \\\n"
        "  -H 'x-api-key: any' -H 'content-type: application/json' \\\n"
        f"  -d {shlex.quote(json.dumps(body, ensure_ascii=False, indent=2))}\n"
    )


def write_javascript(spec: ModelSpec, body: Mapping[str, Any], origin: str) -> str:
    """Write a run for Node or a browser, without any library; see `write_python`."""
    return (
        f"const reply = await fetch({_javascript(f'{origin}{API}/Run/{spec.model}')}, {{\n"
        '  method: "POST",\n'
        '  headers: { "x-api-key": "any", "content-type": "application/json" },\n'
        f"  body: JSON.stringify({_javascript(body)}),\n"
        "});\n"
        "console.log(await reply.json());\n"
    )


def _argument(model_input: Input) -> str:
    refine = model_input.refine
    pinned = None if refine is None else refine.python_name
    return names.argument(model_input.name, pinned=pinned)


def _python(model_input: Input, value: Any) -> str:
    """Write a value the way a caller of the generated class would."""
    if isinstance(value, list):
        return f"[{', '.join(_python(model_input, item) for item in as_list(value))}]"
    kind = kind_of(model_input)
    if isinstance(value, str) and kind in {"integer", "number"}:
        return value.strip()
    return _text(value) if isinstance(value, str) else repr(value)


def _text(value: str) -> str:
    """A string literal of Python, with escapes for what a reader could not see."""
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(
        character if character.isprintable() else f"\\U{ord(character):08x}" for character in quoted
    )


def _javascript(value: object) -> str:
    """A literal of JavaScript, which reads JSON, with the same escapes."""
    written = json.dumps(value, ensure_ascii=False, indent=2)
    return "".join(
        character if character == "\n" or character.isprintable() else json.dumps(character)[1:-1]
        for character in written
    )
