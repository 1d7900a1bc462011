"""What a model works on: prompts, texts and files; not numbers, choices, settings, or texts with a default."""

import pytest

from codegen.kit import a_spec, an_input
from wirogen.spec.content import content_names, says_required
from wirogen.spec.input_name import measures, names_content, names_url_of_file, sets
from wirogen.spec.model import ModelRefinement

PROMPT = an_input("prompt", "textarea")


@pytest.mark.parametrize(
    ("facts", "is_content"),
    [
        ({"type": "textarea"}, True),
        ({"type": "fileinput"}, True),
        ({"type": "text", "name": "lyrics"}, True),
        ({"type": "text", "name": "maskUrl"}, True),
        ({"type": "text", "name": "haiku"}, True),
        ({"type": "text", "name": "caption", "default": "three words long"}, True),
        ({"type": "text", "name": "multiPrompt", "default": "[{}]"}, True),
        ({"type": "text", "name": "x", "refine": {"kind": "file"}}, True),
        ({"type": "array", "name": "messages", "value": {"type": "array"}}, True),
        ({"type": "array", "name": "tools", "value": {"type": "array"}}, False),
        ({"type": "text", "name": "negativePrompt"}, False),
        ({"type": "text", "name": "session_id"}, False),
        ({"type": "text", "name": "ss_guidance_rescale"}, False),
        ({"type": "text", "name": "x", "default": "5"}, False),
        ({"type": "text", "name": "x", "max_length": 9999999999}, False),
        ({"type": "text", "name": "x", "refine": {"kind": "integer"}}, False),
        ({"type": "select", "options": ["a", "b"]}, False),
        ({"type": "range"}, False),
        ({"type": "checkbox"}, False),
        ({"type": "text", "name": "callbackUrl"}, False),
    ],
)
def test_beside_a_prompt(facts, is_content):
    field = an_input(**facts)
    names = content_names(a_spec(PROMPT, field))
    assert names == (("prompt", field.name) if is_content else ("prompt",))


def test_a_sibling_is_the_file_it_stands_beside():
    spec = a_spec(an_input("inputImage", "fileinput"), an_input("inputImageUrl"))
    assert content_names(spec) == ("inputImage",)


def test_a_default_of_a_flagged_document_is_the_models_own():
    voice = an_input("tone", "text", default="calm")
    assert content_names(a_spec(PROMPT, voice)) == ("prompt", "tone")
    flagged = PROMPT.model_copy(update={"required": True})
    assert content_names(a_spec(flagged, voice)) == ("prompt",)


def test_a_text_of_which_nothing_is_known_is_never_asked_for_alone():
    assert content_names(a_spec(an_input("dtype"))) == ()


def test_a_person_who_knows_better_is_believed():
    spec = a_spec(PROMPT, an_input("inputImage", "fileinput"))
    for content in ([], ["inputImage"]):
        refine = ModelRefinement(why="seen on the platform", content=content)
        assert content_names(spec.model_copy(update={"refine": refine})) == tuple(content)


@pytest.mark.parametrize(
    ("name", "is_quantity", "is_words", "is_setting", "is_url"),
    [
        ("topP", True, False, False, False),
        ("ss_guidance_rescale", True, False, False, False),
        ("timesteps", True, False, False, False),
        ("plan", False, False, False, False),
        ("negativePrompt", False, True, True, False),
        ("session_id", False, True, True, False),
        ("caption", False, True, False, False),
        ("inputImageUrl", False, True, False, True),
        ("websiteUrl", False, True, False, False),
        ("maskURL", False, True, False, True),
    ],
)
def test_what_a_name_gives_away(name, is_quantity, is_words, is_setting, is_url):
    answers = (measures(name), names_content(name), sets(name), names_url_of_file(name))
    assert answers == (is_quantity, is_words, is_setting, is_url)


def test_a_condition_is_no_word_on_requiredness():
    assert says_required("Required when there is no image") is None


@pytest.mark.parametrize("words", [["prompt"], ["prompt", "messages"], ["messages"]])
def test_a_turn_of_a_chat_says_something_and_a_file_only_goes_with_it(words):
    fields = [an_input("inputAll", "combinefileinput"), an_input("session_id")]
    spec = a_spec(*fields, *(an_input(name, "textarea") for name in words))
    assert content_names(spec.model_copy(update={"kind": "text"})) == tuple(words)
    assert "inputAll" in content_names(spec)  # what makes pictures of files and words takes either


def test_what_reads_a_picture_and_is_no_chat_takes_the_picture():
    spec = a_spec(an_input("inputImage", "combinefileinput"), an_input("language", default="en"))
    assert content_names(spec.model_copy(update={"kind": "text"})) == ("inputImage",)
