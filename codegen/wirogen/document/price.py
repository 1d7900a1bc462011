"""What documents say of prices: `dynamicprice` of Tool/Detail, and price sections of an llms.txt.

Amounts are kept as the digits that the document states, in plain decimals: `0.04`, never `4e-2`.
"""

import json
import re
from decimal import Decimal
from typing import Final

from wirogen.document.document import DocumentPrice
from wirogen.document.json_tree import Tree, parse_tree

_KEYS: Final = frozenset({"inputs", "price", "priceMethod", "priceExtra", "priceInput"})
_LINE: Final = re.compile(
    r"(?:[-*]\s*)?(?:per|each)\s+(?P<unit>[a-z]+)\s*:?\s*\$?(?P<price>[0-9]+(?:\.[0-9]+)?)"
    r"\s*(?:USD|\$)?\.?",
    re.IGNORECASE,
)
_UNITS: Final = {
    "run": "cpr",
    "request": "cpr",
    "second": "cps",
    "output": "cpo",
    "token": "cpt",
}
"""What a price section counts, by the platform's own word for it."""


def read_dynamic_price(listed: Tree) -> tuple[DocumentPrice, ...]:
    """Read `dynamicprice`, a list or the JSON text of one; nothing for an empty one.

    Raises:
        DocumentError: it is not a list of prices.
    """
    if isinstance(listed.value, str):
        if not listed.value.strip():
            return ()
        listed = Tree(parse_tree(listed.value, listed.file).value, listed.file, listed.pointer)
    return tuple(_read_rule(rule) for rule in listed.elements())


def _read_rule(rule: Tree) -> DocumentPrice:
    unknown = [key for key, _ in rule.items() if key not in _KEYS]
    price = read_amount(rule["price"])
    if price is None or unknown:
        raise rule.error(f"is no price: {json.dumps(rule.value)[:200]}")
    return DocumentPrice(
        price=price,
        inputs={name: value.word() or "" for name, value in rule["inputs"].items()},
        method=rule["priceMethod"].word() or None,
        extra=read_amount(rule["priceExtra"]),
        per_input=read_amount(rule["priceInput"]),
    )


def read_amount(amount: Tree) -> str | None:
    """Return an amount of USD in plain decimal digits; None for none and for an empty text.

    Raises:
        DocumentError: it is no amount.
    """
    word = amount.word()
    if not word:
        return None
    if not re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,15})?(?:[eE]-?[0-9]{1,2})?", word):
        raise amount.error(f"{word[:60]!r} is no price")
    return format(Decimal(word), "f")


def read_price_section(text: str) -> tuple[DocumentPrice, ...]:
    """Read a price section: `- per run: 0.04 USD`, one price a line.

    Returns:
        Its prices; none where a line says something else: the whole section is then a text.
    """
    lines = filter(None, map(str.strip, re.split(r"\n|(?:^|\s)- ", text)))
    prices = [_read_line(line) for line in lines]
    return () if None in prices else tuple(price for price in prices if price is not None)


def _read_line(line: str) -> DocumentPrice | None:
    match = _LINE.fullmatch(line)
    unit = _UNITS.get(match["unit"].lower()) if match else None
    return DocumentPrice(match["price"], method=unit) if match and unit else None
