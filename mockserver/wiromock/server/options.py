"""Options of a server: the same for `run_server`, the fixtures and the command line."""

from collections.abc import Iterable
from decimal import Decimal
from typing import TypedDict

from wiromock.adapter.virtual_time import Look
from wiromock.engine.tenant import TenantBy
from wiromock.scenario.options import Dialect
from wiromock.scenario.rule import Rule


class ServerOptions(TypedDict, total=False):
    """Options of a server besides its specs and its address; those of `MockWiro` mean the same here."""

    api_key: str | None
    """The only key that is let in; None lets any key in."""
    api_secret: str | None
    """Makes signatures mandatory, and checks them; needs `api_key`."""
    seed: int
    """Decides ids, tokens, URLs and the contents of outputs."""
    start: float | None
    """Unix seconds at which mock time starts; None is what time it is by the computer."""
    balance: Decimal | int | str
    """USD on the account of each tenant."""
    strict: bool
    """Refuse what some sources do and others contradict."""
    dialect: Dialect
    """How messages and an LLM's answer look where their scenario leaves it open."""
    reject_replays: bool
    """Refuse a nonce that was used before."""
    look: Look
    """What a look at a task does to time; here, `auto` and `stand` leave it to the clock."""
    speed: float
    """Mock seconds in a real second."""
    rules: Iterable[Rule]
    """What is scripted from the start, and again after a reset."""
    tenant_by: TenantBy
    """What names a tenant when no header does: nothing, or the API key."""
    allow_hosts: Iterable[str]
    """Names, besides addresses and `localhost`, by which callers may reach the server; `*` is any."""
    webhooks_to: Iterable[str]
    """Hosts, besides this machine, to which webhooks are really posted."""
    cors: Iterable[str]
    """Origins whose pages may call the API from a browser; `*` is any."""
