"""Every call that the server's own OpenAPI documents allow, and many that they do not, is answered as they say."""

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from server_kit import KEY

# What schemathesis offers beyond these is not the platform's way: it refuses wrong data with HTTP 200
# (negative_data_rejection) and answers another verb with 404 (unsupported_method).
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

BOUNDED = settings(
    max_examples=10,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def answers_as_documented(served, operation, mode, checks=CHECKS) -> None:
    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case):
        case.call_and_validate(base_url=served.base, headers=KEY, checks=checks)

    check()


@pytest.fixture
def api(served):
    document = served.http.get("/openapi.json").json()
    # A few models stand for all: the paths of models differ in their inputs only.
    runs = [path for path in document["paths"] if path.startswith("/Run/")]
    for path in {*runs} - {"/Run/pruna/vace", runs[0], runs[-1]}:
        del document["paths"][path]
    served.base = f"{served.url}/v1"
    return schemathesis.openapi.from_dict(document)


@pytest.fixture
def control(served):
    served.base = served.url
    return schemathesis.openapi.from_dict(served.http.get("/_mock/openapi.json").json())


KEY_HEADER = "x-api-key"

MODES = pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])


def operations(schema):
    return [operation.ok() for operation in schema.get_all_operations()]


@MODES
def test_the_api_is_as_its_document_says(served, api, mode):
    described = operations(api)
    assert len(described) >= 13
    for operation in described:
        answers_as_documented(served, operation, mode)


@MODES
def test_the_control_api_is_as_its_document_says(served, control, mode):
    described = operations(control)
    assert len(described) >= 15
    for operation in described:
        answers_as_documented(served, operation, mode)


def test_no_call_but_the_public_ones_works_without_a_key(served, api):
    def answers(operation, expected):
        @settings(BOUNDED, max_examples=3)
        @given(case=operation.as_strategy())
        def check(case):
            case.headers.pop(KEY_HEADER, None)
            assert case.call(base_url=served.base).status_code == expected

        check()

    for operation in operations(api):
        is_public = operation.definition.raw.get("security") == []
        answers(operation, 200 if is_public else 401)


def test_what_the_document_offers_is_what_the_mock_accepts(served, api):
    """A run that the document allows is refused for nothing but an empty prompt."""

    @settings(BOUNDED, max_examples=30)
    @given(case=api["/Run/pruna/vace"]["POST"].as_strategy())
    def check(case):
        reply = httpx.post(f"{served.base}/Run/pruna/vace", json=case.body, headers=KEY, timeout=60)
        accepted = reply.json()["result"]
        assert accepted or case.body["prompt"] == "", (case.body, dict(reply.headers))

    check()


def test_a_document_that_is_wrong_is_found_out(served):
    """The checks bite: one wrong type, and they say so."""
    document = served.http.get("/openapi.json").json()
    served.base = f"{served.url}/v1"
    refusal = document["components"]["schemas"]["Refusal"]["properties"]["errors"]["items"]
    refusal["properties"]["code"] = {"type": "string"}
    operation = schemathesis.openapi.from_dict(document)["/Task/Detail"]["POST"]
    with pytest.raises(FailureGroup):
        answers_as_documented(served, operation, GenerationMode.POSITIVE)
