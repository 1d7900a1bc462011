"""Every kind of change is classed as a caller would feel it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.compat.kit import (
    ADDITIVE,
    BREAKING,
    COSMETIC,
    VACE,
    difference,
    options,
    package,
    refine,
    with_input,
    without,
)
from wirogen.compat.change import Change
from wirogen.compat.compare import compare, worst
from wirogen.spec.model import Input, ModelSpec


def plus(one: Input) -> ModelSpec:
    return VACE.model_copy(update={"inputs": [*VACE.inputs, one]})


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (without("seed"), [(BREAKING, "seed", "the argument is gone")]),
        (
            plus(Input(name="style", type="text", refine=refine(required=True))),
            [(BREAKING, "style", "a new argument, and it is required")],
        ),
        (
            plus(Input(name="style", type="text")),
            [(ADDITIVE, "style", "a new argument")],
        ),
        (
            plus(Input(name="fps", type="number", default=24)),
            [(ADDITIVE, "fps", "a new argument, 24 when left out")],
        ),
        (
            with_input("resolution", options=options("480p", "720p", "1080p")),
            [(ADDITIVE, "resolution", "'1080p' is offered now")],
        ),
        (
            with_input("resolution", options=options("480p")),
            [(BREAKING, "resolution", "'720p' is no longer offered")],
        ),
        (
            with_input("resolution", options=options("480", "720"), default="480"),
            [
                (BREAKING, "resolution", "'480p' is no longer offered"),
                (BREAKING, "resolution", "'720p' is no longer offered"),
                (
                    BREAKING,
                    "resolution",
                    "a call that leaves it out asks for something else: '480p' before, 480 now",
                ),
                (ADDITIVE, "resolution", "480 is offered now"),
                (ADDITIVE, "resolution", "720 is offered now"),
                (COSMETIC, "resolution", "the same value is written differently on the wire"),
            ],
        ),
        (
            with_input("sampleShift", default=None, refine=None),
            [
                (
                    BREAKING,
                    "sample_shift",
                    "a call that leaves it out asks for something else: 16 before, nothing sent now",
                ),
                (ADDITIVE, "sample_shift", "its kind was number and is now number or string"),
                (COSMETIC, "sample_shift", "the same value is written differently on the wire"),
            ],
        ),
        (
            with_input("resolution", options=None),
            [
                (
                    BREAKING,
                    "resolution",
                    (
                        "a call that leaves it out asks for something else: "
                        "'480p' before, nothing sent now"
                    ),
                ),
                (ADDITIVE, "resolution", "its kind was choice and is now string"),
            ],
        ),
        (
            with_input("frameNum", default="49"),
            [
                (
                    BREAKING,
                    "frame_num",
                    "a call that leaves it out asks for something else: 81 before, 49 now",
                )
            ],
        ),
        (
            with_input("frameNum", refine=refine(kind="number", minimum=1)),
            [(ADDITIVE, "frame_num", "its kind was integer and is now number")],
        ),
        (
            with_input("guidanceScale", refine=refine(kind="integer")),
            [(BREAKING, "guidance_scale", "its kind was number and is now integer")],
        ),
        (
            with_input("seed", refine=refine(kind="integer", minimum=10)),
            [(BREAKING, "seed", "it took at least 0 and takes at least 10")],
        ),
        (
            with_input("seed", refine=refine(kind="integer")),
            [(ADDITIVE, "seed", "it took at least 0 and takes any value (at least nothing)")],
        ),
        (
            with_input("seed", refine=refine(kind="integer", minimum=0, maximum=99999)),
            [(BREAKING, "seed", "it took any value (at most nothing) and takes at most 99999")],
        ),
        (
            with_input("prompt", refine=refine(required=False, default="sample")),
            [(ADDITIVE, "prompt", "it may be left out now")],
        ),
        (
            with_input("inputImage", refine=refine(required=True)),
            [(BREAKING, "input_image", "it is required now")],
        ),
        (
            with_input("seed", refine=refine(kind="integer", minimum=0, python_name="random_seed")),
            [(BREAKING, "random_seed", "the argument was called `seed`")],
        ),
        (
            with_input("seed", help="Any whole number"),
            [(COSMETIC, "seed", "its documentation is worded differently")],
        ),
        (
            VACE.model_copy(update={"description": "Another sentence"}),
            [(COSMETIC, None, "the description is worded differently")],
        ),
        (
            VACE.model_copy(update={"inputs": [*VACE.inputs[1:], VACE.inputs[0]]}),
            [(COSMETIC, None, "the arguments stand in another order")],
        ),
        (
            VACE.model_copy(update={"class_name": "VaceVideo"}),
            [(BREAKING, None, "the class was `Vace` and is now `VaceVideo`")],
        ),
        (
            VACE.model_copy(update={"kind": "text"}),
            [
                (
                    BREAKING,
                    None,
                    "the base class, and with it the result type, was `MediaRequest` and is now `TextRequest`",
                )
            ],
        ),
    ],
    ids=lambda value: value[0][2][:60] if isinstance(value, list) else "",
)
def test_each_change_has_its_class(new, expected):
    assert difference(VACE, new) == expected


def test_a_renamed_constant_breaks_those_who_spell_it():
    values = ["Lightly Juiced 🍊 (more consistent)", "Very Juiced 🔥 (more speed)"]
    new = with_input("speedMode", options=options(*values))
    found = difference(VACE, new)
    assert (
        BREAKING,
        "speed_mode",
        ascii("Juiced 🔥 (more speed)") + " is no longer offered",
    ) in found
    assert not [message for _, _, message in found if "LIGHTLY_JUICED" in message]


def test_models_that_come_and_go():
    other = VACE.model_copy(update={"model": "pruna/vice"})
    assert compare(package(VACE, other), package(VACE)) == [
        Change(BREAKING, "pruna/vice", None, "the model is gone")
    ]
    assert compare(package(VACE), package(VACE, other)) == [
        Change(ADDITIVE, "pruna/vice", None, "a new model")
    ]


def test_the_worst_comes_first():
    changes = compare(
        package(VACE), package(with_input("resolution", options=options("480p", "4k")))
    )
    assert [change.severity for change in changes] == [BREAKING, ADDITIVE]
    assert worst(changes) is BREAKING
    assert worst([]) is None


@given(st.permutations(VACE.inputs))
def test_the_order_of_inputs_alone_never_breaks(inputs):
    changes = compare(package(VACE), package(VACE.model_copy(update={"inputs": inputs})))
    assert worst(changes) in {None, COSMETIC}


@given(
    st.lists(
        st.sampled_from([one.name for one in VACE.inputs if one.name != "prompt"]), unique=True
    )
)
def test_what_is_additive_one_way_is_breaking_the_other(gone):
    fewer = VACE.model_copy(update={"inputs": [one for one in VACE.inputs if one.name not in gone]})
    there, back = compare(package(fewer), package(VACE)), compare(package(VACE), package(fewer))
    assert {change.severity for change in there} == ({ADDITIVE} if gone else set())
    assert {change.severity for change in back} == ({BREAKING} if gone else set())
