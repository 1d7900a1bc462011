"""What every handle of one client has in common: who makes its calls and who performs them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, cast

from wiro_runtime.config import BASE_URL, DEADLINE, HTTP_TIMEOUT, SOCKET_URL, Config, read_config

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from wiro_runtime.flow.calls import Calls
    from wiro_runtime.flow.effect import AsyncPerformer, Effect, Performer

__all__ = [
    "AsyncRunner",
    "Runner",
    "from_environment",
    "from_environment_async",
    "keyless",
    "keyless_async",
]

_KEYLESS = Config(
    api_key="",
    api_secret=None,
    base_url=BASE_URL,
    socket_url=SOCKET_URL,
    http_timeout=HTTP_TIMEOUT,
    deadline=DEADLINE,
)
"""For what needs no credentials: fetching outputs."""


class Runner:
    """What every handle of a blocking client holds: its calls, and what performs them in the thread."""

    __slots__ = ("calls", "do", "perform")

    def __init__(self, calls: Calls, perform: Performer, do: Callable[[Effect[Any]], Any]) -> None:
        self.calls = calls
        """Makes the flow of each call."""
        self.perform = perform
        """Performs a flow to its end."""
        self.do = do
        """Performs one effect of a flow."""


class AsyncRunner:
    """What every handle of a client for asyncio holds: its calls, and what performs them when awaited."""

    __slots__ = ("calls", "do", "perform")

    def __init__(
        self, calls: Calls, perform: AsyncPerformer, do: Callable[[Effect[Any]], Awaitable[Any]]
    ) -> None:
        self.calls = calls
        """Makes the flow of each call."""
        self.perform = perform
        """Performs a flow to its end."""
        self.do = do
        """Performs one effect of a flow."""


@cache
def keyless() -> Performer:
    """Performs the downloads of results that came from another process."""
    from wiro_runtime.driver.blocking import BlockingDriver  # noqa: PLC0415 - rare, and loads httpx

    return BlockingDriver(_KEYLESS, None).perform


@cache
def keyless_async() -> AsyncPerformer:
    """Performs the downloads of results that came from another process, awaited."""
    from wiro_runtime.driver.asynchronous import AsyncDriver  # noqa: PLC0415 - as above

    return AsyncDriver(_KEYLESS, None).perform


class _Later:
    """The runner of a handle that came from another process, made when it is first needed."""

    def __init__(self, make: Callable[[], Runner | AsyncRunner]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:
        return getattr(self._make(), name)


@cache
def _from_environment() -> Runner:
    from wiro_runtime.driver.blocking import BlockingDriver  # noqa: PLC0415 - rare, and loads httpx
    from wiro_runtime.flow.calls import Calls  # noqa: PLC0415 - as above

    config = read_config()
    driver = BlockingDriver(config, None)
    return Runner(Calls(config), driver.perform, driver.do)


@cache
def _from_environment_async() -> AsyncRunner:
    from wiro_runtime.driver.asynchronous import AsyncDriver  # noqa: PLC0415 - as above
    from wiro_runtime.flow.calls import Calls  # noqa: PLC0415 - as above

    config = read_config(awaits=True)
    driver = AsyncDriver(config, None)
    return AsyncRunner(Calls(config), driver.perform, driver.do)


def from_environment() -> Runner:
    """Of a handle that came out of a pickle: it asks with the key that its process has in the environment."""
    return cast("Runner", _Later(_from_environment))


def from_environment_async() -> AsyncRunner:
    """The same, awaited."""
    return cast("AsyncRunner", _Later(_from_environment_async))
