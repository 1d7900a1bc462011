"""Whether the same calls cost the same, as far as documents say."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

from wirogen.compat.change import Finding, Severity
from wirogen.plan.model import ModelPlan
from wirogen.plan.price import PriceRule, describe_amount, describe_condition
from wirogen.text.untrusted import Untrusted, expose

_Inputs: TypeAlias = frozenset[tuple[Untrusted, Untrusted]]


def price_changes(old: ModelPlan, new: ModelPlan) -> Iterator[Finding]:
    """Compare prices; what an average run costs is none, and moves with how long runs take."""
    if _sum(old.cps) != _sum(new.cps):
        said = f"the price of a second was {_amount(old.cps)} and is {_amount(new.cps)}"
        yield Severity.PRICE, said
    if bool(old.prices) != bool(new.prices):
        stated = "no longer stated" if old.prices else "stated now"
        yield Severity.PRICE, f"what a run costs by its inputs is {stated}"
    else:
        yield from _rule_changes(old, new)
    if _sum(old.average_cost) != _sum(new.average_cost):
        said = (
            f"an average run cost {_amount(old.average_cost)} and costs {_amount(new.average_cost)}"
        )
        yield Severity.COSMETIC, said


def _rule_changes(old: ModelPlan, new: ModelPlan) -> Iterator[Finding]:
    names = {argument.wire_name: argument.name for argument in (*old.arguments, *new.arguments)}
    was, now = _by_inputs(old.prices), _by_inputs(new.prices)
    for inputs, rule in was.items():
        where = _where(rule, names)
        if inputs not in now:
            yield Severity.PRICE, f"a run{where} has no price of its own any more"
        elif _amounts(rule) != _amounts(now[inputs]):
            before, after = (expose(describe_amount(side)) for side in (rule, now[inputs]))
            yield Severity.PRICE, f"a run{where} cost {before} and costs {after}"
    for inputs, rule in now.items():
        if inputs not in was:
            costs = expose(describe_amount(rule))
            yield Severity.PRICE, f"a run{_where(rule, names)} has a price of its own now: {costs}"
    if _costs(was) == _costs(now) and _in_doubt(was) != _in_doubt(now):
        yield (
            Severity.PRICE,
            "its prices stand in another order: where two fit a call alike, the first counts",
        )


def _by_inputs(rules: Sequence[PriceRule]) -> dict[_Inputs, PriceRule]:
    """Rules by what they ask for; of two that ask for the same, the first counts."""
    return {frozenset(rule.inputs): rule for rule in reversed(rules)}


_Costs: TypeAlias = tuple[Untrusted | Decimal | None, ...]


def _amounts(rule: PriceRule) -> _Costs:
    return _sum(rule.amount), rule.unit, _sum(rule.extra), _sum(rule.per_input)


def _costs(rules: Mapping[_Inputs, PriceRule]) -> dict[_Inputs, _Costs]:
    return {inputs: _amounts(rule) for inputs, rule in rules.items()}


def _sum(amount: Untrusted | None) -> Decimal | None:
    """Return the sum that an amount's digits spell: `0.20` costs no more than `0.2`."""
    return None if amount is None else Decimal(expose(amount))


def _in_doubt(rules: Mapping[_Inputs, PriceRule]) -> set[tuple[_Inputs, _Inputs]]:
    """Pairs of rules, in their order, that ask for as many inputs and may both fit one call."""
    ordered = list(rules)
    return {
        (one, other)
        for at, one in enumerate(ordered)
        for other in ordered[at + 1 :]
        if len(one) == len(other) and not _excludes(dict(one), dict(other))
    }


def _excludes(one: Mapping[Untrusted, Untrusted], other: Mapping[Untrusted, Untrusted]) -> bool:
    return any(one[name] != other[name] for name in one.keys() & other.keys())


def _where(rule: PriceRule, names: Mapping[Untrusted, str]) -> str:
    condition = expose(describe_condition(rule, names))
    return f" where {condition}" if condition else ""


def _amount(amount: Untrusted | None) -> str:
    return "not said" if amount is None else f"{expose(amount)} USD"
