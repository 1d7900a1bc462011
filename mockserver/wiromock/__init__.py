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
    from wiromock.engine.auth import Credentials
    from wiromock.engine.clock import InstantClock, ManualClock, PollClock
    from wiromock.engine.engine import Engine
    from wiromock.errors import MockError
    from wiromock.scenario import (
        BadJson,
        Cancelled,
        CommandBehaviour,
        ConnectionLost,
        Fails,
        Hangs,
        HttpFault,
        Notifications,
        Pace,
        PassThrough,
        Refused,
        Requeues,
        Stalls,
        Success,
        Talks,
        ToolCall,
        Turn,
    )
    from wiromock.scenario.rule import Rule
    from wiromock.wire.http import Delivery, Reply, Request

__all__ = [
    "BadJson",
    "Cancelled",
    "CommandBehaviour",
    "ConnectionLost",
    "Credentials",
    "Delivery",
    "Engine",
    "Fails",
    "Hangs",
    "HttpFault",
    "InstantClock",
    "ManualClock",
    "MockError",
    "MockTransport",
    "MockWiro",
    "Notifications",
    "Pace",
    "PassThrough",
    "PollClock",
    "Refused",
    "Reply",
    "Request",
    "Requeues",
    "Rule",
    "Stalls",
    "Success",
    "Talks",
    "ToolCall",
    "Turn",
]

_HOMES = {
    "Credentials": "engine.auth",
    "Delivery": "wire.http",
    "Engine": "engine.engine",
    "InstantClock": "engine.clock",
    "ManualClock": "engine.clock",
    "PollClock": "engine.clock",
    "MockError": "errors",
    "MockTransport": "adapter.httpx",
    "MockWiro": "adapter.respx",
    "Reply": "wire.http",
    "Rule": "scenario.rule",
    "Request": "wire.http",
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
