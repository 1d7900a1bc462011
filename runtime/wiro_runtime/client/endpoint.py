"""The attribute sugar: `client.models.pruna.vace.run(prompt="…")`.

Generated packages are made of these. A type checker sees `direct(Vace)`, whose constructor's arguments
become those of `run`; at run time `lazy(…)` stands in its place and loads the module on first use. Both
lines are needed: a checker cannot see through a function that imports.

    class Pruna(Namespace):
        if TYPE_CHECKING:
            vace = direct(Vace)
        else:
            vace = lazy("wiro.models.pruna.vace", "Vace")
"""

from __future__ import annotations

from functools import wraps
from importlib import import_module
from inspect import Signature, iscoroutinefunction, signature
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Protocol, TypeVar, cast, get_args

from wiro_runtime import call_check, check
from wiro_runtime.names import did_you_mean
from wiro_runtime.request.binding import binding_of
from wiro_runtime.task.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wiro_runtime.catalog.bindings import Model
    from wiro_runtime.client.async_client import AsyncClient
    from wiro_runtime.client.client import Client
    from wiro_runtime.client.stream import AsyncStream, Stream
    from wiro_runtime.client.task import AsyncTask, Task
    from wiro_runtime.client.untyped import UntypedRequest
    from wiro_runtime.request.request import Request

__all__ = [
    "AsyncEndpoint",
    "AsyncNamespace",
    "Endpoint",
    "Namespace",
    "direct",
    "direct_async",
    "lazy",
    "lazy_async",
    "owner",
]

P = ParamSpec("P")
R = TypeVar("R")
A = TypeVar("A")
E_co = TypeVar("E_co", covariant=True)


class Endpoint(Generic[P, R]):
    """One model of one client. Options of the call go through `client.run(endpoint(…), …)`."""

    def __init__(self, client: Client, build: Callable[P, Request[R, Any]]) -> None:
        self._client = client
        self._build = build
        self.__doc__ = build.__doc__
        _show_arguments(self, build)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Request[R, Any]:
        """Make the request, without sending it."""
        return self._build(*args, **kwargs)

    def run(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the model, as `client.run(request)` does."""
        return self._client.run(self._build(*args, **kwargs))

    def stream(self, *args: P.args, **kwargs: P.kwargs) -> Stream[R]:
        """Run the model event by event, as `client.stream(request)` does."""
        return self._client.stream(self._build(*args, **kwargs))

    def submit(self, *args: P.args, **kwargs: P.kwargs) -> Task[R]:
        """Start a task, as `client.submit(request)` does."""
        return self._client.submit(self._build(*args, **kwargs))

    def __repr__(self) -> str:
        return _described(self, self._build)


class AsyncEndpoint(Generic[P, A]):
    """One model of one asynchronous client."""

    def __init__(self, client: AsyncClient, build: Callable[P, Request[Any, A]]) -> None:
        self._client = client
        self._build = build
        self.__doc__ = build.__doc__
        _show_arguments(self, build)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Request[Any, A]:
        """Make the request, without sending it."""
        return self._build(*args, **kwargs)

    async def run(self, *args: P.args, **kwargs: P.kwargs) -> A:
        """Run the model, as `client.run(request)` does."""
        return await self._client.run(self._build(*args, **kwargs))

    def stream(self, *args: P.args, **kwargs: P.kwargs) -> AsyncStream[A]:
        """Run the model event by event, as `client.stream(request)` does."""
        return self._client.stream(self._build(*args, **kwargs))

    async def submit(self, *args: P.args, **kwargs: P.kwargs) -> AsyncTask[A]:
        """Start a task, as `client.submit(request)` does."""
        return await self._client.submit(self._build(*args, **kwargs))

    def __repr__(self) -> str:
        return _described(self, self._build)


class _Space:
    """Attributes that are models or owners; each is loaded when it is first asked for."""

    _client: Any
    """The client. No owner and no model has a name that begins with an underscore."""

    def __getitem__(self, slug: str) -> type[UntypedRequest]:
        """The request class of any model the platform has, by `owner/model`.

        For models without a generated class: its arguments are checked against the platform's live
        description when the request is run.

        Raises:
            InvalidRequest: It is no slug.
        """
        from wiro_runtime.client.untyped import request_class  # noqa: PLC0415 - loads pydantic

        return request_class(slug)

    def _listed(self) -> list[Model]:
        from wiro_runtime.catalog.bindings import catalog_of  # noqa: PLC0415 - for whoever looks around

        package, _, owner = type(self).__module__.partition(".models")
        models = catalog_of(package).models()
        inside = f"{type(self).__module__}."
        return [model for model in models if not owner or model.module.startswith(inside)]

    def __iter__(self) -> Iterator[str]:
        """The slugs of the models with a class of their own, each of which `[]` takes."""
        return (model.slug for model in self._listed())

    def __len__(self) -> int:
        return len(self._listed())

    def __contains__(self, slug: object) -> bool:
        return any(model.slug == slug for model in self._listed())

    def __bool__(self) -> bool:
        return True

    def search(self, words: str = "", *, kind: Kind | None = None) -> list[Model]:
        """The models with a class of their own that all these words are said of; no model is loaded.

        Args:
            words: Looked for in slug, title, summary and categories, whatever their case.
            kind: Only models of this kind.
        """
        call_check.require(
            "search",
            words=check.optional_text(words),
            kind=None if kind is None else check.one_of(kind, get_args(Kind)),
        )
        wanted = words.casefold().split()
        return [
            model
            for model in self._listed()
            if kind in {None, model.kind} and all(word in _described_by(model) for word in wanted)
        ]

    def __dir__(self) -> list[str]:
        return sorted(
            name
            for kind in type(self).__mro__
            for name, member in vars(kind).items()
            if isinstance(member, _Descriptor)
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {', '.join(dir(self))}>"

    # Hidden from type checkers, which would otherwise take every name for an attribute.
    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            raise AttributeError(
                f"{type(self).__name__} has no {name!r}{did_you_mean(name, dir(self))}",
                name=name,
                obj=self,
            )


class Namespace(_Space):
    """A group of endpoints of a client."""

    def __init__(self, client: Client) -> None:
        self._client = client


class AsyncNamespace(_Space):
    """A group of endpoints of an asynchronous client."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client


class _Descriptor:
    """Makes an attribute's value on first use and keeps it on the namespace."""

    def __init__(self, make: Callable[[Any], object]) -> None:
        self._make = make
        self._name = ""

    def __set_name__(self, kind: type, name: str) -> None:
        self._name = name

    def __get__(self, space: _Space | None, kind: type) -> Any:
        if space is None:
            return self
        value = self._make(vars(space)["_client"])
        vars(space)[self._name] = value  # found before this descriptor from now on
        return value


class _Member(Protocol[E_co]):
    """What type checkers see of a descriptor."""

    def __get__(self, space: _Space, kind: type) -> E_co: ...


def direct(build: Callable[P, Request[R, Any]]) -> _Member[Endpoint[P, R]]:
    """An endpoint attribute for a request class at hand."""
    return cast("_Member[Endpoint[P, R]]", _Descriptor(lambda client: Endpoint(client, build)))


def direct_async(build: Callable[P, Request[Any, A]]) -> _Member[AsyncEndpoint[P, A]]:
    """An asynchronous endpoint attribute for a request class at hand."""
    return cast(
        "_Member[AsyncEndpoint[P, A]]", _Descriptor(lambda client: AsyncEndpoint(client, build))
    )


def lazy(module: str, name: str) -> Any:
    """An endpoint attribute for a request class in a module that is loaded on first use."""
    return _Descriptor(lambda client: Endpoint(client, _loaded(module, name)))


def lazy_async(module: str, name: str) -> Any:
    """An asynchronous endpoint attribute for a request class in a module that is loaded on first use."""
    return _Descriptor(lambda client: AsyncEndpoint(client, _loaded(module, name)))


def owner(module: str, name: str) -> Any:
    """A namespace attribute, of either kind, for a class in a module that is loaded on first use."""
    return _Descriptor(lambda client: _loaded(module, name)(client))  # noqa: PLW0108 - loads when called


def _loaded(module: str, name: str) -> Any:
    return getattr(import_module(module), name)


def _described_by(model: Model) -> str:
    return " ".join((model.slug, model.title, model.summary, *model.categories)).casefold()


def _show_arguments(endpoint: object, build: Callable[..., object]) -> None:
    """Make `help()` and completion show the model's arguments on the endpoint and on each of its verbs."""
    shown = signature(build)
    vars(endpoint)["__signature__"] = shown
    for verb in ("run", "stream", "submit"):
        vars(endpoint)[verb] = _with_signature(getattr(endpoint, verb), shown)


def _with_signature(method: Any, shown: Signature) -> Any:
    if iscoroutinefunction(method):

        @wraps(method)
        async def awaited(*args: Any, **kwargs: Any) -> Any:
            return await method(*args, **kwargs)

        call: Any = awaited
    else:

        @wraps(method)
        def called(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            return method(*args, **kwargs)

        call = called
    call.__signature__ = shown
    return call


def _described(endpoint: object, build: Callable[..., object]) -> str:
    return (
        f"<{type(endpoint).__name__} {binding_of(build).slug}: {getattr(build, '__name__', build)}>"
    )
