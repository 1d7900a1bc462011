"""What every handle of one client has in common: who makes its calls and who performs them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from wiro_runtime.flow.calls import Calls
    from wiro_runtime.flow.effect import AsyncPerformer, Effect, Performer

__all__ = ["AsyncRunner", "Runner"]


@dataclass(frozen=True, slots=True)
class Runner:
    """Of a blocking client."""

    calls: Calls
    """Makes the flow of each call."""
    perform: Performer = field(repr=False)
    """Performs a flow to its end."""
    do: Callable[[Effect[Any]], Any] = field(repr=False)
    """Performs one effect of a flow."""


@dataclass(frozen=True, slots=True)
class AsyncRunner:
    """Of a client for asyncio: the same, awaited."""

    calls: Calls
    """Makes the flow of each call."""
    perform: AsyncPerformer = field(repr=False)
    """Performs a flow to its end."""
    do: Callable[[Effect[Any]], Awaitable[Any]] = field(repr=False)
    """Performs one effect of a flow."""
