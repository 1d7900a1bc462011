"""Sent, the server's, or a sample: what leaving an argument out does, and what it must never do."""

import pytest

from codegen.kit import a_spec, an_input
from wirogen.plan import defaults
from wirogen.plan.defaults import Context
from wirogen.plan.types import decide as typing
from wirogen.text.untrusted import Untrusted

SENT, SERVER, SAMPLE = "sent", "server", "sample"


def decided(flags="used", content=(), **facts):
    field = an_input(**facts)
    default = defaults.decide(field, typing.decide(field), context=Context(flags, content))
    value = default.value.reveal() if isinstance(default.value, Untrusted) else default.value
    return default.kind, value, default.required


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"type": "number", "required": True, "default": 1}, (SENT, 1, False)),
        ({"type": "number", "required": False, "default": 1}, (SERVER, 1, False)),
        ({"type": "number", "required": True}, (None, None, True)),
        ({"type": "number"}, (None, None, False)),
        ({"type": "text", "required": True, "default": "en"}, (SENT, "en", False)),
        ({"type": "text", "required": False, "default": "en"}, (SERVER, "en", False)),
        ({"type": "text", "required": True, "default": ""}, (None, None, True)),
        ({"type": "text", "required": True, "default": "a deer in snow"}, (SAMPLE, None, True)),
        ({"type": "textarea", "required": True, "default": "deer"}, (SAMPLE, None, True)),
        (
            {"name": "prompt", "type": "text", "required": True, "default": "x"},
            (SAMPLE, None, True),
        ),
        ({"type": "fileinput", "required": True, "default": "a.jpg"}, (SAMPLE, None, True)),
        ({"type": "fileinput", "required": False, "default": "a.jpg"}, (SAMPLE, None, False)),
        (
            {"type": "select", "options": ["a", "b"], "required": True, "default": "a"},
            (SENT, "a", False),
        ),
        (
            {"type": "select", "options": ["", "b"], "required": True, "default": ""},
            (SENT, "", False),
        ),
        (
            {"type": "select", "options": ["yes", "no"], "required": True, "default": "no"},
            (SENT, False, False),
        ),
        ({"type": "boolean", "required": False, "default": True}, (SERVER, True, False)),
    ],
)
def test_where_the_document_says_what_is_required(facts, expected):
    assert decided(**facts) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"type": "select", "options": ["a", "b"], "default": "a"}, (SENT, "a", False)),
        ({"type": "text", "default": "81"}, (SENT, 81, False)),
        ({"type": "text", "default": "en"}, (SAMPLE, None, False)),
        ({"type": "combinefileinput", "default": "a.jpg,b.jpg"}, (SAMPLE, None, False)),
        ({"name": "prompt", "type": "textarea", "default": "A deer"}, (SAMPLE, None, True)),
        (
            {"name": "prompt", "type": "textarea", "refine": {"required": False}},
            (SAMPLE, None, False),
        ),
        ({"name": "style", "type": "textarea", "refine": {"required": True}}, (SAMPLE, None, True)),
        ({"type": "text", "default": "en", "refine": {"default": "sent"}}, (SENT, "en", False)),
        ({"type": "text", "default": "81", "refine": {"default": "server"}}, (SERVER, 81, False)),
        ({"type": "text", "default": "81", "refine": {"default": "sample"}}, (SAMPLE, None, False)),
    ],
)
def test_where_the_document_is_silent(facts, expected):
    assert decided(flags="absent", **facts) == expected


@pytest.mark.parametrize(
    "facts",
    [
        {"type": "select", "options": ["auto", "wide"], "default": "Auto"},
        {"type": "number", "default": "fal"},
        {"type": "number", "default": 99, "maximum": 5},
        {"type": "integer", "default": 2.5},
        {"type": "number", "default": "9" * 400},
        {"type": "number", "default": "1e999"},
        {"type": "number", "default": float("nan")},
        {"type": "number", "default": float("inf")},
        {"type": "boolean", "default": "perhaps"},
    ],
)
def test_a_documented_default_that_does_not_fit_is_never_sent(facts):
    assert decided(required=True, **facts) == (None, None, True)
    assert decided(flags="absent", **facts) == (None, None, False)


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"type": "text", "default": "2.5", "refine": {"kind": "integer"}}, "integer"),
        ({"type": "number", "default": 2, "refine": {"minimum": 3}}, "number"),
        (
            {"type": "select", "options": ["a"], "default": "b", "refine": {"default": "sent"}},
            "choice",
        ),
        ({"type": "textarea", "default": "no JSON", "refine": {"kind": "json"}}, "json"),
    ],
)
def test_a_refinement_that_the_default_outgrew_is_refused(facts, kind):
    with pytest.raises(defaults.DefaultError, match=f"which is no {kind} in range"):
        decided(**facts)


@pytest.mark.parametrize(
    ("required", "flags"),
    [
        ([], "absent"),
        ([None, None], "absent"),
        ([None, False], "unused"),
        ([False, False], "unused"),
        ([None, True], "used"),
        ([False, True], "used"),
    ],
)
def test_a_document_has_flags_once_it_requires_something(required, flags):
    inputs = [an_input(str(place), required=each) for place, each in enumerate(required)]
    assert Context.of(a_spec(*inputs)).flags == flags


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"name": "prompt", "type": "text", "required": False}, (SAMPLE, None, True)),
        ({"type": "number", "required": False, "default": 1}, (SERVER, 1, False)),
        (
            {"type": "select", "options": ["a"], "required": False, "default": "a"},
            (SERVER, "a", False),
        ),
        ({"type": "number", "default": 1}, (SENT, 1, False)),
    ],
)
def test_a_document_that_requires_nothing_still_wants_its_prompt(facts, expected):
    assert decided(flags="unused", **facts) == expected


@pytest.mark.parametrize("flags", ["absent", "unused", "used"])
@pytest.mark.parametrize(
    "facts",
    [
        {"type": "text", "default": "https://wiro.ai/"},
        {"type": "text", "default": '[{"prompt": "deer"}]'},
        {"name": "inputImageUrl", "type": "text", "default": "https://cdn/a.jpg"},
    ],
)
def test_addresses_and_structures_are_samples(facts, flags):
    assert decided(flags=flags, required=True, **facts) == (SAMPLE, None, True)


def test_a_default_that_does_not_fit_is_remembered():
    field = an_input(type="select", options=["auto"], default="Auto")
    default = defaults.decide(field, typing.decide(field), context=Context("absent"))
    assert (default.value, default.rejected_default) == (None, Untrusted("Auto"))


EITHER = ("prompt", "inputImage")


@pytest.mark.parametrize(
    ("help_text", "required"),
    [
        ("Optional.", False),
        ("This is not optional!", True),
        ("Isn\u2019t optional", True),
        ("Required. Upload an image", True),
        ("Not required when an image is given", False),
        ("Required if no image is given", None),
        ("No account required", False),
        ("What to draw", None),
        (None, None),
    ],
)
def test_what_a_help_says_of_a_prompt_or_a_file_is_believed(help_text, required):
    prompt = {"name": "prompt", "type": "textarea", "help": help_text}
    assert decided("absent", EITHER, **prompt)[2] == (required is not False)
    image = {"name": "inputImage", "type": "combinefileinput", "help": help_text}
    assert decided("absent", EITHER, **image)[2] == (required is True)


def test_what_a_help_says_of_any_other_input_is_not():
    assert not decided("absent", EITHER, type="number", help="Required.", default=1)[2]


@pytest.mark.parametrize("flags", ["absent", "unused", "used"])
def test_the_only_thing_that_a_model_works_on_is_required(flags):
    image = {"name": "inputImage", "type": "fileinput", "help": "Optional.", "required": False}
    assert decided(flags, ("inputImage",), **image)[2]
    assert not decided(flags, ("inputImage",), **image, refine={"required": False})[2]


def test_what_is_flagged_is_required_whatever_its_help_says():
    facts = {"name": "inputImage", "type": "fileinput", "help": "Optional.", "required": True}
    assert decided("used", EITHER, **facts)[2]


@pytest.mark.parametrize("default", ["01234", "2.10", "+15551234"])
def test_digits_in_a_spelling_of_their_own_are_sent_as_they_stand(default):
    assert decided("absent", type="text", default=default) == (SENT, default, False)
