"""The JSON Schema that editors check and complete specs with, made from the pydantic models."""

import json
from typing import Any, Final

from pydantic import JsonValue

from wirogen.spec.model import ModelSpec

FILE_NAME: Final = "spec.schema.json"


def schema_text() -> str:
    """Return the JSON Schema that editors complete specs by, as it stands in each specs folder."""
    stated = ModelSpec.model_json_schema()
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **{key: _without_repetition(value) for key, value in stated.items()},
        "title": "The spec of one model",
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _without_repetition(schema: JsonValue) -> JsonValue:
    """Leave out what only some versions of pydantic write, since the rest of a schema says it anyway."""
    if isinstance(schema, list):
        return [_without_repetition(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _without_repetition(value)
        for key, value in schema.items()
        if not (key == "additionalProperties" and value is True)
        and not (key == "enum" and value == [schema.get("const")])
    }
