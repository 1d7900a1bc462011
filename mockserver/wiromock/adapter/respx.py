"""`MockWiro`: the mock in place of the network, for every httpx client of the process."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from inspect import signature
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, ClassVar, Self, TypeVar

import httpx

from wiro_runtime.seam import clock as clock_seam
from wiro_runtime.seam import socket as socket_seam
from wiromock.adapter.decorate import decorate
from wiromock.adapter.host import check_name, is_platform
from wiromock.adapter.httpx import MockTransport
from wiromock.adapter.mock_methods import MockMethods
from wiromock.adapter.name_guard import NameGuard
from wiromock.adapter.option import check_options
from wiromock.adapter.respx_router import Router
from wiromock.adapter.socket import MockSockets
from wiromock.adapter.transport_patch import TransportPatch
from wiromock.adapter.virtual_time import LIMIT, Look, VirtualClock
from wiromock.argument import check_kind
from wiromock.engine.auth import Credentials
from wiromock.engine.clock import START
from wiromock.engine.engine import Engine
from wiromock.errors import MockError, WrongValue
from wiromock.scenario import Dialect
from wiromock.spec.catalog import SpecSource, find_source

C = TypeVar("C", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class PostedWebhook:
    """A POST that the platform has sent to a `callbackUrl`; hand it to the code that receives such."""

    url: str
    at: float
    """Unix seconds."""
    body: bytes
    """JSON."""


class MockWiro(MockMethods):
    """The whole platform, offline: a context manager, sync and async, and a decorator.

    While it is entered, every httpx client of the process talks to the mock and the client's waits
    pass in virtual time. A request to any other host is refused, and so is any other client that asks for
    the address of the platform. Entering it again starts afresh.

    Args:
        specs: the models; a folder, or a source of specs. None takes the specs that come with the
            package, and adds those of `./specs`.
        api_key: the only key that is let in; None lets any key in.
        api_secret: makes signatures mandatory, and checks them; needs `api_key`.
        seed: decides ids, tokens, URLs and the contents of outputs.
        start: unix seconds at which time starts.
        balance: USD on the account. Above 250 any number of tasks may run at once.
        strict: refuse what some sources do and others contradict.
        dialect: how messages and an LLM's answer look where their scenario leaves it open.
        reject_replays: refuse a nonce that was used before.
        look: what a look at a task does to time: nothing (`stand`), it finds the task at its end
            (`finish`), or so many seconds pass. `auto` is `stand` for programs that wait on the
            mock's clock, as our clients do; whoever waits elsewhere finds a task at its end when they
            look at it for the third time in one instant.
        allow_hosts: hosts that requests may really go to over the network, such as a server of your
            own tests. Hosts that respx mocks need not be named.
        time_limit: virtual seconds after which a wait is taken to be endless, and stopped.

    Raises:
        SpecError: a spec has problems.
        WrongValue: an option is of another kind, a secret without a key, or a host that is no name.
    """

    _entered: ClassVar["MockWiro | None"] = None
    _changing: ClassVar[RLock] = RLock()
    """Held while one is entered or left: what another thread puts in place meanwhile would be undone with it."""
    times_entered: ClassVar[int] = 0
    """How often any was, in this process."""

    def __init__(
        self,
        specs: Path | str | SpecSource | None = None,
        *,
        api_key: str | None = None,
        api_secret: str | None = None,
        seed: int = 0,
        start: float = START,
        balance: Decimal | int | str = 1000,
        strict: bool = False,
        dialect: Dialect = "older",
        reject_replays: bool = False,
        look: Look = "auto",
        allow_hosts: Iterable[str] = (),
        time_limit: float = LIMIT,
    ) -> None:
        check_options("MockWiro", locals())
        if api_secret is not None and api_key is None:
            raise WrongValue("api_secret needs api_key: a signature is made with both")
        self.clock = VirtualClock(start, limit=time_limit, look=look)
        """The mock's time: `advance(seconds)`, `advance_to(status, task=…)`."""
        self.credentials = None if api_key is None else Credentials(api_key, api_secret)
        """What a client has to show; None lets any API key in."""
        self.engine = Engine(
            find_source(specs),
            clock=self.clock,
            seed=seed,
            credentials=self.credentials,
            balance=balance,
            strict=strict,
            dialect=dialect,
            reject_replays=reject_replays,
        )
        self.clock.follow(self.engine.moment)
        self.transport = MockTransport(self.engine, self.clock)
        """The same mock as the transport of one client, without patching anything."""
        self.sockets = MockSockets(self.engine, self.clock)
        """The same mock behind sockets: `sockets.connect(url, seconds)`."""
        self._allowed = tuple(check_name(host) for host in allow_hosts)
        self._stack, self._is_used = ExitStack(), False

    @property
    def webhooks(self) -> list[PostedWebhook]:
        """What was posted to callback URLs until now."""
        return [
            PostedWebhook(webhook.url, webhook.at, body) for webhook, body in self.engine.webhooks()
        ]

    def reset(self) -> None:
        """Begin again: time, names, tasks, files, scripts, money and journal."""
        self.clock.reset()
        self.engine.reset()

    @classmethod
    def options(cls) -> frozenset[str]:
        """Return the names of the options of a mock."""
        return frozenset(signature(cls).parameters)

    @classmethod
    def answers(cls, request: httpx.Request) -> bool:
        """Return whether the mock that is entered plays the platform for a request.

        Other mocks of httpx ask this to leave such requests alone; False while none is entered.
        """
        check_kind("MockWiro.answers: request", request, httpx.Request, "an httpx.Request")
        mock = cls._entered
        return mock is not None and is_platform(
            mock.engine.urls, request.url.netloc.decode().lower()
        )

    def __enter__(self) -> Self:
        with MockWiro._changing:
            if MockWiro._entered is not None:
                raise MockError(
                    "a MockWiro is entered already (the fixture wiro_mock is one too); use that one, or "
                    "give a client of its own to the second: httpx.Client(transport=mock.transport)"
                )
            if self._is_used:
                self.reset()
            self._is_used = True
            with ExitStack() as stack:
                stack.enter_context(clock_seam.use(self.clock))
                stack.enter_context(socket_seam.use(self.sockets))
                stack.enter_context(Router(self.transport, self.engine.urls, self._allowed))
                stack.enter_context(TransportPatch(self.transport, self.engine.urls))
                stack.enter_context(NameGuard(self.engine, self._allowed))
                stack.callback(setattr, MockWiro, "_entered", None)
                MockWiro._entered = self
                MockWiro.times_entered += 1
                self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with MockWiro._changing:
            self._stack.close()
        swallowed = self.journal.take_misuse()
        if error is None and swallowed:
            raise swallowed[0]

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.__exit__(kind, error, traceback)

    def __call__(self, target: C, /) -> C:
        """Decorate a function of any kind, or a class of tests: the mock is entered around each call.

        Raises:
            MockError: the mock could not be in force while it runs.
        """
        return decorate(target, lambda: self)
