"""What an unquoted YAML scalar says, and which texts must therefore be quoted.

YAML 1.1 and 1.2 disagree about `on`, `012`, `1:30`, `1e3` and more, and editors, linters and
other tools pick either. A spec has one reading: an unquoted scalar is `true`, `false`, a number
as JSON writes it, or a text that no version of YAML takes for anything else. All others must be
quoted to be read.
"""

import math
import re
from typing import Final

from wirogen.spec.model import Scalar

INTEGER_LIMIT: Final = 2**63
"""Integers must fit in 64 bits: what JSON readers of other languages hold exactly."""

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
_FRACTION = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+(?:e[-+][0-9]+)?")
_NULL = frozenset({"", "~", "null"})

_OTHER_INTEGER = r"[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-f_]+|[0-9][0-9_]*)"
_OTHER_FLOAT = r"[-+]?(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:e[-+]?[0-9]+)?|[-+]?\.inf|\.nan"
_SEXAGESIMAL = r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
_DATE = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:t|[ \t]+)[0-9:.]+[ \t]*(?:z|[-+][0-9:]+)?)?"
_WORDS = r"y|yes|n|no|true|false|on|off|null|~|=|<<"
_AMBIGUOUS = re.compile(
    f"{_OTHER_INTEGER}|{_OTHER_FLOAT}|{_SEXAGESIMAL}|{_DATE}|{_WORDS}", re.IGNORECASE
)
_LIKE_A_NUMBER = re.compile(r"[-+]?\.?[0-9]")


class UnclearScalarError(ValueError):
    """An unquoted scalar that must not be read as anything; the text says why."""


def read_plain(text: str) -> Scalar:
    """Return what every version of YAML takes an unquoted scalar for.

    Raises:
        UnclearScalarError: it says null, is no finite number of 64 bits, or is read differently
            by the versions of YAML.
    """
    if text in {"true", "false"}:
        return text == "true"
    if _INTEGER.fullmatch(text):
        return _read_integer(text)
    if _FRACTION.fullmatch(text):
        return _read_fraction(text)
    if text.lower() in _NULL:
        raise UnclearScalarError('nothing is given here; give a value, "" or leave the key out')
    if _AMBIGUOUS.fullmatch(text):
        raise UnclearScalarError(
            f"versions of YAML read an unquoted {text} differently; "
            f'write "{text}" for the text, or the number in plain decimal digits'
        )
    return text


def needs_quotes(text: str) -> bool:
    """Return whether a text must be quoted: what any YAML reads otherwise, or what looks like a number.

    Whatever starts like a number is quoted (`"480p"`, `"16:9"`), so that neighbouring options look alike.
    """
    return bool(text.lower() in _NULL or _LIKE_A_NUMBER.match(text) or _AMBIGUOUS.fullmatch(text))


def _read_integer(text: str) -> int:
    number = int(text)
    if not -INTEGER_LIMIT <= number < INTEGER_LIMIT:
        raise UnclearScalarError(f'{text} does not fit in 64 bits; quote it: "{text}"')
    return number


def _read_fraction(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise UnclearScalarError(f"{text} is too large for a number; quote it")
    return number
