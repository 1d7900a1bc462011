"""Every shipped model is right: it imports, takes what its spec promises, and writes what its document writes."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codegen.importing.kit import import_all
from codegen.kit import PLATFORM, SPECS
from codegen.values import calls_of, check_body, check_given
from wiro_runtime.errors import InvalidRequest
from wirogen.importing.importer import LoadedDocument
from wirogen.importing.report import explain
from wirogen.plan.defaults import usable
from wirogen.plan.model import ModelPlan, plan_model
from wirogen.plan.package import plan_package
from wirogen.plan.types import decide as typing
from wirogen.spec.folder import SpecFolder
from wirogen.spec.model import Input, ModelSpec
from wirogen.spec.value import as_text
from wirogen.text.untrusted import expose

SHIPPED = SpecFolder(SPECS).models()
PACKAGE = plan_package(SHIPPED, PLATFORM, name="wiro")
PLANS = {
    expose(model.slug): (model, f"wiro.models.{owner.package}.{model.module}")
    for owner in PACKAGE.owners
    for model in owner.models
}
CORPUS = Path(os.environ.get("WIRO_CORPUS", "nowhere"))


def request_class(slug: str) -> Any:
    plan, module = PLANS[slug]
    return getattr(import_module(module), plan.class_name)


def test_every_module_imports_without_a_warning():
    code = "import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]"
    modules = [module for _, module in PLANS.values()]
    done = subprocess.run([sys.executable, "-W", "error", "-c", code, *modules], check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("slug", sorted(PLANS))
def test_the_least_call_writes_the_defaults_and_reads_back(slug):
    plan, made = PLANS[slug][0], request_class(slug)
    required = {a.name for a in plan.arguments if a.default.required}
    assert {name for name, field in made.model_fields.items() if field.is_required()} == required
    least = _least(plan)
    request = made(**least)
    body = request.to_wire()
    check_body(plan, body)
    sent = {a for a in plan.arguments if a.name in least or a.default.is_sent}
    assert body.keys() == {expose(a.url_name or a.wire_name) for a in sent}
    assert made.from_wire(body) == request


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.sampled_from(sorted(PLANS)), st.data())
def test_any_call_of_a_shipped_model_survives_the_wire(slug, drawn):
    plan, made = PLANS[slug][0], request_class(slug)
    call = drawn.draw(calls_of(plan))
    request = made(**call)
    body = json.loads(json.dumps(request.to_wire()))
    check_given(plan, call, body)
    check_body(plan, body)
    assert made.from_wire(body) == request


def test_nothing_of_a_call_is_in_a_signature():
    names = {a.name for plan, _ in PLANS.values() for a in plan.arguments}
    assert names.isdisjoint({"callback_url", "callbackurl", "project_id", "projectid"})


def test_no_model_is_left_with_a_type_that_nobody_would_expect():
    """Counts, seeds and sizes are whole; switches are bool; pictures are files."""
    kinds = {(a.name, a.type.kind) for plan, _ in PLANS.values() for a in plan.arguments}
    by_name: dict[str, set[str]] = {}
    for name, kind in kinds:
        by_name.setdefault(name, set()).add(kind)
    for name in ("seed", "steps", "samples", "width", "height", "max_images", "top_k"):
        assert by_name[name] == {"integer"}, name
    for name in ("watermark", "sound", "generate_audio", "original_sound", "do_sample"):
        assert by_name[name] == {"boolean"}, name
    files = {kind for name, kind in kinds if name.startswith("input_")}
    assert files == {"file", "files"}
    assert by_name["prompt"] == {"string"}
    assert by_name["multi_prompt"] == {"json"}
    assert by_name["website_url"] == {"string"}


def test_every_assumption_about_the_shipped_models_is_reported():
    rules = {note.split("(rule ")[-1] for spec in SHIPPED for note in explain(spec)}
    assert rules == {
        *("content)", "lone_url)", "misplaced_range)", "no_choices)", "numeric_name)"),
        *("only_content)", "prompt)"),
    }


@pytest.mark.parametrize("slug", sorted(PLANS))
def test_a_call_without_anything_to_work_on_is_refused_before_it_is_sent(slug):
    plan, made = PLANS[slug][0], request_class(slug)
    assert plan.content, f"{slug} works on nothing: is that so?"
    blank = {
        a.name: " " for a in plan.arguments if a.name in plan.content and a.type.kind == "string"
    }
    least = {name: value for name, value in _least(plan).items() if name not in plan.content}
    for call in (least, least | blank):
        with pytest.raises(InvalidRequest) as refusal:
            made(**call)
        assert all(name in str(refusal.value) for name in plan.content if not _has_required(plan))
        assert refusal.value.billed is False


def test_a_turn_that_says_nothing_is_refused_whatever_file_goes_with_it():
    gemini = request_class("google/gemini-3-flash")
    with pytest.raises(InvalidRequest, match="prompt, messages or tool_outputs: give at least one"):
        gemini(input_all="https://a.example/b.png")
    assert gemini(input_all="https://a.example/b.png", prompt="What is this?").to_wire()


def _has_required(plan: ModelPlan) -> bool:
    return not plan.is_any_content_enough


def _least(plan: ModelPlan) -> dict[str, Any]:
    """What has to be given, and nothing else."""
    given = {a.name for a in plan.arguments if a.default.required}
    given |= set(plan.content[:1]) if plan.is_any_content_enough else set()
    return {a.name: _some(a.type.kind) for a in plan.arguments if a.name in given}


def _some(kind: str) -> object:
    examples = {"string": "1.5", "integer": 1, "number": 1.5, "file": "https://a.example/b.png"}
    examples |= {"files": ["https://a.example/b.png"], "json": [{"prompt": "a deer"}]}
    return examples[kind]


# With the documents themselves, which are not part of the project


def _documents() -> Iterator[LoadedDocument]:
    for path in sorted(CORPUS.rglob("*")):
        if path.suffix in {".json", ".txt"}:
            yield LoadedDocument(str(path), path.read_bytes())


@pytest.fixture(scope="module")
def documented(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModelSpec]:
    """The specs of the documents, prose and all."""
    if not CORPUS.is_dir():
        pytest.skip("WIRO_CORPUS names no folder of documents")
    folder = tmp_path_factory.mktemp("specs")
    import_all(_documents(), folder)
    return {spec.model: spec for spec in SpecFolder(folder).models()}


def test_a_shipped_class_takes_its_documents_own_values(documented):
    """Whatever a document gives as a default is taken and written as the document writes it."""
    assert documented.keys() == PLANS.keys()
    for slug, spec in documented.items():
        made = request_class(slug)
        body = {field.name: field.default for field in spec.inputs if _is_value(field, spec)}
        least = made(**_least(PLANS[slug][0])).to_wire()
        again = made.from_wire({**least, **body}).to_wire()
        for name, value in body.items():
            assert _same(again[name], value), (slug, name)


def _is_value(field: Input, spec: ModelSpec) -> bool:
    value_type = typing.decide(field, spec.inputs)
    return field.default not in {None, ""} and usable(field, value_type) is not None


def _same(written: Any, stated: Any) -> bool:
    if isinstance(stated, str) and stated.lstrip().startswith(("[", "{")):
        return json.loads(str(written)) == json.loads(stated)
    return as_text(written) == as_text(stated)


def test_facts_alone_give_the_same_types(documented):
    """What `--facts-only` leaves out decides no type: prose is evidence of nothing but prose."""
    for slug, spec in documented.items():
        full = plan_model(spec)
        assert isinstance(full, ModelPlan), slug
        shipped = {a.wire_name: a for a in PLANS[slug][0].arguments}
        for argument in full.arguments:
            same = shipped[argument.wire_name]
            refined = same.type.rule == "refine" or argument.type.rule == "refine"
            assert refined or same.type == argument.type, (slug, same.name)


def test_the_catalog_states_how_long_a_model_takes_and_shows_a_picture():
    from wiro import catalog

    assert catalog.get("wiro/chat").computing_seconds == 1
    assert (catalog.get("wiro/cartoonify").cover or "").startswith("https://")
    assert catalog.get("pruna/vace").computing_seconds is None
