"""Whatever a field of a scenario is given, it is taken or refused in a sentence."""

import math
from dataclasses import fields
from datetime import timedelta
from decimal import Decimal
from typing import get_args

import pytest

from wiromock import (
    Fails,
    HttpFault,
    MockError,
    Notifications,
    Pace,
    Refused,
    Rule,
    Success,
    ToolCall,
    Turn,
)
from wiromock.scenario import Scenario

NEEDED = {
    Refused: {"code": 97},
    HttpFault: {"status": 503},
    ToolCall: {"name": "x"},
    Rule: {"then": (Success(),)},
}
KINDS = (*get_args(Scenario), Pace, Turn, ToolCall, Notifications, Rule)
FIELDS = [(kind, part.name) for kind in KINDS for part in fields(kind)]
ODD = [
    *(None, "5", True, b"5", [], [5], {}, object(), math.nan, math.inf, -1, 1 + 2j, Decimal("NaN")),
    *(timedelta(5), 10**400, 10**5000, "x" * 100_000, "\ud800", Fails),
]


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_an_odd_value_is_taken_or_refused_in_a_sentence(kind, name):
    for value in ODD:
        try:
            kind(**{**NEEDED.get(kind, {}), name: value})
        except MockError as error:
            assert len(str(error)) < 600  # noqa: PT017 - whether it is refused is not the question
