"""The specs in this repository: current, sound, and true to what they cite."""

import json

import pytest

from codegen.spec.examples import read_examples
from wirogen.document.detect import read_document
from wirogen.spec.folder import open_folder
from wirogen.spec.model import ModelSpec
from wirogen.spec.schema import schema_text


@pytest.fixture(scope="module")
def folder(root):
    return open_folder(root / "specs")


@pytest.fixture(scope="module")
def platform(folder):
    return folder.platform()


@pytest.fixture(scope="module")
def document(vace):
    return read_document(vace, "vace.llms.txt")


def test_every_spec_is_sound_and_its_document_unchanged(folder):
    folder.check()
    assert folder.models()


def test_categories_are_those_of_documents_that_name_any(folder):
    """An openapi.json names none of a model: whoever adds some by hand says so in a comment."""
    for spec in folder.models():
        if spec.source.form == "openapi.json" and spec.categories:
            text = folder.path_of(spec.model).read_text("utf-8")
            assert "# Its document states no categories" in text, spec.model
        elif spec.source.form != "openapi.json":
            assert spec.categories, spec.model


def test_the_schema_is_current(root):
    assert (root / "specs" / "spec.schema.json").read_text("utf-8") == schema_text()


def test_the_schema_names_every_key_and_refuses_others():
    schema = json.loads(schema_text())
    assert set(schema["properties"]) == set(ModelSpec.model_fields)
    assert schema["additionalProperties"] is False
    assert schema["properties"]["model"]["pattern"]
    assert all(part["additionalProperties"] is False for part in schema["$defs"].values())


class TestPlatform:
    def test_it_agrees_with_the_document_where_it_cites_it(self, platform, document):
        assert document.run_endpoint == f"{platform.hosts.rest}/Run/pruna/vace"
        assert document.detail_endpoint == (
            f"{platform.hosts.rest}{platform.endpoints['task_detail'].path}"
        )
        stated = {status.name for status in document.completed}
        assert stated == set(platform.lifecycle.terminal)
        assert {status.name for status in document.running} <= set(platform.lifecycle.running)

    def test_every_request_that_the_document_shows_is_possible(self, platform, vace):
        requests = [example for example in read_examples(vace.decode()) if example.url]
        paths = {
            f"{platform.hosts.rest}{endpoint.path}": endpoint
            for endpoint in platform.endpoints.values()
        }
        for request in requests[1:]:  # the first is Run, whose path holds a slug
            assert set(request.body) <= set(paths[request.url].identify_by)
        named = [platform.auth.key_header, platform.auth.nonce_header]
        assert set(requests[0].headers) == {
            "Content-Type", *named, platform.auth.signature_header,
        }  # fmt: skip

    def test_every_answer_that_the_document_shows_has_the_fields(self, platform, vace):
        names = {"Run Command": "run", "Get Task Detail": "task_detail", "Kill Task": "task_kill",
                 "Cancel Task": "task_cancel"}  # fmt: skip
        for example in read_examples(vace.decode()):
            kind, _, what = example.heading.partition(" - ")
            if what == "Response":
                fields = set(example.body) - {"result", "errors"}
                assert fields == set(platform.endpoints[names[kind]].answers)

    def test_the_lifecycle_is_a_walk_from_queue_to_its_end(self, platform):
        order = platform.lifecycle.order
        assert (order[0], order[-1]) == ("task_queue", "task_postprocess_end")
        assert order.index("task_preprocess_end") < order.index("task_assign")

    @pytest.mark.parametrize(
        ("code", "http", "message"),
        [
            (0, 401, "Project authorization is not founded."),
            (0, 401, "Project authorization is not valid."),
            (0, 404, "Error parsing url."),
            (96, 200, "You have reached your concurrent task limit. With your current balance of ${balance}, you can run up to {maxConcurrent} tasks at the same time. Add funds to increase your limit."),
            (97, 200, "Insufficient balance"),
            (98, 200, "sign in to run this model"),
            (99, 401, "Authorization bearer token is not founded in headers."),
            (0, 200, "Request parameter [{name}] required"),
            (0, 200, "Request parameter [{name}] must be between {min} and {max}"),
            (1, 200, "slug-owner-project-not-exist"),
            (1, 200, "There is no task yet."),
            (1, 200, "Task is not in a cancellable state."),
            (1, 200, "Task could not be killed: {reason}"),
        ],
    )  # fmt: skip
    def test_the_platforms_texts_are_literal(self, platform, code, http, message):
        errors = [error for error in platform.errors if error.message == message]
        assert [(error.code, error.http) for error in errors] == [(code, http)]

    def test_errors_name_endpoints_that_exist(self, platform):
        known = {*platform.endpoints, "any"}
        assert all(set(error.where) <= known for error in platform.errors)

    def test_every_part_says_where_it_comes_from(self, platform):
        parts = [platform.hosts, platform.auth, platform.lifecycle, *platform.errors,
                 *platform.endpoints.values()]  # fmt: skip
        assert all(
            "pruna/vace document" in part.source or "published" in part.source for part in parts
        )
