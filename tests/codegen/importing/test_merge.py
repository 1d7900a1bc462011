"""Importing one model from several forms: nothing that was stated vanishes without a word."""

import pytest

from codegen.document import forms
from codegen.importing.kit import import_all
from codegen.importing.test_damage import SPEC
from wirogen.importing.importer import ImportOptions, LoadedDocument
from wirogen.spec.file import read_model

WRITERS = {
    "openapi.json": forms.as_openapi,
    "llms.txt": forms.as_llms,
    "tool-detail": forms.as_tool,
}


@pytest.fixture
def take(tmp_path):
    """Import a rendered spec; give the spec that stands then, and the report."""

    def run(form, spec=SPEC, **options):
        given = LoadedDocument(form, WRITERS[form](spec).encode())
        (report,) = import_all([given], tmp_path, ImportOptions(**options))
        return read_model(report.path), report

    return run


def inputs(spec):
    return {field.name: field for field in spec.inputs}


def test_flags_and_ranges_survive_a_form_without_them_and_are_reported(take):
    before, _ = take("openapi.json")
    after, report = take("llms.txt")
    assert inputs(after)["steps"].maximum == 9
    assert inputs(after)["steps"].default == 5
    assert [field.required for field in after.inputs] == [field.required for field in before.inputs]
    kept = next(note for note in report.notes if note.startswith("kept"))
    assert kept == (
        "kept from openapi.json, since llms.txt cannot say it: "
        "title, computing_time, required, min_length, max_length, minimum, maximum, step"
    )


def test_the_widget_that_another_form_named_is_not_replaced_by_a_guess(take):
    take("llms.txt")
    after, report = take("openapi.json")
    assert inputs(after)["prompt"].type == "textarea"
    assert any("categories, type" in note for note in report.notes)


def test_the_source_names_every_document_that_facts_come_from(take):
    first, _ = take("openapi.json")
    second, _ = take("tool-detail")
    third, _ = take("llms.txt")
    assert [origin.form for origin in third.source.earlier] == ["tool-detail", "openapi.json"]
    assert third.source.earlier[0].sha256 == second.source.sha256
    assert third.source.earlier[1].sha256 == first.source.sha256
    again, _ = take("openapi.json")
    assert [origin.form for origin in again.source.earlier] == ["llms.txt", "tool-detail"]


def test_the_same_form_replaces_what_it_can_say(take):
    take("openapi.json")
    changed = SPEC.model_copy(
        update={"inputs": [SPEC.inputs[2].model_copy(update={"maximum": None, "step": None})]}
    )
    after, report = take("openapi.json", changed)
    assert inputs(after)["steps"].maximum is None
    assert after.source.earlier == []
    assert "input `steps`: maximum is gone, was 9" in report.changes


def test_importing_the_second_form_again_changes_nothing(take):
    take("openapi.json")
    take("llms.txt")
    _, report = take("llms.txt")
    assert (report.outcome, report.changes) == ("unchanged", ())


def test_an_input_that_the_new_document_does_not_list_is_gone(take):
    take("openapi.json")
    after, report = take("openapi.json", SPEC.model_copy(update={"inputs": SPEC.inputs[1:]}))
    assert "prompt" not in inputs(after)
    assert "input `prompt` is gone" in report.changes


def test_an_input_that_only_another_form_lists_stays_until_that_form_drops_it(take):
    fewer = SPEC.model_copy(update={"inputs": SPEC.inputs[1:]})
    take("openapi.json")
    after, report = take("llms.txt", fewer)
    assert inputs(after)["prompt"].listed_by == "openapi.json"
    kept = "input `prompt` is kept from openapi.json; this document does not list it"
    assert kept in report.notes
    again, _ = take("llms.txt", fewer)
    assert inputs(again) == inputs(after)
    dropped, report = take("openapi.json", fewer)
    assert "prompt" not in inputs(dropped)
    assert "input `prompt` is gone" in report.changes


def test_an_input_that_the_newest_document_lists_again_is_nobody_elses(take):
    take("openapi.json")
    take("llms.txt", SPEC.model_copy(update={"inputs": SPEC.inputs[1:]}))
    after, _ = take("llms.txt")
    assert inputs(after)["prompt"].listed_by is None


def test_forms_given_at_once_merge_to_their_sum_and_order_decides_no_input(tmp_path):
    less, more = SPEC.inputs[1:], SPEC.inputs[:-1]
    documents = [
        LoadedDocument("a", forms.as_openapi(SPEC.model_copy(update={"inputs": less})).encode()),
        LoadedDocument("b", forms.as_llms(SPEC.model_copy(update={"inputs": more})).encode()),
    ]
    names = set()
    for folder, order in (("one", documents), ("two", documents[::-1])):
        import_all(order, tmp_path / folder)
        made = read_model(tmp_path / folder / "models" / f"{SPEC.model}.yaml")
        names.add(frozenset(field.name for field in made.inputs))
    assert names == {frozenset(field.name for field in SPEC.inputs)}


def test_forms_that_disagree_keep_both_facts_and_say_so(take):
    """The newer default no longer fits the older range: neither is refused, the default is not sent."""
    steps = SPEC.inputs[2]
    take("openapi.json", SPEC.model_copy(update={"inputs": [steps]}))
    other = steps.model_copy(update={"default": 99})
    after, report = take("llms.txt", SPEC.model_copy(update={"inputs": [other]}))
    assert (inputs(after)["steps"].maximum, inputs(after)["steps"].default) == (9, "99")
    assert any("is outside its range" in note for note in report.notes)


def test_sentences_do_not_come_back_when_only_facts_are_wanted(take):
    noted = SPEC.inputs[0].model_copy(update={"extra": {"placeholder": "Say it in one sentence."}})
    take("tool-detail", SPEC.model_copy(update={"inputs": [noted]}))
    after, _ = take("openapi.json", facts_only=True)
    assert inputs(after)["prompt"].extra is None


def test_a_kind_that_the_categories_deny_stays_and_is_said(take):
    take("openapi.json")
    after, report = take("tool-detail", SPEC.model_copy(update={"categories": ["llm"]}))
    assert after.kind == "media"
    assert "kind stays media; the categories say text" in report.notes


def test_samples_are_counted_and_left_out(take, tmp_path):
    sets = "## Model Parameter Inspires:\n- prompt: a\n- seed: 1\n- prompt: b\n\n"
    text = forms.as_llms(SPEC).replace("## Integration", sets + "## Integration")
    for document in (text, " ".join(text.split())):
        given = LoadedDocument("doc", document.encode())
        (report,) = import_all([given], tmp_path / str(len(document)))
        assert "2 sets of sample inputs were read; a spec holds none" in report.notes
