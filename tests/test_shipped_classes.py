"""Every shipped class can be asked what it takes: a JSON schema, a signature, a page, a help."""

import inspect
import json
import sys
from pathlib import Path

import pytest

from wiro import catalog

sys.path.insert(0, str(Path(__file__).parent.parent / "docs/tools"))
import model_pages

sys.path.pop(0)
MODELS = catalog.models()
PAGES = model_pages.pages("wiro")


def test_there_are_as_many_as_the_readme_says():
    readme = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
    assert f"holds {len(MODELS)} models" in readme


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.slug)
def test_it_has_a_schema_a_signature_and_a_page(model):
    found = model.request_class()
    names = {field.name for field in model.inputs}
    schema = found.model_json_schema()
    json.dumps(schema)
    assert len(schema.get("properties", {})) == len(names)
    parameters = inspect.signature(found).parameters
    assert set(parameters) == names
    assert {each.kind for each in parameters.values()} <= {inspect.Parameter.KEYWORD_ONLY}
    page = PAGES[f"{model.slug}.md"]
    assert all(f"| `{name}` |" in page for name in names)
    assert inspect.getdoc(found)
