"""A plan holds what a run costs, to the digit, and says it in the caller's words."""

from decimal import Decimal

import pytest

from codegen.kit import a_plan, an_input
from wirogen.spec.model import Price
from wirogen.text.untrusted import expose

RESOLUTION = an_input("videoResolution", "select", options=["720p", "1080p"], default="720p")


def cost(*prices: Price, **facts) -> str:
    return expose(
        a_plan(
            RESOLUTION, an_input("inputImage", "combinefileinput"), price=list(prices), **facts
        ).cost
    )


@pytest.mark.parametrize(
    ("prices", "facts", "said"),
    [
        ([], {}, ""),
        ([], {"cps": "0.000585"}, "A successful run costs 0.000585 USD per second."),
        ([], {"approximate_cost": "0.02"}, "An average run costs 0.02 USD."),
        (
            [Price(price="0.09", method="cpr")],
            {"cps": "1", "approximate_cost": "0.09"},
            "A successful run costs 0.09 USD per request. An average run costs 0.09 USD.",
        ),
        (
            [
                Price(price="0.1", inputs={"videoResolution": "720p"}),
                Price(price="0.2", inputs={"videoResolution": "1080p", "inputImage": "QUANTITY:2"}),
            ],
            {},
            ('A successful run costs 0.1 USD per request where `video_resolution` is "720p"; '
            '0.2 USD per request where `video_resolution` is "1080p" and `input_image` has 2 or more.'),
        ),
        (
            [Price(price="0.04", method="cp-pixel", extra="0.01", per_input="0.002")],
            {},
            "A successful run costs 0.04 USD per 1,048,576 pixels, 0.01 for each further, 0.002 for each input.",
        ),
        (
            [Price(price="3", method="cp-moon")],
            {},
            "A successful run costs 3 USD per unit of `cp-moon`.",
        ),
        (
            [Price(price=str(n), inputs={"videoResolution": str(n)}) for n in (5, 40, 3, 20, 10)],
            {},
            "A successful run costs 3 to 40 USD per request, by `video_resolution`.",
        ),
        (
            [Price(price="1", method=method) for method in ("cpr", "cps", "cpo", "cpt", "cpr")],
            {},
            "A successful run costs one of 5 prices.",
        ),
    ],
)  # fmt: skip
def test_what_a_run_costs_is_said_in_the_words_of_a_caller(prices, facts, said):
    assert cost(*prices, **facts) == said


def test_a_price_keeps_its_digits_in_the_platforms_own_form():
    price = Price(
        price="0.100",
        method="cpo",
        extra="0.0000000001",
        per_input="2",
        inputs={"videoResolution": "720p"},
    )
    (rule,) = a_plan(RESOLUTION, price=[price]).prices
    assert rule.to_wire() == {
        "inputs": {"videoResolution": "720p"},
        "price": "0.100",
        "priceMethod": "cpo",
        "priceExtra": "0.0000000001",
        "priceInput": "2",
    }


def test_a_client_reads_the_prices_of_a_class_as_those_of_the_platform():
    """The generated data is what `Tool/Detail` states, so that one reader serves both."""
    from wiro_runtime.price.rule import PriceList

    rules = a_plan(RESOLUTION, price=[Price(price="0.3", method="cps", inputs={"a": "b"})]).prices
    (read,) = PriceList.from_wire([rule.to_wire() for rule in rules]).rules
    assert (read.price, read.method, dict(read.inputs)) == (Decimal("0.3"), "cps", {"a": "b"})
