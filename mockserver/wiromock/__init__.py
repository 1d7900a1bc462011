"""The platform in a box: tasks, files, money and refusals, offline and in virtual time.

    from wiromock import Fails, MockWiro

    with MockWiro() as wiro:
        wiro.on("pruna/vace").then(Fails(pexit="1", stderr="CUDA out of memory"))
        ...
        assert wiro.ledger.billed == 0

Names load when they are first used, so that the pytest plugin of this package costs nothing in a
test run that does not use it and breaks nothing where the `mock` extra is not installed.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from wiromock._extra import mock_extra

if TYPE_CHECKING:
    from wiromock.adapter.httpx import MockTransport
    from wiromock.adapter.respx import MockWiro
    from wiromock.auth import Credentials
    from wiromock.clock import ManualClock
    from wiromock.engine import Engine
    from wiromock.errors import MockError
    from wiromock.message import Delivery, Reply, Request
    from wiromock.scenario import (
        AsUsual,
        ConnectionLost,
        Fails,
        HttpFault,
        Pace,
        Refused,
        Stalls,
        Success,
    )

__all__ = [
    "AsUsual",
    "ConnectionLost",
    "Credentials",
    "Delivery",
    "Engine",
    "Fails",
    "HttpFault",
    "ManualClock",
    "MockError",
    "MockTransport",
    "MockWiro",
    "Pace",
    "Refused",
    "Reply",
    "Request",
    "Stalls",
    "Success",
]

_HOMES = {
    "Credentials": "auth",
    "Delivery": "message",
    "Engine": "engine",
    "ManualClock": "clock",
    "MockError": "errors",
    "MockTransport": "adapter.httpx",
    "MockWiro": "adapter.respx",
    "Reply": "message",
    "Request": "message",
}
"""Where a name lives; everything else lives in `scenario`."""


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with mock_extra():
        home = import_module(f"{__name__}.{_HOMES.get(name, 'scenario')}")
    return getattr(home, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
