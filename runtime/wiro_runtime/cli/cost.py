"""What a run may cost, named before it is sent."""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import click

from wiro_runtime.cli import console, exit_code

if TYPE_CHECKING:
    from wiro_runtime.client.client import Client
    from wiro_runtime.request.request import Request

__all__ = ["announce"]

_ASK_FROM: Final = Decimal(1)
"""US dollars from which on a person is asked first."""
_TIMEOUT: Final = 5.0
"""Seconds that a person waits for prices at most; a run does not need them."""


def announce(client: Client, slug: str, request: Request[Any, Any], *, ask: bool) -> None:
    """Print what a run may cost and, on a terminal, ask before it may cost a dollar or more.

    The platform is asked for prices only where a person watches; elsewhere nobody waits for them.

    Args:
        client: Whose prices count.
        slug: The model.
        request: The run.
        ask: Whether a person may be asked at all.

    Raises:
        click.exceptions.Exit: The person said no; nothing was sent.
    """
    if not console.is_live():
        console.note(f"Running {slug}; it is billed if it succeeds.")
        return
    from wiro_runtime.errors import WiroError  # noqa: PLC0415 - with the client

    try:
        estimate = client.with_options(deadline=_TIMEOUT).estimate(request)
    except WiroError:
        console.note(
            f"Running {slug}; it is billed if it succeeds, its price is not known beforehand."
        )
        return
    console.note(f"Running {slug}; if it succeeds it costs {estimate}.")
    is_asked = ask and sys.stdin.isatty() and (estimate.high or 0) >= _ASK_FROM
    if is_asked and not click.confirm("Run it?", err=True):
        console.note("Nothing was sent.")
        click.get_current_context().exit(exit_code.NOT_STARTED)
