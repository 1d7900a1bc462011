"""By which names a server may be reached.

A page of another site can let its own name resolve to this machine (DNS rebinding); to a browser, our
answers are then that page's own. The name stays in the Host header, and we answer only for ours.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from wiromock.adapter.host import check_name, is_address

_HOST: Final = re.compile(r"(?:\[(?P<address>[^\[\]]+)\]|(?P<name>[^\s:,@\[\]]+))(?::[0-9]{1,5})?")


class HostGuard:
    """Decides by the Host header whether a call is answered.

    Args:
        names: hosts to answer for, besides addresses and `localhost`; `*` is any.

    Raises:
        ValueError: one of them is no name.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = frozenset(check_name(name) for name in names)

    def refusal(self, host: str | None) -> str | None:
        """Return why a call is refused, and the way out; None when it is let in.

        Args:
            host: the Host header; None when a caller sends none, as no browser does.
        """
        if not host or "*" in self._names:
            return None
        name = _name(host)
        if name in self._names or name == "localhost" or name.endswith(".localhost"):
            return None
        if is_address(name):  # no name server was asked, so none can have lied
            return None
        if not name:
            return f"{host!r} is no host name, with or without a port"
        return (
            f"this server does not answer for the host {name!r}; if it is yours, start it with "
            f"--allow-host {name}"
        )


@lru_cache(maxsize=256)
def _name(host: str) -> str:
    """Return the name in a Host header, in lower case and without its port; empty for what is none."""
    matched = _HOST.fullmatch(host)
    if matched is None:
        return ""
    return (matched["address"] or matched["name"]).lower().rstrip(".")
