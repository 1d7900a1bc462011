"""`wiro doctor`: what stands between this machine and a run, each with the way out. Costs nothing."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Final, Literal

import click

from wiro_runtime.cli import console, credentials
from wiro_runtime.cli.context import context

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from wiro_runtime.cli.context import Context

__all__ = ["Finding", "doctor"]

_MOST_SKEW: Final = 300
"""Seconds that a clock may be wrong before it is worth a word."""
_TIMEOUT: Final = 10.0
"""Seconds for one question to the platform."""
_PACKAGES: Final = ("wiro-client", "httpx", "pydantic", "websockets", "click")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    verdict: Literal["ok", "warning", "problem"]
    text: str
    """What was found and, if it is no good, what to do."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool) -> None:
    """Check the key, the clock, the way to the platform, and versions.

    Asks the platform two questions that cost nothing. Exits 0 if a run could be started, else 3.
    """
    findings = list(_examine(context()))
    if as_json:
        console.write_json([finding.__dict__ for finding in findings])
    else:
        colours = {"ok": "green", "warning": "yellow", "problem": "red"}
        for finding in findings:
            verdict = click.style(f"{finding.verdict:8}", fg=colours[finding.verdict])
            console.write_line(f"{verdict} {finding.subject}: {finding.text}")
    ctx.exit(3 if any(finding.verdict == "problem" for finding in findings) else 0)


def _examine(ctx: Context) -> Iterator[Finding]:
    yield _versions()
    key = _key()
    yield key
    if key.verdict != "problem":
        yield from _platform(ctx)


def _versions() -> Finding:
    versions = {name: metadata.version(name) for name in _PACKAGES if _is_installed(name)}
    text = ", ".join(f"{name} {version}" for name, version in versions.items())
    return Finding("versions", "ok", f"Python {platform.python_version()}, {text}")


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _key() -> Finding:
    variable = os.environ.get("WIRO_API_KEY", "").strip()
    kept = credentials.find()
    if not variable and kept is None:
        return Finding(
            "credentials",
            "problem",
            "there is no API key. Run `wiro login`, or set WIRO_API_KEY (and WIRO_API_SECRET, if the "
            "project signs its requests). Keys are made in the Wiro dashboard.",
        )
    origin = "WIRO_API_KEY" if kept is None else kept.origin
    signed = os.environ.get("WIRO_API_SECRET") if kept is None else kept.api_secret
    proof = "requests are signed" if signed else "the key alone, unsigned"
    return Finding("credentials", "ok", f"from {origin}; {proof}")


def _platform(ctx: Context) -> Iterator[Finding]:
    import httpx  # noqa: PLC0415 - with the client

    from wiro_runtime import errors  # noqa: PLC0415 - same

    replies: list[httpx.Response] = []
    watched = httpx.Client(timeout=_TIMEOUT, event_hooks={"response": [replies.append]})
    try:
        with watched, ctx.client(deadline=2 * _TIMEOUT, http_client=watched) as client:
            next(iter(client.tasks.list(page_size=1)), None)
    except errors.ConfigurationError as wrong:
        yield Finding("settings", "problem", str(wrong))
    except errors.AuthenticationFailed as refused:
        yield Finding("platform", "ok", "reachable")
        yield Finding(
            "sign-in", "problem", f"{refused} Check key and secret in the Wiro dashboard."
        )
    except errors.WiroError as failed:
        way_out = "Check the network, HTTPS_PROXY and WIRO_BASE_URL."
        yield Finding("platform", "problem", f"{failed} {way_out}")
    else:
        yield Finding(
            "platform", "ok", f"{replies[-1].request.url.host} answers, and takes the key"
        )
    yield from _clock([skew for reply in replies for skew in _skew(reply)])


def _clock(skews: list[float]) -> Iterator[Finding]:
    if not skews:
        return
    skew = min(skews, key=abs)
    if abs(skew) > _MOST_SKEW:
        yield Finding(
            "clock",
            "warning",
            f"this machine is {abs(skew):.0f} s {'ahead' if skew > 0 else 'behind'}; set it right, "
            "signatures and time limits count on it.",
        )
    else:
        yield Finding("clock", "ok", f"within {abs(skew):.0f} s of the platform's")


def _skew(reply: httpx.Response) -> list[float]:
    """Return by how many seconds this machine is ahead of an answer's `Date`, if it has one."""
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - only here
    from time import time  # noqa: PLC0415 - same

    try:
        return [time() - parsedate_to_datetime(reply.headers["date"]).timestamp()]
    except (KeyError, ValueError):
        return []
