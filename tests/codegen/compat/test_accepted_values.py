"""What a caller gave is taken or refused after a change of the values, names and labels of an input."""

import pytest

from codegen.compat.kit import (
    ADDITIVE,
    BREAKING,
    COSMETIC,
    TEXT,
    difference,
    model,
    options,
    package,
)
from wirogen.compat.compare import compare, worst
from wirogen.spec.model import Input, Option


def choice(*values: str, **facts) -> Input:
    return Input(name="mode", type="select", options=options(*values), required=False, **facts)


def number(kind="number", **facts) -> Input:
    return Input(
        name="mode", type=kind, step=1 if kind == "range" else None, required=False, **facts
    )


class TestAcceptedValues:
    """What a caller gave yesterday is taken today, or the change is breaking; in both directions."""

    @pytest.mark.parametrize(
        ("narrow", "wide"),
        [
            (choice("5", "10"), choice("5", "10", "15")),
            (choice("a", "b"), TEXT),
            (choice("5", "10"), number("range", minimum=5, maximum=10)),
            (choice("5", "10"), number()),
            (number("range", minimum=1, maximum=4), number("range", minimum=0, maximum=4)),
            (number("range", minimum=1, maximum=4), number("range", minimum=1)),
            (number("range", minimum=1, maximum=4), number("number", minimum=1, maximum=4)),
        ],
    )
    def test_wider_is_additive_and_narrower_is_breaking(self, narrow, wide):
        assert worst(compare(package(model(narrow)), package(model(wide)))) is ADDITIVE
        assert worst(compare(package(model(wide)), package(model(narrow)))) is BREAKING

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (choice("5", "10"), TEXT),
            (choice("5", "10"), choice("5s", "10s")),
            (number("range"), TEXT),
            (Input(name="mode", type="boolean", required=False), choice("a", "b")),
        ],
    )
    def test_values_that_neither_side_shares_are_breaking_both_ways(self, one, other):
        assert worst(compare(package(model(one)), package(model(other)))) is BREAKING
        assert worst(compare(package(model(other)), package(model(one)))) is BREAKING

    def test_a_choice_outside_the_range_that_follows_is_named(self):
        new = model(number("range", minimum=6, maximum=20))
        assert difference(model(choice("5", "10")), new) == [
            (BREAKING, "mode", "5 is no longer offered"),
            (ADDITIVE, "mode", "its kind was choice and is now integer"),
            (COSMETIC, "mode", "the same value is written differently on the wire"),
            (COSMETIC, "mode", "its step was none and is 1"),
        ]

    def test_constants_go_with_the_choices_they_name(self):
        gone = difference(model(choice("a b", "c d")), model(TEXT))
        assert [message for severity, _, message in gone if severity is BREAKING] == [
            "the constant `Mode.A_B` is gone",
            "the constant `Mode.C_D` is gone",
        ]

    def test_a_call_without_content_that_was_taken_is_breaking(self):
        files = Input(name="inputImage", type="combinefileinput")
        prompt = Input(name="prompt", type="textarea", help="optional")
        flag = Input(name="mode", type="boolean", required=True)
        for changes in ([files, prompt], [files]):
            found = difference(model(flag), model(flag, *changes))
            assert BREAKING in {severity for severity, _, _ in found}


class TestNames:
    def test_an_input_is_paired_by_what_callers_write(self):
        old, new = (TEXT.model_copy(update={"name": name}) for name in ("frameNum", "frame_num"))
        assert difference(model(old), model(new)) == [
            (COSMETIC, "frame_num", "it is sent as 'frame_num', not 'frameNum'")
        ]


class TestCosmetic:
    def test_a_step_is_reported(self):
        old, new = (number("range", maximum=9).model_copy(update={"step": s}) for s in (1, 2))
        assert difference(model(old), model(new)) == [
            (COSMETIC, "mode", "its step was 1 and is 2")
        ]  # fmt: skip

    def test_a_label_of_a_choice_is_reported(self):
        old, new = (
            Input(name="mode", type="select", options=[Option(value="a", label=label)])
            for label in ("X", "Y")
        )
        assert difference(model(old), model(new)) == [
            (COSMETIC, "mode", "its choices are labelled differently")
        ]

    @pytest.mark.parametrize(
        ("facts", "message"),
        [
            ({"approximate_cost": "0.02"}, "an average run cost not said and costs 0.02 USD"),
            (
                {"computing_time": "2 minutes"},
                "the time that it takes was not said and is 120 seconds",
            ),
        ],
    )
    def test_what_a_run_usually_takes_is_reported(self, facts, message):
        assert (COSMETIC, None, message) in difference(model(TEXT), model(TEXT, **facts))
