"""The JSON Schema that editors check and complete specs with, made from the pydantic models."""

import json
from typing import Any, Final

from wirogen.spec.model import ModelSpec

FILE_NAME: Final = "spec.schema.json"


def schema_text() -> str:
    """Return the JSON Schema that editors complete specs by, as it stands in each specs folder."""
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **ModelSpec.model_json_schema(),
        "title": "The spec of one model",
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
