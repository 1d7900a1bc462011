"""The same run as code: Python with the generated client, curl, and JavaScript."""

import json
import shlex
from collections.abc import Mapping
from typing import Any

from wirogen.plan import names
from wirogen.spec.model import Input, ModelSpec
from wiromock.spec.value import as_list, kind_of


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
    inputs = {one.name: one for one in spec.inputs}
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
        f"    base_url={_text(f'{origin}/v1')},\n"
        f"    socket_url={_text(f'{socket_origin(origin)}/v1')},\n"
        ") as client:\n"
        "    result = client.run(request)\n"
        '    print(result.outputs.save("out/"))\n'
    )


def write_curl(spec: ModelSpec, body: Mapping[str, Any], origin: str) -> str:
    """Write a run for a shell; see `write_python`."""
    return (
        f"curl -X POST {shlex.quote(f'{origin}/v1/Run/{spec.model}')} \\\n"
        "  -H 'x-api-key: any' -H 'content-type: application/json' \\\n"
        f"  -d {shlex.quote(json.dumps(body, ensure_ascii=False, indent=2))}\n"
    )


def write_javascript(spec: ModelSpec, body: Mapping[str, Any], origin: str) -> str:
    """Write a run for Node or a browser, without any library; see `write_python`."""
    return (
        f"const reply = await fetch({_javascript(f'{origin}/v1/Run/{spec.model}')}, {{\n"
        '  method: "POST",\n'
        '  headers: { "x-api-key": "any", "content-type": "application/json" },\n'
        f"  body: JSON.stringify({_javascript(body)}),\n"
        "});\n"
        "console.log(await reply.json());\n"
    )


def socket_origin(origin: str) -> str:
    """Give the address of the socket: `http` becomes `ws`."""
    return f"ws{origin.removeprefix('http')}"


def _argument(one: Input) -> str:
    pinned = None if one.refine is None else one.refine.python_name
    return names.argument(one.name, pinned=pinned)


def _python(one: Input, value: Any) -> str:
    """Write a value the way a caller of the generated class would."""
    if isinstance(value, list):
        return f"[{', '.join(_python(one, each) for each in as_list(value))}]"
    kind = kind_of(one)
    if isinstance(value, str) and kind in {"integer", "number"}:
        return value.strip()
    return _text(value) if isinstance(value, str) else repr(value)


def _text(value: str) -> str:
    """A string literal of Python, with escapes for what a reader could not see."""
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(one if one.isprintable() else f"\\U{ord(one):08x}" for one in quoted)


def _javascript(value: object) -> str:
    """A literal of JavaScript, which reads JSON, with the same escapes."""
    written = json.dumps(value, ensure_ascii=False, indent=2)
    return "".join(
        one if one == "\n" or one.isprintable() else json.dumps(one)[1:-1] for one in written
    )
