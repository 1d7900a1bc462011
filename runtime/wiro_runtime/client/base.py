"""What both clients are set to, and what they make of a model's name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from wiro_runtime import parse
from wiro_runtime.config import BASE_URL, SOCKET_URL, read_config
from wiro_runtime.connected import Connected
from wiro_runtime.flow.calls import Calls
from wiro_runtime.flow.options import known_options, read_options
from wiro_runtime.request.body import CALL_OPTIONS

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping
    from typing import Self, Unpack

    from wiro_runtime.config import Config, Tracking
    from wiro_runtime.flow.options import CallOptions, RunOptions
    from wiro_runtime.journal.journal import Journal
    from wiro_runtime.observe import Exchange
    from wiro_runtime.request.request import Request

__all__ = ["ClientBase"]

H = TypeVar("H")
D = TypeVar("D")


class ClientBase(Connected, ABC, Generic[H, D]):
    """Settings, and the defaults of calls; over an HTTP client `H` of the caller's, by a driver `D`."""

    default_base_url: ClassVar[str] = BASE_URL
    default_socket_url: ClassVar[str] = SOCKET_URL
    package: ClassVar[str] = ""
    """The generated package whose request classes stand behind models' names; "" for none."""
    _awaits: ClassVar[bool] = False
    """Whether callbacks may be coroutine functions, and the HTTP client is one of asyncio."""

    def __init__(
        self,
        api_key: str | None = None,
        api_secret: str | None = None,
        *,
        base_url: str | None = None,
        socket_url: str | None = None,
        http_client: H | None = None,
        http_timeout: float = 30.0,
        headers: Mapping[str, str] | None = None,
        deadline: float | None = 600.0,
        on_exchange: Callable[[Exchange], object] | None = None,
        tracking: Tracking = "auto",
        journal: Journal | str | os.PathLike[str] | None = None,
    ) -> None:
        config = read_config(
            api_key=api_key,
            api_secret=api_secret,
            base_url=base_url,
            socket_url=socket_url,
            http_timeout=http_timeout,
            headers=headers,
            deadline=deadline,
            on_exchange=on_exchange,
            defaults=(self.default_base_url, self.default_socket_url),
            tracking=tracking,
            http_client=http_client,
            awaits=self._awaits,
        )
        self._calls = Calls(config)
        self._driver = self._connect(config, http_client)
        self._defaults: dict[str, Any] = {}
        """Options of calls that say nothing else."""
        self._own_journal: Journal | None = None
        """A journal of which only this client knows, and which it therefore closes."""
        if journal is not None:
            from wiro_runtime.flow.money import open_journal  # noqa: PLC0415 - not loaded where there is none

            self._own_journal = open_journal(self._calls.open_money(), journal, config)

    @abstractmethod
    def _connect(self, config: Config, http_client: H | None) -> D:
        """The driver that performs this client's calls, over the caller's HTTP client or its own."""

    def __repr__(self) -> str:
        config = self._calls.config
        proof = "API key" if config.api_secret is None else "signature"
        url = parse.without_password(config.base_url)
        return f"<{type(self).__name__} of {url} by {proof}>"

    def with_options(self, **options: Unpack[RunOptions]) -> Self:
        """This client with other defaults for its calls: `client.with_options(deadline=60, project_id=7)`.

        It shares the connections and the journal of this one; closing either closes them.

        Args:
            **options: What `run()` takes. Each call may still say otherwise.

        Raises:
            InvalidRequest: There is no such option, or it is not what it may be.
        """
        read_options("run", options, awaits=self._awaits)
        twin = type(self).__new__(type(self))
        vars(twin).update(vars(self))
        for name in list(vars(twin)):
            if isinstance(getattr(type(twin), name, None), cached_property):
                del vars(twin)[name]  # it belongs to the client that made it
        config = self._calls.config
        if (deadline := options.get("deadline", "default")) != "default":
            config = replace(config, deadline=deadline)
        if tracking := options.get("tracking"):
            config = replace(config, tracking=tracking)
        defaults = {**self._defaults, **options}
        vars(twin).update(_defaults=defaults, _calls=replace(self._calls, config=config))
        return twin

    def _options(self, call: str, given: Mapping[str, Any]) -> CallOptions:
        """The options of a call: the caller's, else the client's, as far as this call knows them."""
        defaults = {
            name: self._defaults[name] for name in self._defaults.keys() & known_options(call)
        }
        return read_options(call, {**defaults, **given}, awaits=self._awaits)

    def _request(
        self, request: Request[Any, Any] | str, given: Mapping[str, Any]
    ) -> tuple[Request[Any, Any], dict[str, Any]]:
        """The request of a call, and its options: apart, or both by name after a model's slug.

        Raises:
            InvalidRequest: The slug is none, or the inputs do not fit the generated class.
        """
        if not isinstance(request, str):
            return request, dict(given)
        options = {name: value for name, value in given.items() if name in CALL_OPTIONS}
        inputs = {name: value for name, value in given.items() if name not in CALL_OPTIONS}
        return _request_of(self.package, request, inputs), options


def _request_of(package: str, slug: str, inputs: Mapping[str, Any]) -> Request[Any, Any]:
    from wiro_runtime.catalog.bindings import catalog_of  # noqa: PLC0415 - for models that are named
    from wiro_runtime.client.untyped import request_class  # noqa: PLC0415 - as above

    if package and (model := catalog_of(package).find(slug)) is not None:
        return model.request(**inputs)
    return request_class(slug)(**inputs)
