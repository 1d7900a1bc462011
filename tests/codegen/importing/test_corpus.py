"""Real documents: nothing of their inputs is lost, and the specs shipped for them hold facts only."""

import json

import pytest

from wirogen.document.detect import read_document
from wirogen.importing.facts import slug_of
from wirogen.importing.importer import Importer, ImportOptions
from wirogen.source.find import File, find
from wirogen.spec.folder import SpecFolder

KEPT = 60
"""Characters of a label that is still a name."""


@pytest.fixture(scope="module")
def files(corpus):
    return [one for one in find(str(corpus)) if "vace" not in one.name]


@pytest.fixture(scope="module")
def shipped(root):
    return {spec.model: spec for spec in SpecFolder(root / "specs").models()}


@pytest.fixture(scope="module")
def schemas(corpus):
    """Each openapi.json: what was read of it, and the schema it states."""
    read = []
    for one in find(str(corpus / "openapi")):
        tree = json.loads(one.data)
        schema = tree["components"]["schemas"]["RunToolSchema"]
        read.append((read_document(one.data, one.name), tree, schema))
    return read


def test_the_corpus_is_whole_and_every_document_has_its_spec(files, shipped):
    slugs = [slug_of(read_document(one.data, one.name), one.name) for one in files]
    assert len(slugs) == len(set(slugs)) == 62
    assert set(slugs) == set(shipped) - {"pruna/vace"}


def test_importing_them_again_changes_nothing(files, root):
    importer = Importer(SpecFolder(root / "specs"), ImportOptions(facts_only=True))
    planned = [importer.plan(one) for one in files]
    assert {(one.model, one.outcome, one.changes) for one in planned} == {
        (one.model, "unchanged", ()) for one in planned
    }


class TestOpenapi:
    """Everything that a property says is in what was read of it, but what another key repeats."""

    def test_every_token_of_every_property_is_accounted_for(self, schemas):
        for document, _, schema in schemas:
            read = {one.name: rendered(one) for one in document.inputs}
            assert read == {name: accounted(one) for name, one in schema["properties"].items()}

    def test_order_and_required_flags_are_those_of_the_schema(self, schemas):
        for document, _, schema in schemas:
            assert [one.name for one in document.inputs] == list(schema["properties"])
            required = {one.name for one in document.inputs if one.required}
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
            assert [each.name for each in document.running] == [
                each["status"] for each in listed["running_statuses"]["values"]
            ]


def rendered(one):
    """Write a property again from what was read."""
    bounds = {
        "minimum": one.minimum, "maximum": one.maximum, "multipleOf": one.step,
        "minLength": one.min_length, "maxLength": one.max_length,
    }  # fmt: skip
    kinds = {"number": "number", "boolean": "boolean"}
    options = None
    if one.options is not None:
        options = [
            {"value": each.value, **({"label": each.label} if each.label else {}), **each.extra}
            for each in one.options
        ]
    written = {
        "type": kinds.get(one.type, "string"),
        "x-input-type": one.type if one.is_type_stated else None,
        "title": one.label,
        "description": one.help,
        "default": one.default,
        "x-options": options,
        **bounds,
        **one.extra,
    }
    return {key: value for key, value in written.items() if value is not None}


def accounted(one):
    """Take off what other keys say too, having made sure that they do."""
    left = dict(one)
    assert left.pop("x-label", left["title"]) == left["title"]
    assert left.pop("x-help", left["description"]) == left["description"]
    if "enum" in left:
        values = [each.get("value") for each in left["x-options"]]
        assert left.pop("enum")[: len(values)] == values
        left["x-options"] = [each for each in left["x-options"] if each]
    if one.get("x-input-type") == "combinefileinput":
        assert left.pop("format") == "uri"
    return left


class TestFactsOnly:
    def test_every_fact_of_a_property_is_in_the_shipped_spec(self, schemas, shipped):
        for document, _, schema in schemas:
            spec = shipped[slug_of(document, "doc")]
            inputs = {one.name: one for one in spec.inputs}
            assert set(inputs) == set(schema["properties"]) - {"callbackUrl"}
            for name, one in inputs.items():
                self.hold_facts(one, schema["properties"][name], name in schema["required"])

    def hold_facts(self, one, stated, is_required):
        assert one.required is is_required
        measures = [one.minimum, one.maximum, one.step, one.min_length, one.max_length]
        keys = ("minimum", "maximum", "multipleOf", "minLength", "maxLength")
        assert measures == [stated.get(key) for key in keys]
        assert [each.value for each in one.options or ()] == list(
            dict.fromkeys(value for value in stated.get("enum", ()) if value is not None)
        )
        assert one.label == (stated["title"] if len(stated["title"]) <= KEPT else None)
        default = stated.get("default")
        assert one.default == (None if is_prose(one, default) else default)

    def test_no_sentence_of_a_document_is_in_its_spec(self, files, shipped, root):
        searched = 0
        for one in files:
            document = read_document(one.data, one.name)
            slug = slug_of(document, one.name)
            spec = shipped[slug]
            assert spec.source.facts_only
            assert spec.description is None
            assert all(each.help is None for each in spec.inputs)
            text = (root / "specs" / "models" / f"{slug}.yaml").read_text("utf-8")
            names = set(names_in(document))
            for sentence in sentences_in(document):
                if sentence not in names:
                    searched += 1
                    assert sentence not in text, (slug, sentence)
        assert searched > 500


def is_prose(one, default):
    return isinstance(default, str) and not one.options and (
        one.name == "prompt" or len(default.split()) > 1 or len(default) > KEPT
    )  # fmt: skip


def names_in(document):
    """Short texts that are facts: labels and values."""
    for one in document.inputs:
        yield from (one.name, one.label or "")
        for each in one.options or ():
            yield from (each.value, each.label or "")


def sentences_in(document):
    """What the vendor wrote to be read, whole and by the line, wherever it has two words or more."""
    texts = [document.description or ""]
    for one in document.inputs:
        texts += [one.help or "", one.default if is_prose(one, one.default) else ""]
        texts += [label for each in one.options or () if len(label := each.label or "") > KEPT]
    for text in texts:
        for piece in {text, *text.split("\n"), *text.split(". ")}:
            if len(piece.split()) > 1 or len(piece) > 20:
                yield piece.strip()


def test_a_folder_of_every_form_is_found_whole(corpus, files):
    assert all(isinstance(one, File) for one in files)
    assert {one.path.suffix for one in files} == {".txt", ".json"}
    assert not any(one.name.endswith("README.md") for one in files)
