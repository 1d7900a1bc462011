"""Which hosts are the platform's, and what to say of a request to another one."""

import os
import re
from functools import lru_cache
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from wiromock.argument import show
from wiromock.errors import WrongValue
from wiromock.wire.url import BaseUrls

_NAME: Final = re.compile(r"[^\s:/?#@\[\]]+")

_VARIABLES: Final = ("WIRO_BASE_URL", "WIRO_SOCKET_URL")
"""Environment variables that lead a client elsewhere."""


def is_platform(urls: BaseUrls, host: str) -> bool:
    """Return whether requests to a host are the mock's to answer.

    Args:
        urls: where the mock plays the platform.
        host: in lower case, with the port where the URL states one.
    """
    return host in {urls.api.host, urls.outputs.host}


def describe_foreign_host(urls: BaseUrls, method: str, host: str, path: str) -> str:
    """Return why a request to a host that nobody mocks is refused, and the ways out."""
    text = (
        f"{method} {host}{path} is not for the platform: the mock plays {urls.api.url} and "
        f"{urls.outputs.url}, and no other mock in force answers it"
    )
    for variable in _VARIABLES:
        if host and urlsplit(os.environ.get(variable, "")).netloc.lower() == host:
            return (
                f"{text}; {variable} leads there: unset it, or make the client with "
                f"base_url={urls.api.url!r} and socket_url={urls.socket.url!r}"
            )
    return f"{text}; allow_hosts=[{host.partition(':')[0]!r}] lets it go to the network"


def check_name(name: object) -> str:
    """Return the name of a host as it is compared: in lower case.

    Raises:
        WrongValue: it is something else, such as an address with a scheme or a port.
    """
    bare = name.lower().rstrip(".") if isinstance(name, str) else ""
    if is_address(bare) or _NAME.fullmatch(bare):
        return bare
    raise WrongValue(f"{show(name)} is no host name; write it without a scheme, a port or a path")


@lru_cache(maxsize=256)
def is_address(name: str) -> bool:
    """Return whether a host is stated as an address, of either kind."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
