"""What a model costs: the rules that its spec states, and which of them is meant by a request.

Written from the published pricing page alone: the client has its own reading of the same rules, so that
an estimate and a bill cannot be wrong together.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from wirogen.spec.model import ModelSpec, Price
from wiromock.spec.value import UNSET, as_list, form_text

USUAL_CPS: Final = Decimal("0.000585")
"""USD a second where nothing states a price: the vace document's example."""

_QUANTITY: Final = "QUANTITY:"


@dataclass(frozen=True, slots=True)
class PriceRule:
    """One entry of `dynamicprice`."""

    price: Decimal
    """USD for one unit of the method."""
    method: str = "cpr"
    """The platform's `priceMethod`; without one the price is for the request."""
    extra: Decimal = Decimal(0)
    """`priceExtra`: USD for each further tier of a method with tiers."""
    input: Decimal = Decimal(0)
    """`priceInput`: USD for each file that goes in, of a method that counts them."""
    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The parameters that a request must have for this price; none is a flat rate."""

    @classmethod
    def of(cls, stated: Price) -> "PriceRule":
        """Read one entry of a spec."""
        return cls(
            price=Decimal(stated.price),
            method=stated.method or "cpr",
            extra=Decimal(stated.extra or 0),
            input=Decimal(stated.per_input or 0),
            inputs=dict(stated.inputs or {}),
        )

    def write(self) -> dict[str, Any]:
        """Write it as the platform does."""
        extras = {"priceExtra": self.extra, "priceInput": self.input}
        return {
            "inputs": dict(self.inputs),
            "price": float(self.price),
            "priceMethod": self.method,
            **{name: float(amount) for name, amount in extras.items() if amount},
        }

    def suits(self, parameters: Mapping[str, Any]) -> bool:
        """Return whether a request, with its defaults filled in, has the parameters of this price."""
        return all(_suits(parameters.get(name), asked) for name, asked in self.inputs.items())

    @property
    def weight(self) -> tuple[int, int]:
        """How closely it describes a request: more parameters first, then more files."""
        asked = [str(value) for value in self.inputs.values()]
        files = sum(_quantity(value) or 0 for value in asked)
        return len(asked), files


@dataclass(frozen=True, slots=True)
class Prices:
    """The price list of a model."""

    rules: tuple[PriceRule, ...] = ()
    cps: Decimal = USUAL_CPS
    """USD a second, for a request that no rule describes."""

    @classmethod
    def of(cls, spec: ModelSpec) -> "Prices":
        """Read the price list of a spec; one that states nothing costs `USUAL_CPS` a second."""
        rules = tuple(PriceRule.of(stated) for stated in spec.price)
        return cls(rules, USUAL_CPS if spec.cps is None else Decimal(spec.cps))

    def find(self, spec: ModelSpec, parameters: Mapping[str, Any]) -> PriceRule:
        """Choose the rule for a request: of those that describe it, the closest, then the first.

        Args:
            spec: its documented defaults count for what the request leaves out.
            parameters: as sent.
        """
        filled = {known.name: known.default for known in spec.inputs} | {
            name: value for name, value in parameters.items() if value not in UNSET
        }
        fitting = [rule for rule in self.rules if rule.suits(filled)]
        return max(fitting, key=lambda rule: rule.weight, default=PriceRule(self.cps, "cps"))

    def write(self) -> str:
        """Write `dynamicprice` as Tool/Detail does: JSON inside a text, empty where there are no rules."""
        return json.dumps([rule.write() for rule in self.rules]) if self.rules else ""


NO_PRICES: Final = Prices()
"""Of a model whose spec states none."""


def _quantity(asked: str) -> int | None:
    """The number of a `QUANTITY:n`; None for any other value."""
    number = asked.removeprefix(_QUANTITY)
    return int(number) if asked.startswith(_QUANTITY) and number.isdigit() else None


def _suits(given: Any, asked: Any) -> bool:
    least = _quantity(str(asked))
    if least is not None:
        files = [file for file in as_list(given) if file not in UNSET]
        return len(files) >= least
    return form_text(given) == form_text(asked)
