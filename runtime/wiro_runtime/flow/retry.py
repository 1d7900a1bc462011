"""How long to wait before a read is tried again."""

from __future__ import annotations

import math

__all__ = ["ATTEMPTS", "delay", "read_retry_after", "refused_delay"]

ATTEMPTS = 7
"""How often a read is tried in a row: through roughly half a minute of trouble."""

_FIRST, _LONGEST, _LONGEST_ASKED = 0.5, 8.0, 120.0
_FIRST_OFFER, _LONGEST_OFFER = 2.0, 30.0


def delay(failures: int, *, asked: float | None, random: float) -> float:
    """Seconds to wait after so many failures in a row.

    Args:
        failures: 1 after the first.
        asked: What the platform asked for: up to two minutes, and not less than our own pause.
        random: From 0 up to 1; spreads clients that failed together.
    """
    own = float(min(_FIRST * 2 ** (failures - 1), _LONGEST) * (0.75 + random / 2))
    return _at_least(own, asked)


def refused_delay(refusals: int, *, asked: float | None, random: float) -> float:
    """Seconds to wait before a run is offered again that was refused for want of room.

    Slower than reads: there is room again when a task has ended.
    """
    own = float(min(_FIRST_OFFER * 2 ** (refusals - 1), _LONGEST_OFFER) * (0.75 + random / 2))
    return _at_least(own, asked)


def _at_least(own: float, asked: float | None) -> float:
    # 0, a negative number and a moment that is past ask for no pause at all, which helps nobody.
    return own if asked is None else max(own, min(asked, _LONGEST_ASKED))


def read_retry_after(value: str | None, *, now: float) -> float | None:
    """Seconds that a `Retry-After` header asks for: a number, or a date on the Unix clock `now`."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        pass
    else:
        return max(0.0, seconds) if math.isfinite(seconds) else None
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - rare, and slow to load

    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, OverflowError):  # the day 99999999999999999999 of a month
        return None
