"""What a run may cost: a range with its basis, never one number that looks surer than it is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from wiro_runtime import parse
from wiro_runtime.price import measure
from wiro_runtime.price.measure import UNKNOWN, Span
from wiro_runtime.price.rule import PriceList, Rule, count, fitting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wiro_runtime.request.file import LocalFile

__all__ = ["Estimate", "estimate"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a successful run may cost, in US dollars; one that fails costs nothing."""

    low: Decimal
    """It costs no less."""
    high: Decimal | None
    """It costs no more; None where nobody can say."""
    expected: Decimal | None
    """What it most likely costs; None where nobody can say."""
    basis: str
    """What that rests on, in words."""
    method: str = ""
    """The platform's `priceMethod`; several are joined by commas."""

    @property
    def is_exact(self) -> bool:
        """Whether the price is known to the last digit."""
        return self.low == self.high

    def __str__(self) -> str:
        if self.is_exact:
            return f"{self.low} USD ({self.basis})"
        likely = "" if self.expected is None else f", most likely {self.expected:.4g}"
        most = "no upper bound known" if self.high is None else f"at most {self.high:.4g}"
        return f"from {self.low:.4g} USD, {most}{likely} ({self.basis})"


def estimate(
    prices: PriceList, body: Mapping[str, Any], files: Sequence[LocalFile] = ()
) -> Estimate:
    """What a request may cost.

    Args:
        prices: What is said of its model's prices.
        body: The JSON body of Run; where a local file is, any text may stand for its URL.
        files: The local files among its inputs.
    """
    if not prices.rules:
        return _by_time(prices)
    rules = fitting(prices.rules, body)
    if not rules:
        return Estimate(
            Decimal(0), None, prices.average, "no price rule of the model fits these inputs"
        )
    cases = [_by_rule(rule, prices, body, files) for rule in rules]
    if len(cases) == 1:
        return cases[0]
    highs = [case.high for case in cases if case.high is not None]
    likely = [case.expected for case in cases if case.expected is not None]
    named = sorted({name for rule in rules for name in rule.inputs if name not in body})
    return Estimate(
        low=min(case.low for case in cases),
        high=max(highs) if len(highs) == len(cases) else None,
        expected=sum(likely, Decimal(0)) / len(likely) if likely else None,
        basis=f"the price depends on {', '.join(named)}, which the platform fills in",
        method=", ".join(dict.fromkeys(case.method for case in cases)),
    )


def _by_time(prices: PriceList) -> Estimate:
    seconds = prices.seconds
    if prices.average is not None:
        basis = "the average run of the model"
        return Estimate(Decimal(0), None, prices.average, basis, "cps")
    if prices.per_second is not None:
        expected = None if seconds is None else prices.per_second * Decimal(str(seconds))
        basis = f"{prices.per_second} USD per second, and runs take as long as they take"
        return Estimate(Decimal(0), None, expected, basis, "cps")
    return Estimate(Decimal(0), None, None, "nothing is said of what the model costs")


def _by_rule(
    rule: Rule, prices: PriceList, body: Mapping[str, Any], files: Sequence[LocalFile]
) -> Estimate:
    method = rule.method or "cpr"
    if method == "cp-pixel":
        return _by_pixels(rule, body)
    span, unit = _span(method, prices, body, files)
    if unit == "request":
        basis = "a fixed price per request"
    elif span.high is None:
        basis = f"{rule.price} USD per {unit}, and how many it takes shows afterwards"
    else:
        basis = f"{rule.price} USD per {unit}"
    return Estimate(
        low=rule.price * span.low,
        high=None if span.high is None else rule.price * span.high,
        expected=None if span.expected is None else rule.price * span.expected,
        basis=basis,
        method=method,
    )


def _by_pixels(rule: Rule, body: Mapping[str, Any]) -> Estimate:
    """The first tier at `price`, each further one at `priceExtra`, each input at `priceInput`."""
    span = measure.tiers(body)
    # Where nothing is said of further tiers they cost nothing, or as much as the first.
    least, most = (Decimal(0), rule.price) if rule.extra is None else (rule.extra, rule.extra)
    inputs = sum(count(value) for value in body.values() if _is_files(value))
    per_input = rule.per_input or Decimal(0)

    def cost(tiers: Decimal, further: Decimal) -> Decimal:
        return rule.price + further * (tiers - 1) + per_input * inputs

    bounded = span.high is not None and not (per_input and inputs)
    return Estimate(
        low=cost(span.low, least),
        high=cost(span.high, most) if bounded and span.high is not None else None,
        expected=None if span.expected is None else cost(span.expected, most),
        basis=f"{rule.price} USD for the first {measure.TIER:,} pixels, {most} for each further as many"
        + (f", {per_input} for those of each input" if per_input else ""),
        method="cp-pixel",
    )


def _is_files(value: object) -> bool:
    """Whether an input is one or several URLs, or stands for files that will have some."""
    first = next(iter(cast("list[object]", value)), "") if isinstance(value, list) else value
    return isinstance(first, str) and (parse.is_web_url(first) or first.startswith("file:"))


def _span(  # noqa: PLR0911 - a table
    method: str, prices: PriceList, body: Mapping[str, Any], files: Sequence[LocalFile]
) -> tuple[Span, str]:
    """How many of what is billed a request asks for, and what that is called."""
    match method:
        case "cpr":
            return Span(Decimal(1), Decimal(1), Decimal(1)), "request"
        case "cps":
            usual = None if prices.seconds is None else Decimal(str(prices.seconds))
            return Span(Decimal(0), usual, None), "second"
        case "cpo":
            return Span(Decimal(0), Decimal(1), None), "output"
        case "cpt":
            return UNKNOWN, "token"
        case "cp-promptlength":
            return measure.prompt_length(body), "character of the prompt"
        case "cp-audiosecondslength":
            return measure.audio_seconds(files), "second of sound"
        case "cp-outputVideoLength":
            return measure.video_seconds(body), "second of video"
        case "cp-readoutput":
            return UNKNOWN, "unit of output that is read"
        case "cp-realtimeturn":
            return UNKNOWN, "turn of the conversation"
        case _:
            return UNKNOWN, f"unit of {method!r}, which this version does not know"
