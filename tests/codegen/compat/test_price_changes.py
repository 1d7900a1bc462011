"""Another price is a change of its own kind: no call fails, and somebody pays another sum."""

import pytest

from codegen.compat.kit import PRICE, TEXT, difference, model
from wirogen.spec.model import Price


def price(amount: str, inputs: dict[str, str] | None = None, **facts) -> Price:
    return Price(price=amount, inputs=inputs, **facts)


class TestPrices:
    """What a call costs is a kind of its own: no call fails, and somebody pays another sum."""

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            (
                [price("0.1")],
                [price("0.2")],
                "a run cost 0.1 USD per request and costs 0.2 USD per request",
            ),
            (
                [price("0.2")],
                [price("0.1")],
                "a run cost 0.2 USD per request and costs 0.1 USD per request",
            ),
            ([], [price("0.1")], "what a run costs by its inputs is stated now"),
            ([price("0.1")], [], "what a run costs by its inputs is no longer stated"),
            (
                [price("0.1")],
                [price("0.1", method="cps")],
                "a run cost 0.1 USD per request and costs 0.1 USD per second",
            ),
            (
                [price("0.1", {"mode": "a"})],
                [price("0.1", {"mode": "a"}, extra="0.05")],
                'a run where `mode` is "a" cost 0.1 USD per request and costs 0.1 USD per request, 0.05 for each further',
            ),
            (
                [price("0.1")],
                [price("0.1"), price("0.3", {"inputImage": "QUANTITY:2"})],
                "a run where `inputImage` has 2 or more has a price of its own now: 0.3 USD per request",
            ),
            (
                [price("0.1"), price("0.3", {"mode": "a"})],
                [price("0.1")],
                'a run where `mode` is "a" has no price of its own any more',
            ),
            (
                [price("0.1", {"mode": "a"}), price("0.3", {"size": "b"})],
                [price("0.3", {"size": "b"}), price("0.1", {"mode": "a"})],
                "its prices stand in another order: where two fit a call alike, the first counts",
            ),
        ],
    )
    def test_another_price_is_reported(self, old, new, message):
        found = difference(model(TEXT, price=old), model(TEXT, price=new))
        assert found == [(PRICE, None, message)]

    def test_another_price_of_a_second_is_reported(self):
        found = difference(model(TEXT, cps="0.001"), model(TEXT, cps="0.002"))
        assert found == [(PRICE, None, "the price of a second was 0.001 USD and is 0.002 USD")]

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ([price("0.1")], [price("0.1", method="cpr")]),
            (
                [price("0.1", {"mode": "a"}), price("0.3", {"mode": "b"})],
                [price("0.3", {"mode": "b"}), price("0.1", {"mode": "a"})],
            ),
            (
                [price("0.1", {"mode": "a", "size": "s"})],
                [price("0.1", {"size": "s", "mode": "a"})],
            ),
            ([price("0.1")], [price("0.1"), price("9")]),
            ([price("0.1", extra="1")], [price("0.10", extra="1.0")]),
        ],
    )
    def test_the_same_prices_written_otherwise_are_no_change(self, old, new):
        assert difference(model(TEXT, price=old), model(TEXT, price=new)) == []

    def test_further_zeros_are_no_other_price(self):
        old = model(TEXT, cps="0.1", approximate_cost="2")
        assert difference(old, model(TEXT, cps="0.100", approximate_cost="2.0")) == []
