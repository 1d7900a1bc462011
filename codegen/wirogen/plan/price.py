"""What a successful run costs, as the model's document says it, and the words for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from wirogen.spec.model import ModelSpec, Price
from wirogen.text.untrusted import Untrusted, expose, join

LISTED_RULES: Final = 4
"""So many prices are named one by one; of more, the lowest and the highest."""

_QUANTITY: Final = "QUANTITY:"
_REQUEST: Final = "cpr"
"""What a price without a method is for."""

_UNITS: Final[Mapping[str, str]] = {
    "cpr": "request",
    "cps": "second",
    "cpo": "output",
    "cpt": "token",
    "cp-pixel": "1,048,576 pixels",
    "cp-audiosecondslength": "second of sound",
    "cp-promptlength": "character of the prompt",
    "cp-outputVideoLength": "second of video",
    "cp-realtimeturn": "turn",
    "cp-readoutput": "output that is read",
}
"""What is counted, by the platform's word for it."""


@dataclass(frozen=True)
class PriceRule:
    """What a run costs where its inputs are these; amounts in USD, in the document's own digits."""

    inputs: tuple[tuple[Untrusted, Untrusted], ...]
    """Wire names with what they must be; none for a price that always holds."""
    amount: Untrusted
    method: Untrusted | None
    extra: Untrusted | None
    """What each further unit costs."""
    per_input: Untrusted | None
    """What each unit of the inputs costs."""

    @property
    def unit(self) -> Untrusted:
        """What the amount is for."""
        method = _REQUEST if self.method is None else expose(self.method)
        return Untrusted(_UNITS.get(method, f"unit of `{method}`"))

    def to_wire(self) -> dict[str, Any]:
        """Return it in the platform's form, but for its amounts, which stay text."""
        stated = {
            "inputs": {expose(name): expose(value) for name, value in self.inputs},
            "price": expose(self.amount),
            **{
                key: expose(value)
                for key, value in (
                    ("priceMethod", self.method),
                    ("priceExtra", self.extra),
                    ("priceInput", self.per_input),
                )
                if value is not None
            },
        }
        return {key: value for key, value in stated.items() if value}


def read_rules(spec: ModelSpec) -> tuple[PriceRule, ...]:
    """Return the prices of a spec, in its order."""
    return tuple(map(_read_rule, spec.price))


def _read_rule(price: Price) -> PriceRule:
    return PriceRule(
        inputs=tuple(
            (Untrusted(name), Untrusted(value)) for name, value in (price.inputs or {}).items()
        ),
        amount=Untrusted(price.price),
        method=Untrusted(price.method) if price.method else None,
        extra=Untrusted(price.extra) if price.extra else None,
        per_input=Untrusted(price.per_input) if price.per_input else None,
    )


def describe_cost(
    rules: Sequence[PriceRule],
    *,
    per_second: Untrusted | None,
    average: Untrusted | None,
    names: Mapping[Untrusted, str],
) -> Untrusted:
    """Return what a run costs, in words; empty where the document does not.

    Args:
        rules: the prices by inputs.
        per_second: the price of a second, which holds where there are no rules.
        average: what an average run costs.
        names: how arguments are called, by their wire names.
    """
    if len(rules) > LISTED_RULES:
        said = _range(rules, names)
    elif rules:
        said = _joined([_rule_text(rule, names) for rule in rules], "; ")
    else:
        said = join(per_second, " USD per second") if per_second else Untrusted("")
    sentences = [
        join("A successful run costs ", said, ".") if said else Untrusted(""),
        join("An average run costs ", average, " USD.") if average else Untrusted(""),
    ]
    return _joined([sentence for sentence in sentences if sentence], " ")


def describe_amount(rule: PriceRule) -> Untrusted:
    """Return what is paid for how much, in words."""
    extra = join(", ", rule.extra, " for each further") if rule.extra else ""
    per_input = join(", ", rule.per_input, " for each input") if rule.per_input else ""
    return join(rule.amount, " USD per ", rule.unit, extra, per_input)


def describe_condition(rule: PriceRule, names: Mapping[Untrusted, str]) -> Untrusted:
    """Return which calls it holds for, in the words of a caller; empty for all."""
    return _joined(
        [
            join("`", names.get(name, name), "` ", _demand(expose(value)))
            for name, value in rule.inputs
        ],
        " and ",
    )


def _demand(value: str) -> Untrusted:
    if value.startswith(_QUANTITY):
        return Untrusted(f"has {value.removeprefix(_QUANTITY)} or more")
    return Untrusted(f'is "{value}"')


def _rule_text(rule: PriceRule, names: Mapping[Untrusted, str]) -> Untrusted:
    condition = describe_condition(rule, names)
    where = join(" where ", condition) if condition else ""
    return join(describe_amount(rule), where)


def _range(rules: Sequence[PriceRule], names: Mapping[Untrusted, str]) -> Untrusted:
    """The lowest and the highest where all count the same; else only what decides."""
    decisive = dict.fromkeys(name for rule in rules for name, _ in rule.inputs)
    listed = _joined([join("`", names.get(name, name), "`") for name in decisive], ", ")
    by = join(", by ", listed) if listed else ""
    units = {rule.unit for rule in rules}
    if len(units) > 1:
        return join("one of ", str(len(rules)), " prices", by)
    low, *_, high = sorted(
        (rule.amount for rule in rules), key=lambda amount: Decimal(expose(amount))
    )
    return join(low, " to ", high, " USD per ", *units, by)


def _joined(parts: Sequence[Untrusted], between: str) -> Untrusted:
    pieces = [piece for part in parts for piece in (between, part)]
    return join(*pieces[1:])
