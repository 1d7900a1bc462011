"""Which Python type and which encoding an input gets, and when the wider type wins."""

import pytest

from codegen.kit import a_plan, a_spec, an_input
from wirogen.plan.model import plan_model
from wirogen.plan.types import decide as typing
from wirogen.plan.types.value_type import Flag, TypingError
from wirogen.spec.model import Option
from wirogen.text.untrusted import Untrusted, expose


@pytest.mark.parametrize(
    ("facts", "kind", "marker"),
    [
        ({"type": "text", "name": "text"}, "string", "Text"),
        ({"type": "text"}, "string", "Numeral"),
        ({"type": "text", "default": "01234"}, "string", "Numeral"),
        ({"type": "text", "default": "2.10"}, "string", "Numeral"),
        ({"type": "text", "default": "9007199254740993"}, "number", "Text"),
        ({"type": "text", "default": "81"}, "number", "Text"),
        ({"type": "text", "default": 81}, "number", "Text"),
        ({"type": "text", "default": "81 frames"}, "string", "Text"),
        ({"type": "text", "default": "1e5"}, "string", "Text"),
        ({"type": "text", "default": "٣"}, "string", "Text"),
        ({"type": "text", "default": "81", "refine": {"kind": "integer"}}, "integer", "Text"),
        ({"type": "text", "default": "81", "refine": {"kind": "string"}}, "string", "Text"),
        ({"type": "text", "default": "0", "max_length": 9999999999}, "integer", "Text"),
        (
            {"type": "text", "default": "100", "min_length": 1, "max_length": 100},
            "integer",
            "Text",
        ),
        ({"type": "text", "max_length": 2147483647}, "integer", "Text"),
        ({"type": "text", "max_length": 4000}, "string", "Numeral"),
        ({"type": "text", "default": "en", "max_length": 9999999999}, "string", "Text"),
        ({"type": "text", "default": "2.5", "max_length": 9}, "number", "Text"),
        ({"type": "text", "default": "300", "max_length": 9}, "number", "Text"),
        ({"type": "text", "default": '[{"index": 1}]'}, "json", "Json"),
        ({"type": "text", "default": '{"a": 1}'}, "json", "Json"),
        ({"type": "text", "default": "[broken"}, "string", "Text"),
        ({"type": "text", "name": "prompt", "default": "[1]"}, "string", "Text"),
        ({"type": "text", "name": "temperature"}, "string", "Numeral"),
        ({"type": "text", "name": "topP"}, "string", "Numeral"),
        ({"type": "text", "name": "repetition_penalty"}, "string", "Numeral"),
        ({"type": "text", "name": "scale", "default": "auto"}, "string", "Numeral"),
        ({"type": "text", "name": "scale", "refine": {"kind": "number"}}, "number", "Text"),
        ({"type": "text", "name": "scale", "refine": {"kind": "string"}}, "string", "Text"),
        ({"type": "text", "name": "stop_sequences"}, "string", "Text"),
        ({"type": "textarea", "name": "scale"}, "string", "Text"),
        ({"type": "text", "name": "inputImage"}, "string", "Text"),
        ({"type": "text", "name": "input_audio_rate"}, "string", "Numeral"),
        ({"type": "text", "name": "ss_guidance_rescale"}, "string", "Numeral"),
        ({"type": "text", "name": "timesteps"}, "string", "Numeral"),
        ({"type": "text", "name": "dtype"}, "string", "Numeral"),
        ({"type": "text", "name": "dtype", "default": "fp16"}, "string", "Text"),
        ({"type": "text", "name": "negativePrompt"}, "string", "Text"),
        ({"type": "text", "name": "maskUrl"}, "file", "File"),
        ({"type": "text", "name": "image_url"}, "file", "File"),
        ({"type": "text", "name": "reference_images_url"}, "files", "FileList"),
        ({"type": "text", "name": "inputImage2Url"}, "file", "File"),
        ({"type": "text", "name": "input_image_url"}, "file", "File"),
        ({"type": "text", "name": "inputImageryUrl"}, "string", "Text"),
        ({"type": "text", "name": "inputImageUrl"}, "file", "File"),
        ({"type": "text", "name": "inputDocumentUrlMultiple"}, "files", "FileList"),
        ({"type": "text", "name": "websiteUrl"}, "string", "Text"),
        ({"type": "text", "refine": {"kind": "boolean"}}, "boolean", "Flag"),
        ({"type": "text", "refine": {"kind": "file"}}, "file", "File"),
        ({"type": "textarea", "default": "81"}, "string", "Text"),
        ({"type": "textarea", "refine": {"kind": "json"}}, "json", "Json"),
        ({"type": "select", "options": ["5", "10"]}, "choice", "Numeral"),
        ({"type": "select", "options": ["5", "-1", "0"]}, "choice", "Numeral"),
        ({"type": "select", "options": ["05", "10"]}, "choice", "Text"),
        ({"type": "select", "options": ["0.5", "1"]}, "choice", "Text"),
        ({"type": "select", "options": ["", "5"]}, "choice", "Text"),
        ({"type": "select", "options": ["auto", "5"]}, "choice", "Text"),
        ({"type": "select", "options": ["5"], "refine": {"kind": "string"}}, "string", "Text"),
        (
            {"type": "select", "options": ["5", "10"], "refine": {"kind": "integer"}},
            "integer",
            "Text",
        ),
        ({"type": "select", "options": ["a"], "refine": {"kind": "string"}}, "string", "Text"),
        ({"type": "SelectWithCover", "options": ["a"]}, "choice", "Text"),
        ({"type": "select"}, "string", "Text"),
        ({"type": "select", "options": []}, "string", "Text"),
        ({"type": "select", "options": ["off", "on"]}, "boolean", "Flag"),
        ({"type": "select", "options": ["True", "False"]}, "boolean", "Flag"),
        ({"type": "select", "options": ["yes", "no", "maybe"]}, "choice", "Text"),
        ({"type": "select", "options": ["true", "True", "false"]}, "choice", "Text"),
        ({"type": "select", "options": ["1", "0"]}, "choice", "Numeral"),
        ({"type": "select", "options": [""]}, "string", "Text"),
        ({"type": "select", "options": ["", "2k"]}, "choice", "Text"),
        ({"type": "select", "options": [f"v{n}" for n in range(256)]}, "choice", "Text"),
        ({"type": "select", "options": [f"v{n}" for n in range(257)]}, "string", "Text"),
        ({"type": "select", "options": [str(n) for n in range(257)]}, "string", "Numeral"),
        ({"type": "number"}, "number", "Number"),
        ({"type": "range", "minimum": 1, "maximum": 5, "default": 2}, "number", "Number"),
        (
            {"type": "range", "minimum": 1, "maximum": 5, "default": 2, "step": 1},
            "integer",
            "Number",
        ),
        ({"type": "range", "minimum": 0.5, "maximum": 5, "step": 1}, "number", "Number"),
        ({"type": "number", "step": 0.1}, "number", "Number"),
        ({"type": "number", "refine": {"kind": "integer"}}, "integer", "Number"),
        ({"type": "integer"}, "integer", "Number"),
        ({"type": "boolean"}, "boolean", "Boolean"),
        ({"type": "fileinput"}, "file", "File"),
        ({"type": "fileinput", "refine": {"kind": "files"}}, "files", "FileList"),
        ({"type": "multifileinput"}, "files", "FileList"),
        ({"type": "combinefileinput"}, "files", "CombinedFiles"),
        ({"type": "multiselect", "options": ["a", "b"]}, "string", "Text"),
        ({"type": "hologram"}, "string", "Text"),
    ],
)
def test_the_table(facts, kind, marker):
    found = typing.decide(an_input(**facts))
    assert (found.kind, found.marker) == (kind, marker)


def test_a_flag_keeps_the_documents_spelling():
    found = typing.decide(an_input(type="select", options=["No", "YES"]))
    assert found.flag == Flag(Untrusted("YES"), Untrusted("No"))


def test_a_repeated_choice_is_offered_once_with_its_first_label():
    options = [Option(value="b"), Option(value="a", label="one"), Option(value="a", label="two")]
    found = typing.decide(an_input(type="select", options=options))
    assert [(expose(c.value), c.label) for c in found.choices] == [
        ("b", None),
        ("a", Untrusted("one")),
    ]


def test_a_refinement_narrows_a_range_and_only_numbers_have_one():
    found = typing.decide(an_input(type="number", minimum=0, maximum=9, refine={"minimum": 2}))
    assert (found.minimum, found.maximum) == (2, 9)
    assert typing.decide(an_input(type="text", minimum=0, maximum=9)).minimum is None


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (
            {"type": "select", "options": ["quick", "slow"], "refine": {"kind": "boolean"}},
            "the refinement says boolean, but the widget makes it a choice",
        ),
        (
            {"type": "boolean", "refine": {"kind": "integer"}},
            "the refinement says integer, but the widget makes it a boolean",
        ),
        (
            {"type": "text", "refine": {"kind": "choice"}},
            "the refinement says choice, but the widget makes it a string",
        ),
        (
            {"type": "text", "refine": {"minimum": 1}},
            "the refinement sets a range, but the argument is a string",
        ),
        (
            {"type": "number", "maximum": 5, "refine": {"minimum": 7}},
            "the range is empty: minimum 7 is above maximum 5",
        ),
    ],
)
def test_a_refinement_that_contradicts_the_facts_is_refused(facts, sentence):
    with pytest.raises(TypingError) as caught:
        typing.decide(an_input(**facts))
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("widget", "name", "sibling"),
    [
        ("fileinput", "inputImage", "inputImageUrl"),
        ("fileinput", "inputImageFirst", "inputImageUrlFirst"),
        ("multifileinput", "inputDocumentMultiple", "inputDocumentUrlMultiple"),
    ],
)
def test_the_sibling_that_takes_urls_is_no_argument_of_its_own(widget, name, sibling):
    (argument,) = a_plan(an_input(name, widget), an_input(sibling)).arguments
    assert argument.url_name == Untrusted(sibling)


def test_a_lone_url_is_called_after_the_file_and_keeps_its_wire_name():
    (argument,) = a_plan(an_input("inputImageUrl")).arguments
    assert (argument.name, expose(argument.wire_name)) == ("input_image", "inputImageUrl")
    assert argument.url_name is None


def test_a_lone_url_keeps_its_argument_when_the_file_input_appears():
    (alone,) = a_plan(an_input("inputImageUrl")).arguments
    (folded,) = a_plan(an_input("inputImage", "fileinput"), an_input("inputImageUrl")).arguments
    assert (alone.name, alone.type.kind) == (folded.name, folded.type.kind)


@pytest.mark.parametrize("widget", ["text", "combinefileinput"])
def test_only_what_has_a_sibling_may_name_one(widget):
    made = plan_model(a_spec(an_input("image", widget, refine={"url_name": "imageUrl"})))
    assert [problem.message for problem in made] == [
        "`image`: the refinement says `url_name`, but no sibling takes its URLs"
    ]


def test_the_range_of_whole_numbers_is_whole():
    found = typing.decide(an_input(type="integer", minimum=0.5, maximum=9.5))
    assert (found.minimum, found.maximum) == (1, 9)


@pytest.mark.parametrize("bounds", [{"minimum": 0.2, "maximum": 0.8}, {"minimum": 9, "maximum": 1}])
def test_a_range_that_a_document_leaves_empty_bounds_nothing(bounds):
    found = typing.decide(an_input(type="integer", step=0, **bounds))
    assert (found.minimum, found.maximum, found.step) == (None, None, None)


def test_a_combined_file_input_never_has_a_sibling():
    plan = a_plan(an_input("inputImage", "combinefileinput"), an_input("inputImageUrl"))
    assert [argument.name for argument in plan.arguments] == ["input_image", "input_image_url"]
    assert plan.arguments[0].url_name is None


def test_two_possible_siblings_ask_for_a_decision():
    made = plan_model(a_spec(an_input("aB", "fileinput"), an_input("aBUrl"), an_input("aUrlB")))
    assert [str(problem) for problem in made] == [
        (
            "models/acme/thing.yaml: inputs[0]: `aB`: both `aBUrl` and `aUrlB` could take its URLs; "
            "correct `refine` or the facts"
        )
    ]


def test_what_belongs_to_the_call_is_no_argument():
    plan = a_plan(an_input("callbackUrl"), an_input("projectid"), an_input("prompt"))
    assert [argument.name for argument in plan.arguments] == ["prompt"]
