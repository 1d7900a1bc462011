"""What holds for the request class of every shipped model."""

import inspect
import itertools
import json
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from wiro import catalog
from wiro_runtime import binding_of, wire
from wiro_runtime.errors import InvalidRequest
from wiro_runtime.request.validation import choices_of

SLUGS = [model.slug for model in catalog.models()]
URL = "https://example.com/a.png"


def vendor_body(made: Any, *, unused: bool) -> dict[str, Any]:
    """A body as the vendor's clients write one: every input, and "" for those that are not used.

    Args:
        made: A request class.
        unused: Whether optional inputs are left empty rather than filled.
    """
    body: dict[str, Any] = {}
    for name, encoding in binding_of(made).encodings.items():
        field = made.model_fields[name]
        is_content = name in binding_of(made).content[:1]
        if field.default is None and unused and not is_content:
            body[encoding.written_name] = encoding.empty
        elif field.default not in {None, field.get_default()} or field.is_required() or is_content:
            body[encoding.written_name] = a_value(encoding, field)
        elif field.default is not None:
            body[encoding.written_name] = encoding.write(field.default, str)
        elif not unused:
            body[encoding.written_name] = a_value(encoding, field)
    return body


def a_structure(name: str) -> Any:
    """A value of a structured input, as the vendor's clients send it."""
    return {
        "messages": [{"role": "user", "content": "hi"}],
        "tools": [{"type": "function", "name": "look"}],
        "toolOutputs": [{"call_id": "1", "output": "a deer"}],
        "tool_choice": "auto",
        "response_format": {"type": "text"},
        "parallel_tool_calls": True,
    }.get(name, "a deer")


def a_value(encoding: wire.Encoding, field: Any) -> Any:  # noqa: PLR0911 - a table
    match encoding:
        case wire.File() | wire.FileList():
            return URL
        case wire.CombinedFiles():
            return [URL, f"{URL}?2"]
        case wire.Json():
            return '[{"a":1}]'
        case wire.JsonValue():
            return a_structure(encoding.name)
        case wire.Boolean():
            return True
        case wire.Flag():
            return encoding.on
    choices = choices_of(field)
    numbers = {int, float}.intersection([field.annotation, *get_args(field.annotation)])
    bounds = [getattr(mark, "ge", None) for mark in field.metadata]
    number = next((bound for bound in bounds if bound is not None), 1)
    value = choices[0] if choices else number if numbers else "a deer"
    return encoding.write(value, str)


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("unused", [True, False], ids=["unused inputs empty", "all filled"])
def test_what_from_wire_reads_to_wire_writes(slug, unused):
    made = catalog.get(slug).request_class()
    body = vendor_body(made, unused=unused)
    request = made.from_wire(body)
    assert request.to_wire() == body
    assert made.from_wire(request.to_wire()) == request


ODD = [0, 5, 1.5, True, False, {}, {"a": 1}, [1], [None], [{}], "x", "[]", "0", None]


@pytest.mark.parametrize("slug", SLUGS)
def test_whatever_a_body_holds_is_read_and_kept_or_refused_by_us(slug):
    """Any value of JSON in any input: what is read is written again, and nothing else is raised or lost."""
    made = catalog.get(slug).request_class()
    whole = vendor_body(made, unused=False)
    for encoding in binding_of(made).encodings.values():
        for name, odd in itertools.product(encoding.names, ODD):
            body = {key: value for key, value in whole.items() if key not in encoding.names}
            try:
                request = made.from_wire(body | {name: odd})
            except InvalidRequest:
                continue
            written = request.to_wire()
            assert odd is None or set(encoding.names) & written.keys()
            assert made.from_wire(written).to_wire() == written


@pytest.mark.parametrize("slug", SLUGS)
def test_it_has_a_json_schema(slug):
    made = catalog.get(slug).request_class()
    schema = made.model_json_schema()
    assert list(schema["properties"]) == list(made.model_fields)
    assert TypeAdapter(list[made]).json_schema()["items"]
    json.dumps(schema)


def test_all_of_them_fit_into_one_page_of_schemas():
    """What a web framework does for its page of all that it takes."""
    made = [catalog.get(slug).request_class() for slug in SLUGS]
    modes = [(kind, mode) for kind in made for mode in ("validation", "serialization")]
    _, definitions = models_json_schema(modes)
    assert len(definitions["$defs"]) >= len({kind.__name__ for kind in made})


@pytest.mark.parametrize("slug", SLUGS)
def test_its_signature_shows_its_arguments(slug):
    made = catalog.get(slug).request_class()
    parameters = inspect.signature(made).parameters.values()
    assert [parameter.name for parameter in parameters] == list(made.model_fields)
    assert {parameter.kind for parameter in parameters} <= {inspect.Parameter.KEYWORD_ONLY}
