"""The platform's price rules for a model, and which of them a request falls under.

`dynamicprice` is a list of `{inputs, price, priceMethod?, priceExtra?, priceInput?}`. A rule holds where the
request's inputs are those that it names; `QUANTITY:n` stands for n files or more. What a request leaves out, the
platform fills with a default of its own, so such a rule may hold or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from wiro_runtime import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from wiro_runtime.response import Price

__all__ = ["PriceList", "Rule", "count", "fitting"]

_QUANTITY = "QUANTITY:"


@dataclass(frozen=True, slots=True)
class Rule:
    """What runs with certain inputs cost, in US dollars."""

    inputs: Mapping[str, str]
    """Values by wire name; none for a rule that always holds."""
    price: Decimal
    method: str
    """`priceMethod`, the unit that `price` is for; "" where it is not stated, which is once per request."""
    extra: Decimal | None = None
    """`priceExtra`: what each further unit costs."""
    per_input: Decimal | None = None
    """`priceInput`: what each unit of the inputs costs."""

    @classmethod
    def from_wire(cls, item: Price) -> Rule | None:
        """Read an item of `dynamicprice`; None for one without a price."""
        price = parse.decimal(item.get("price"))
        if price is None:
            return None
        inputs = parse.mapping(item.get("inputs"))
        return cls(
            {name: _spelled(value) for name, value in inputs.items()},
            price,
            parse.text(item.get("priceMethod")),
            parse.decimal(item.get("priceExtra")),
            parse.decimal(item.get("priceInput")),
        )

    @property
    def closeness(self) -> tuple[int, int]:
        """How closely it describes a request: inputs that it names, then files that it asks for."""
        files = (
            parse.integer(value.removeprefix(_QUANTITY))
            for value in self.inputs.values()
            if value.startswith(_QUANTITY)
        )
        return len(self.inputs), sum(number or 0 for number in files)

    def holds(self, body: Mapping[str, Any]) -> bool | None:
        """Whether it holds for a body of Run; None where an input is left to the platform."""
        answers = [_holds(body.get(name), value) for name, value in self.inputs.items()]
        if False in answers:
            return False
        return None if None in answers else True


@dataclass(frozen=True, slots=True)
class PriceList:
    """All that is said of what a model costs."""

    rules: tuple[Rule, ...] = ()
    per_second: Decimal | None = None
    """`cps`: US dollars per second, where there are no rules."""
    average: Decimal | None = None
    """`approximatelycost`: US dollars of an average run."""
    seconds: float | None = None
    """How long a run usually takes."""

    @classmethod
    def from_wire(
        cls,
        prices: Iterable[Price],
        *,
        per_second: object = None,
        average: object = None,
        seconds: float | None = None,
    ) -> PriceList:
        """Read `dynamicprice`, decoded, with `cps` and `approximatelycost`."""
        rules = tuple(rule for item in prices if (rule := Rule.from_wire(item)) is not None)
        return cls(rules, parse.decimal(per_second), parse.decimal(average), seconds)


def fitting(rules: Sequence[Rule], body: Mapping[str, Any]) -> list[Rule]:
    """The rules of which one holds: one where the request says all, several where it leaves something out."""
    verdicts = [(rule, rule.holds(body)) for rule in rules]
    certain = [rule for rule, holds in verdicts if holds]
    # The more a rule names, the closer it fits, then the more files; of equals, the first.
    best = max(certain, key=lambda rule: rule.closeness, default=None)
    least = (-1, -1) if best is None else best.closeness
    possible = [rule for rule, holds in verdicts if holds is None and rule.closeness > least]
    return possible if best is None else [best, *possible]


def count(value: object) -> int:
    """How many files or values an input has."""
    if value in (None, ""):
        return 0
    if isinstance(value, (list, tuple)):
        return len(cast("Sequence[object]", value))
    return 1


def _holds(given: object, wanted: str) -> bool | None:
    if wanted.startswith(_QUANTITY):
        least = parse.integer(wanted.removeprefix(_QUANTITY))
        return least is not None and count(given) >= least
    if given is None:
        return None
    spelled = _spelled(given)
    if spelled == wanted:
        return True
    numbers = parse.decimal(spelled), parse.decimal(wanted)
    return None not in numbers and numbers[0] == numbers[1]


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
