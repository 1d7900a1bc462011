"""Requests are checked against the spec: the platform's text on the wire, with an explanation."""

import pytest
from platform_kit import CHAT, PROMPT

from wiromock.spec.validation import check_request

GOOD = {"text": "x", "inputImage": "https://example.com/a.png"}


def refused(platform, slug, body):
    status, messages, said = platform.refusal(f"/Run/{slug}", body)
    assert status == 200
    assert platform.engine.ledger.running == 0
    return messages, said


def test_a_prompt_left_out(platform):
    messages, said = refused(platform, "pruna/vace", {})
    assert messages == ["Request parameter [prompt] required"]
    assert "pruna/vace needs `prompt`: a video needs a description" in said
    assert said.endswith("specs/documents/pruna/vace.llms.txt:1:393")


FAST = "bytedance/seedance-v1-pro-fast"
CHOICES = {"resolution": "720p", "ratio": "16:9", "duration": "5"}


@pytest.mark.parametrize("body", [{}, {"prompt": " ", "inputImage": []}])
def test_a_run_without_anything_to_work_on(platform, body):
    messages, said = refused(platform, FAST, CHOICES | body)
    assert messages == ["Request files [inputImage] required"]
    assert "give at least one of `inputImage`, `prompt`" in said


@pytest.mark.parametrize(
    "body", [{"prompt": "a cook"}, {"inputImage": ["https://example.com/cook.png"]}]
)
def test_a_run_with_any_of_what_a_model_works_on(platform, body):
    assert platform.post(f"/Run/{FAST}", CHOICES | body).json["result"] is True


@pytest.mark.parametrize(
    "body",
    [
        {"messages": [{"role": "user", "content": "hi"}]},
        {
            "toolOutputs": [{"call_id": "call_0", "output": "snow"}],
            "previousTaskToken": "t",
            "session_id": "s",
        },
    ],
)
def test_a_turn_of_a_model_that_calls_tools_needs_no_prompt(body):
    assert list(check_request(CHAT, body)) == []


def test_a_turn_with_nothing_said_needs_its_prompt():
    (finding,) = check_request(CHAT, {"tools": [], "messages": []})
    assert (finding.text, finding.name) == ("parameter_required", "prompt")


def test_an_option_that_is_not_offered(platform):
    messages, said = refused(platform, "pruna/vace", {**PROMPT, "resolution": "480"})
    assert messages == ["Request parameters are invalid."]
    assert """`resolution` is one of "480p", "720p", not '480'. Did you mean "480p"?""" in said


def test_a_label_in_place_of_its_value(platform):
    label = "Juiced 🔥 (balanced)"
    _, said = refused(platform, "pruna/vace", {**PROMPT, "speedMode": label})
    assert r'That is a label; send its value "Juiced \U0001f525 (more speed)"' in said


@pytest.mark.parametrize("name", ["prmpt", "Prompt", "frame_num"])
def test_an_unknown_parameter(platform, name):
    messages, said = refused(platform, "pruna/vace", {**PROMPT, name: "x"})
    assert messages == ["Request parameters are invalid."]
    meant = "frameNum" if name == "frame_num" else "prompt"
    assert f"pruna/vace has no parameter `{name}`; did you mean `{meant}`?" in said


@pytest.mark.parametrize("value", ["many", "", "1e999", "nan", True, [1], {}])
def test_a_number_that_is_none(platform, value):
    body = {**PROMPT, "frameNum": value}
    if value == "":  # what clients send for "not set"
        assert platform.post("/Run/pruna/vace", body).json["result"] is True
    else:
        messages, _ = refused(platform, "pruna/vace", body)
        assert messages == ["Request parameter [frameNum] must be integer or float"]


@pytest.mark.parametrize("value", [81, 81.0, "81", "81.0"])
def test_numbers_may_travel_as_text_or_as_numbers(platform, value):
    platform.run(frameNum=value)


def test_a_number_out_of_range(given, platform):
    messages, _ = refused(given, "acme/everything", {**GOOD, "number": "11"})
    assert messages == ["Request parameter [number] must be between 1 and 10"]
    messages, said = refused(platform, "pruna/vace", {**PROMPT, "frameNum": 0})
    assert messages == ["Request parameter [frameNum] must be between 1 and Infinity"]
    assert "a count of frames" in said


def test_a_fraction_where_a_whole_number_is_meant(given):
    messages, said = refused(given, "acme/everything", {**GOOD, "whole": "1.5"})
    assert messages == ["Request parameters are invalid."]
    assert "`whole` takes a whole number, not '1.5' (a count)" in said


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("text", ["x"], "takes a text"),
        ("text", True, "takes a text, not true"),
        ("choice", "Five", 'That is a label; send its value "5"'),
        ("choice", True, "is one of"),
        ("flag", "yes", "takes true or false"),
        ("flag", 1, "takes true or false"),
        ("inputImage", 5, "takes the URL of a file"),
        ("inputDocumentMultiple", ["a", 5], "takes an array of file URLs, and 5 is none"),
        ("plan", 5, "takes a structure"),
        ("plan", "{a: 1}", "takes a structure, or one as JSON text, not '{a: 1}'"),
        ("tags", ["a", "c"], "is one of"),
        ("tags", "a,c", "is one of"),
        ("switch", True, "is one of"),
        ("inputImageUrl", 5, "takes URLs as text"),
    ],
)
def test_values_of_the_wrong_kind(given, name, value, said):
    messages, explanation = refused(given, "acme/everything", {**GOOD, name: value})
    assert messages == ["Request parameters are invalid."]
    assert said in explanation


@pytest.mark.parametrize(
    "body",
    [
        {"choice": "5"},
        {"choice": 5},
        {"choice": ""},
        {"flag": True},
        {"flag": "false"},
        {"tags": ["a", "b"]},
        {"tags": "a"},
        {"tags": "a,b"},
        {"switch": "on"},
        {"plan": {"a": [1]}},
        {"plan": '{"a": [1]}'},
        {"inputDocumentMultiple": ["https://example.com/a.pdf"]},
        {"inputDocumentMultipleUrl": "https://example.com/a.pdf,https://example.com/b.pdf"},
        {"inputDocumentUrlMultiple": "https://example.com/a.pdf"},
        {"inputImage": "", "inputImageUrl": "https://example.com/a.png"},
        {"number": None},
        {"projectid": "12", "callbackUrl": "https://example.com/done"},
    ],
)
def test_what_any_source_sends_is_accepted(given, body):
    reply = given.post("/Run/acme/everything", {**GOOD, **body})
    assert reply.json["result"] is True, reply.headers


def test_a_required_file_has_a_text_of_its_own(given):
    messages, _ = refused(given, "acme/everything", {"text": "x"})
    assert messages == ["Request files [inputImage] required"]


def test_everything_wrong_is_said_at_once(platform):
    body = {"prmpt": "x", "seed": "x", "resolution": "1080p", "frameNum": "0"}
    messages, said = refused(platform, "pruna/vace", body)
    assert messages == [
        "Request parameter [prompt] required",
        "Request parameters are invalid.",
        "Request parameter [seed] must be integer or float",
        "Request parameter [frameNum] must be between 1 and Infinity",
    ]
    assert said.count(" | ") == 4


def test_an_explanation_is_a_header_whatever_was_sent(platform):
    _, said = refused(platform, "pruna/vace", {**PROMPT, "a\r\nx-evil: 1": "x", "y" * 9000: "x"})
    assert said.isascii()
    assert said.isprintable()
    assert len(said) == 4000


def test_tool_calls_belong_to_models_that_take_them(given, platform):
    tools = {"tools": [{"type": "function", "name": "weather"}], "tool_choice": "auto"}
    assert given.post("/Run/acme/chat", {**PROMPT, **tools}).json["result"] is True
    refused(platform, "pruna/vace", {**PROMPT, **tools})


def test_an_unknown_model(platform):
    messages, said = refused(platform, "pruna/vac", PROMPT)
    assert messages == ["slug-owner-project-not-exist"]
    assert "did you mean `pruna/vace`?" in said


def test_an_invalid_request_uses_no_scenario_up(platform):
    from wiromock import Fails, Success

    platform.engine.on("pruna/vace").then(Fails(), Success(), after="error")
    refused(platform, "pruna/vace", {})
    task = platform.run()
    platform.clock.advance(3600)
    assert platform.task(task)["pexit"] == "1"
