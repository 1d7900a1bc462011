"""A request is checked when it is made, and complains in the caller's own words."""

import copy
import io
import json
import pickle
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import ValidationError

from runtime.models import Vace
from wiro_runtime import MediaRequest
from wiro_runtime.client.untyped import request_class
from wiro_runtime.errors import InvalidRequest
from wiro_runtime.request import wire


def complaint(**arguments) -> str:
    with pytest.raises(InvalidRequest) as caught:
        Vace(**arguments)
    return str(caught.value)


def test_unset_arguments_are_not_sent_and_defaults_are():
    assert Vace(prompt="x").to_wire() == {
        "prompt": "x",
        "resolution": "480p",
        "frameNum": "81",
        "guidanceScale": "5",
    }


def test_numbers_may_be_given_as_text():
    request = Vace(prompt="x", frame_num="49", guidance_scale="7.5")
    assert (request.frame_num, request.guidance_scale) == (49, 7.5)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({}, "prompt: is missing; give it text."),
        ({"prompt": 1}, "prompt: expected text, got 1."),
        ({"prompt": "x", "promt": "x"}, "promt: there is no such argument; did you mean prompt?"),
        (
            {"prompt": "x", "frameNum": 9},
            "frameNum: is its name on the wire; in Python it is frame_num.",
        ),
        (
            {"prompt": "x", "deadline": 9},
            "deadline: belongs to the call, not to the model: client.run(request, deadline=…).",
        ),
        (
            {"prompt": "x", "resolution": "720"},
            "resolution: '720' is not offered; did you mean '720p'? Offered: '480p', '720p'.",
        ),
        ({"prompt": "x", "frame_num": 0}, "frame_num: must be at least 1, got 0."),
        ({"prompt": "x", "frame_num": "many"}, "frame_num: expected a whole number, got 'many'."),
        ({"prompt": "x", "frame_num": 1.5}, "frame_num: expected a whole number, got 1.5."),
        (
            {"prompt": "x", "frame_num": True},
            "frame_num: True is not a value of this input; it is no yes/no switch.",
        ),
        ({"prompt": "x", "input_image": "a.jpg"}, "for a file on disk write Path('a.jpg')."),
        (
            {"prompt": "x", "input_image": ["https://a/b", 3]},
            "input_image: file 2 of 2: expected a file",
        ),
        (
            {"prompt": "x", "input_image": io.StringIO()},
            'one that is open as text; open it with "rb".',
        ),
        (
            {"prompt": "x", "input_image": "https://a/b c"},
            "has white space in it; percent-encode it.",
        ),
    ],
)
def test_each_mistake_gets_its_sentence(arguments, sentence):
    text = complaint(**arguments)
    assert sentence in text
    assert "Nothing was sent." in text


def test_all_problems_come_together():
    with pytest.raises(InvalidRequest) as caught:
        Vace(promt="x", resolution="4k", frame_num=0)
    assert {problem.argument for problem in caught.value.problems} == {
        "prompt",
        "promt",
        "resolution",
        "frame_num",
    }
    assert isinstance(caught.value, ValueError)
    assert (caught.value.billed, caught.value.safe_to_resubmit, caught.value.task) == (
        False,
        True,
        None,
    )


def test_pydantic_is_not_in_the_traceback():
    with pytest.raises(InvalidRequest) as caught:
        Vace()
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_positional_arguments_are_refused_in_words():
    with pytest.raises(InvalidRequest, match="give each by its name"):
        Vace("a deer")


def test_a_request_never_changes():
    request = Vace(prompt="x")
    with pytest.raises(ValidationError) as caught:
        request.prompt = "y"
    assert [problem["type"] for problem in caught.value.errors()] == ["frozen_instance"]
    assert request.prompt == "x"


def test_equal_requests_are_one_key():
    first, second = (Vace(prompt="x", input_image=["https://a/b"]) for _ in range(2))
    assert {first: 1}[second] == 1


def test_a_request_survives_pickle_and_copy():
    request = Vace(prompt="x", input_image=Path("a.jpg"))
    assert pickle.loads(pickle.dumps(request)) == request  # noqa: S301 - our own bytes
    assert copy.deepcopy(request) == request


def test_the_representation_shows_what_was_given_and_no_bytes():
    request = Vace(prompt="a deer", input_image=[b"12345", ("a.png", b"1"), Path("b.png")])
    shown = repr(request)
    assert shown.startswith("Vace(prompt='a deer', input_image=[<5 bytes>, ('a.png', <1 bytes>), ")
    assert "frame_num" not in shown
    assert str(request) == shown


def test_a_body_with_a_local_file_cannot_be_written_before_the_upload():
    with pytest.raises(InvalidRequest, match="has no URL before it is uploaded"):
        Vace(prompt="x", input_image=Path("a.jpg")).to_wire()


def test_reading_a_body_passes_over_the_calls_own_fields():
    body = {**Vace(prompt="x").to_wire(), "callbackUrl": "https://me/hook", "projectid": "7"}
    assert Vace.from_wire(body) == Vace(prompt="x")


def test_a_field_without_an_encoding_is_a_programming_error():
    with pytest.raises(TypeError, match=r"Broken.prompt has 0 wire encodings"):

        class Broken(MediaRequest, model="a/b"):
            prompt: str


def test_a_slug_is_checked_when_the_class_is_made():
    with pytest.raises(TypeError, match="not a slug"):

        class Broken(MediaRequest, model="Pruna/Vace"):
            prompt: Annotated[str, wire.Text("prompt")]


class TestAChangedRequest:
    def test_it_is_checked_as_a_new_one(self):
        request = Vace(prompt="a deer", frame_num=49)
        assert request.replace(frame_num="50") == Vace(prompt="a deer", frame_num=50)
        assert request.replace().to_wire() == request.to_wire()

    @pytest.mark.parametrize(
        "change",
        [
            lambda request: request.replace(framenum=49),
            lambda request: request.model_copy(update={"framenum": 49}),
            lambda request: request.copy(update={"framenum": 49}),
            lambda request: type(request).model_construct(prompt="x", framenum=49),
            lambda request: request.__replace__(framenum=49),  # what `copy.replace()` calls
        ],
        ids=["replace", "model_copy", "copy", "model_construct", "copy.replace"],
    )
    def test_no_way_of_changing_loses_a_typo(self, change):
        with pytest.raises(InvalidRequest, match="did you mean frame_num"):
            change(Vace(prompt="a deer"))

    def test_an_untyped_one_changes_as_well(self):
        made = request_class("acme/any")
        assert made(prompt="a deer").replace(seed=1).arguments == {"prompt": "a deer", "seed": 1}

    def test_a_copy_without_changes_is_equal(self):
        request = Vace(prompt="a deer", input_image=[b"\x89PNG\r\n\x1a\n"])
        assert request.model_copy() == copy.copy(request) == request
        assert request.replace(prompt="b").input_image == request.input_image


def test_bytes_in_a_request_can_be_dumped():
    request = Vace(prompt="a deer", input_image=[b"\xff\xd8\xff"])
    assert json.loads(request.model_dump_json())["input_image"] == ["_9j_"]
