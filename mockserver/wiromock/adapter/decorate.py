"""A mock as a decorator of whatever runs later: functions, coroutines, generators, classes."""

import inspect
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from functools import partial, wraps
from typing import Any, Final, TypeVar, cast

from wiromock.errors import MockError

C = TypeVar("C", bound=Callable[..., Any])
Make = Callable[[], AbstractContextManager[object]]

_SET_UP: Final = frozenset(
    {"setUp", "asyncSetUp", "setUpClass", "tearDown", "asyncTearDown", "tearDownClass"}
    | {"setup_method", "setup_class", "teardown_method", "teardown_class"}
)
"""What runs beside the tests of a class, where the mock would not be in force."""


def decorate(target: C, make: Make) -> C:
    """Return a function, or a class of tests, around each call of which the mock is entered.

    Args:
        target: a function of any kind, a context manager made of one, or a class with tests.
        make: makes the mock's context manager.

    Raises:
        MockError: it is something else, or the mock could not be in force while it runs.
    """
    if inspect.isclass(target):
        return cast("C", _decorate_class(target, make))
    function: Callable[..., Any] = target
    if _is_fixture(target) or not (inspect.isroutine(function) or _is_partial(function)):
        raise MockError(_refusal(target))
    return cast("C", wraps(function)(_wrap(function, make)))


def _wrap(function: Callable[..., Any], make: Make) -> Callable[..., Any]:
    """Choose the wrapper that is in force while the body of a function runs."""
    origin = inspect.unwrap(function)
    if inspect.isasyncgenfunction(function):
        return _around_async_generator(function, make)
    if inspect.iscoroutinefunction(function):
        return _around_coroutine(function, make)
    if inspect.isgeneratorfunction(function):
        return _around_generator(function, make)
    if inspect.isasyncgenfunction(origin):  # made by `asynccontextmanager`
        return asynccontextmanager(_around_async_generator(origin, make))
    if inspect.isgeneratorfunction(origin):  # made by `contextmanager`
        return contextmanager(_around_generator(origin, make))
    return _around_call(function, make)


def _around_call(function: Callable[..., Any], make: Make) -> Callable[..., Any]:
    def with_mock(*args: Any, **kwargs: Any) -> Any:
        with make():
            result = function(*args, **kwargs)
        if inspect.isawaitable(result) or inspect.isgenerator(result) or inspect.isasyncgen(result):
            name = getattr(function, "__qualname__", repr(function))
            raise MockError(
                f"{name} returned a {type(result).__name__}, which would run after the mock is left; "
                "decorate the async or generator function itself, or use `with MockWiro():` inside"
            )
        return result

    return with_mock


def _around_coroutine(function: Callable[..., Any], make: Make) -> Callable[..., Any]:
    async def with_mock(*args: Any, **kwargs: Any) -> Any:
        with make():
            return await function(*args, **kwargs)

    return with_mock


def _around_generator(function: Callable[..., Any], make: Make) -> Callable[..., Any]:
    def with_mock(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        with make():
            inner: Generator[Any, Any, Any] = function(*args, **kwargs)
            return (yield from inner)

    return with_mock


def _around_async_generator(function: Callable[..., Any], make: Make) -> Callable[..., Any]:
    async def with_mock(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        with make():
            inner = function(*args, **kwargs)
            step = anext(inner)
            while True:
                try:
                    value = await step
                except StopAsyncIteration:
                    return
                try:
                    step = inner.asend((yield value))
                except GeneratorExit:
                    await inner.aclose()
                    raise
                except BaseException as error:  # noqa: BLE001 - it belongs to the inner generator
                    step = inner.athrow(error)

    return with_mock


def _decorate_class(target: type, make: Make) -> type:
    """Decorate the tests of a class, in place.

    Raises:
        MockError: it has none, or something beside them that would run without the mock.
    """
    members: dict[str, object] = dict(vars(target))
    fixtures = {name for name, value in members.items() if _is_fixture(value)}
    beside = sorted(fixtures | (_SET_UP & members.keys()))
    if beside:
        raise MockError(
            f"{target.__qualname__}.{beside[0]} would run without the mock, which is entered around each "
            "test; use the fixture wiro_mock, or `with MockWiro():` where it is needed"
        )
    tests = list(_tests(target))
    if not tests:
        raise MockError(f"{target.__qualname__} has no method test*, so there is nothing to mock")
    for name, method in tests:
        setattr(target, name, decorate(method, make))
    return target


def _tests(target: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, value in vars(target).items():
        if name.startswith("test") and inspect.isfunction(value):
            yield name, value


def _is_partial(value: object) -> bool:
    return isinstance(value, partial)


def _is_fixture(value: object) -> bool:
    """Return whether something is a fixture of pytest, which need not be installed."""
    return type(value).__module__.startswith("_pytest.fixtures")


def _refusal(target: object) -> str:
    if _is_fixture(target):
        return "put @MockWiro() below @pytest.fixture, so that it decorates the function"
    return (
        f"{target!r} cannot be decorated: MockWiro decorates functions, coroutine functions, generator "
        "functions, context managers made by contextlib, and classes with tests"
    )
