"""Real documents: nothing of their inputs is lost, and the specs shipped for them hold facts only."""

import json

import pytest

from wirogen.document.detect import read_document
from wirogen.importing.facts import slug_of
from wirogen.importing.importer import Importer, ImportOptions
from wirogen.source.find import File, find
from wirogen.spec.content import content_names
from wirogen.spec.folder import SpecFolder

KEPT = 60
"""Characters of a label that is still a name."""


@pytest.fixture(scope="module")
def files(corpus):
    return [file for file in find(str(corpus)) if "vace" not in file.name]


@pytest.fixture(scope="module")
def shipped(root):
    return {spec.model: spec for spec in SpecFolder(root / "specs").models()}


@pytest.fixture(scope="module")
def schemas(corpus):
    """Each openapi.json: what was read of it, and the schema it states."""
    read = []
    for file in find(str(corpus / "openapi")):
        tree = json.loads(file.data)
        schema = tree["components"]["schemas"]["RunToolSchema"]
        read.append((read_document(file.data, file.name), tree, schema))
    return read


def test_the_corpus_is_whole_and_every_document_has_its_spec(files, shipped):
    slugs = [slug_of(read_document(file.data, file.name), file.name) for file in files]
    assert len(slugs) == len(set(slugs)) == 62
    assert set(slugs) == set(shipped) - {"pruna/vace"}


def test_importing_them_again_changes_nothing(files, root):
    importer = Importer(SpecFolder(root / "specs"), ImportOptions(facts_only=True))
    planned = [importer.plan(file) for file in files]
    assert {(report.model, report.outcome, report.changes) for report in planned} == {
        (report.model, "unchanged", ()) for report in planned
    }


@pytest.mark.parametrize("facts_only", [True, False])
def test_a_call_needs_the_same_with_the_sentences_and_without(files, shipped, tmp_path, facts_only):
    importer = Importer(SpecFolder(tmp_path), ImportOptions(facts_only=facts_only))
    for file in files:
        spec = importer.plan(file).spec
        ours = shipped[spec.model]
        refined = spec.model_copy(update={"refine": ours.refine})
        assert content_names(refined) == content_names(ours)


class TestOpenapi:
    """Everything that a property says is in what was read of it, but what another key repeats."""

    def test_every_token_of_every_property_is_accounted_for(self, schemas):
        for document, _, schema in schemas:
            read = {field.name: rendered(field) for field in document.inputs}
            assert read == {
                name: accounted(stated) for name, stated in schema["properties"].items()
            }

    def test_order_and_required_flags_are_those_of_the_schema(self, schemas):
        for document, _, schema in schemas:
            assert [field.name for field in document.inputs] == list(schema["properties"])
            required = {field.name for field in document.inputs if field.required}
            assert required == set(schema["required"])

    def test_the_rest_of_the_document_is_read(self, schemas):
        for document, tree, _ in schemas:
            (path,) = (path for path in tree["paths"] if path.startswith("/Run/"))
            run = tree["paths"][path]["post"]
            assert f"/Run/{document.name}" == path
            time = f"**Processing Time:** {document.computing_time}"
            said = [document.description or "", time]
            assert " ".join(said).split() == run["description"].split()
            assert run["summary"] == f"Run {document.title}"
            listed = tree["x-task-status-info"]
            assert [status.name for status in document.running] == [
                status["status"] for status in listed["running_statuses"]["values"]
            ]


def rendered(field):
    """Write a property again from what was read."""
    bounds = {
        "minimum": field.minimum, "maximum": field.maximum, "multipleOf": field.step,
        "minLength": field.min_length, "maxLength": field.max_length,
    }  # fmt: skip
    kinds = {"number": "number", "boolean": "boolean"}
    options = None
    if field.options is not None:
        options = [
            {
                "value": option.value,
                **({"label": option.label} if option.label else {}),
                **option.extra,
            }
            for option in field.options
        ]
    written = {
        "type": kinds.get(field.type, "string"),
        "x-input-type": field.type if field.is_type_stated else None,
        "title": field.label,
        "description": field.help,
        "default": field.default,
        "x-options": options,
        **bounds,
        **field.extra,
    }
    return {key: value for key, value in written.items() if value is not None}


def accounted(field):
    """Take off what other keys say too, having made sure that they do."""
    left = dict(field)
    assert left.pop("x-label", left["title"]) == left["title"]
    assert left.pop("x-help", left["description"]) == left["description"]
    if "enum" in left:
        values = [option.get("value") for option in left["x-options"]]
        assert left.pop("enum")[: len(values)] == values
        left["x-options"] = [option for option in left["x-options"] if option]
    if field.get("x-input-type") == "combinefileinput":
        assert left.pop("format") == "uri"
    return left


class TestFactsOnly:
    def test_every_fact_of_a_property_is_in_the_shipped_spec(self, schemas, shipped):
        for document, _, schema in schemas:
            spec = shipped[slug_of(document, "doc")]
            inputs = {field.name: field for field in spec.inputs}
            assert set(inputs) == set(schema["properties"]) - {"callbackUrl"}
            for name, field in inputs.items():
                self.hold_facts(field, schema["properties"][name], name in schema["required"])

    def hold_facts(self, field, stated, is_required):
        assert field.required is is_required
        measures = [field.minimum, field.maximum, field.step, field.min_length, field.max_length]
        keys = ("minimum", "maximum", "multipleOf", "minLength", "maxLength")
        assert measures == [stated.get(key) for key in keys]
        assert [option.value for option in field.options or ()] == list(
            dict.fromkeys(value for value in stated.get("enum", ()) if value is not None)
        )
        assert field.label == (stated["title"] if len(stated["title"]) <= KEPT else None)
        default = stated.get("default")
        assert field.default == (None if is_prose(field, default) else default)

    def test_no_sentence_of_a_document_is_in_its_spec(self, files, shipped, root):
        searched = 0
        for file in files:
            document = read_document(file.data, file.name)
            slug = slug_of(document, file.name)
            spec = shipped[slug]
            assert spec.source.facts_only
            assert spec.description is None
            assert all(field.help is None for field in spec.inputs)
            text = (root / "specs" / "models" / f"{slug}.yaml").read_text("utf-8")
            names = set(names_in(document))
            for sentence in sentences_in(document):
                if sentence not in names:
                    searched += 1
                    assert sentence not in text, (slug, sentence)
        assert searched > 500


def is_prose(field, default):
    return isinstance(default, str) and not field.options and (
        field.name == "prompt" or len(default.split()) > 1 or len(default) > KEPT
    )  # fmt: skip


def names_in(document):
    """Short texts that are facts: labels and values."""
    for field in document.inputs:
        yield from (field.name, field.label or "")
        for option in field.options or ():
            yield from (option.value, option.label or "")


def sentences_in(document):
    """What the vendor wrote to be read, whole and by the line, wherever it has two words or more."""
    texts = [document.description or ""]
    for field in document.inputs:
        texts += [field.help or "", field.default if is_prose(field, field.default) else ""]
        texts += [
            label for option in field.options or () if len(label := option.label or "") > KEPT
        ]
    for text in texts:
        for piece in {text, *text.split("\n"), *text.split(". ")}:
            if len(piece.split()) > 1 or len(piece) > 20:
                yield piece.strip()


def test_a_folder_of_every_form_is_found_whole(corpus, files):
    assert all(isinstance(file, File) for file in files)
    assert {file.path.suffix for file in files} == {".txt", ".json"}
    assert not any(file.name.endswith("README.md") for file in files)
