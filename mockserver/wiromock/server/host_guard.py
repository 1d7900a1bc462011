"""By which names a server may be reached.

A page of another site can let its own name resolve to this machine (DNS rebinding); to a browser, our
answers are then that page's own. The name stays in the Host header, and we answer only for ours.
"""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address


class HostGuard:
    """Knows the names of a server.

    Args:
        names: those beside addresses and `localhost`; `*` is any.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = frozenset(name.lower() for name in names)

    def refusal(self, host: str | None) -> str | None:
        """Return why a call is refused, and the way out; None when it is let in.

        Args:
            host: the Host header; None when a caller sends none, as no browser does.
        """
        if not host or "*" in self._names:
            return None
        name = _without_port(host).lower().rstrip(".")
        if name in self._names or name == "localhost" or name.endswith(".localhost"):
            return None
        if _is_address(name):  # no name server was asked, so none can have lied
            return None
        return (
            f"this server does not answer for the host {name!r}; if it is yours, start it with "
            f"--allow-host {name}"
        )


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


@lru_cache(maxsize=256)
def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
