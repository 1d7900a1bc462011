"""What the platform bills lies within what was estimated. The mock computes prices with code of its own."""

from decimal import Decimal

import pytest

from wiro_runtime.price.estimate import estimate
from wiro_runtime.price.rule import PriceList
from wirogen.spec.model import Price as StatedPrice
from wiromock.spec.catalog import FolderSpecs
from wiromock.spec.price import PriceRule, Prices
from wiromock.task.price import Price, Work, measure

BODIES = [
    {"prompt": "a deer"},
    {"prompt": "a deer", "resolution": "720p", "ratio": "16:9"},
    {"prompt": "a deer", "resolution": "480p"},
    {"prompt": "a deer", "width": "2048", "height": 1536},
    {"prompt": "a deer", "resolution": "832*480", "duration": "5"},
    {"prompt": "a deer", "resolution": "4K", "duration": 10},
    {"prompt": "a deer", "inputImage": ["https://a/1.png", "https://a/2.png"]},
]
METHODS = [
    *("cpr", "cps", "cpo", "cpt", "cp-pixel", "cp-promptlength", "cp-outputVideoLength"),
    *("cp-audiosecondslength", "cp-readoutput", "cp-realtimeturn"),
]
WORKS = [Work(seconds=1, outputs=1, tokens=3), Work(seconds=90, outputs=4, tokens=9000)]


def stated(row) -> StatedPrice:
    """A rule as a spec states it."""
    more = {"extra": row.get("priceExtra"), "per_input": row.get("priceInput")}
    return StatedPrice(
        inputs=row["inputs"],
        price=str(row["price"]),
        method=row["priceMethod"],
        **{name: str(amount) for name, amount in more.items() if amount is not None},
    )


@pytest.fixture(scope="module")
def spec():
    return FolderSpecs().model("pruna/vace")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "more", [{}, {"priceExtra": 0.03}, {"priceExtra": 0.03, "priceInput": 0.01}]
)
def test_every_settled_cost_lies_in_its_estimate(spec, method, more):
    rows = [
        {"inputs": {}, "price": 0.1, "priceMethod": method, **more},
        {"inputs": {"resolution": "720p"}, "price": 0.2, "priceMethod": method, **more},
        {"inputs": {"inputImage": "QUANTITY:2"}, "price": 0.3, "priceMethod": method, **more},
    ]
    for body in BODIES:
        span = estimate(PriceList.from_wire(rows), body)
        rule = Prices(tuple(PriceRule.of(stated(row)) for row in rows)).find(spec, body)
        for work in WORKS:
            cost = Price(rule, measure(spec, body, Decimal(0))).cost(work)
            assert span.low <= cost, (body, span)
            assert span.high is None or cost <= span.high, (body, span)
