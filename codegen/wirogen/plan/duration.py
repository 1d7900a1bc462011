"""How long a model's process takes, out of the platform's free text."""

import re
from typing import Final

_DURATION: Final = re.compile(
    r"(?P<number>[0-9]{1,9}(?:\.[0-9]{1,9})?)\s*(?P<unit>s|m|h)?(?:ec(?:ond)?s?|in(?:ute)?s?|(?:ou)?rs?)?",
    re.IGNORECASE,
)
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600}


def read_seconds(text: str | None) -> float | None:
    """Return the seconds that `20 seconds`, `2 minutes` or a bare `20` say, or None for other words."""
    duration = _DURATION.fullmatch((text or "").strip())
    if duration is None:
        return None
    seconds = float(duration["number"]) * _SECONDS[(duration["unit"] or "s").lower()]
    return int(seconds) if seconds.is_integer() else seconds
