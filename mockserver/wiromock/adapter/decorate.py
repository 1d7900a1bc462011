"""A mock as a decorator of whatever runs later: functions, coroutines, generators, methods, classes.

Whatever it cannot be in force for is refused by name: a test that runs without it would reach the real
platform, with a real key.
"""

import contextlib
import inspect
import sys
import sysconfig
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from functools import partial, partialmethod, wraps
from typing import Any, Final, TypeVar, cast
from weakref import WeakSet

from wiromock.argument import show
from wiromock.errors import MockError

C = TypeVar("C", bound=Callable[..., Any])
Make = Callable[[], AbstractContextManager[object]]

_SET_UP: Final = frozenset(
    {"setUp", "asyncSetUp", "setUpClass", "tearDown", "asyncTearDown", "tearDownClass"}
    | {"setup_method", "setup_class", "teardown_method", "teardown_class"}
)
"""What runs around the tests of a class, where the mock would not be in force."""

_LIBRARIES: Final = tuple(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib"))

_wrappers: WeakSet[Callable[..., Any]] = WeakSet()
"""What was made here."""

_of_classes: WeakSet[Callable[..., Any]] = WeakSet()
"""Those of them that a class was decorated for. Of several mocks for a test the closest wins."""


def decorate(target: C, make: Make) -> C:
    """Return a function, or a class of tests, around each call of which the mock is entered.

    Args:
        target: a function or method of any kind, a context manager made of one, or a class with tests.
        make: makes the mock's context manager.

    Raises:
        MockError: it is something else, or the mock could not be in force while it runs.
    """
    if inspect.isclass(target):
        return cast("C", _decorate_class(target, make))
    given: Any = target
    if _is_method(given):
        return cast("C", _decorate_method(given, make))
    if _is_fixture(target) or not _runs_later(given):
        raise MockError(_refusal(target))
    wrapper = wraps(given)(_wrap(given, make))
    _wrappers.add(wrapper)
    return cast("C", wrapper)


def _decorate_method(given: Any, make: Make) -> object:
    kind: Callable[..., object] = given.__class__
    if isinstance(given, partialmethod):
        return kind(decorate(given.func, make), *given.args, **given.keywords)
    return kind(decorate(given.__func__, make))


def _is_method(value: object) -> bool:
    """Return whether something becomes a method when it is read from its class."""
    return isinstance(value, staticmethod | classmethod | partialmethod)


def _runs_later(value: object) -> bool:
    # What is a routine to `inspect`, but not callable, is read as an attribute: `cached_property`.
    return isinstance(value, partial) or (inspect.isroutine(value) and callable(value))


def _wrap(function: Callable[..., Any], make: Make) -> Callable[..., Any]:
    """Choose the wrapper that is in force while the body of a function runs."""
    is_manager = getattr(function, "__globals__", None) is vars(contextlib)
    origin = inspect.unwrap(function) if is_manager else function
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
        if _goes_on(result):
            name = getattr(function, "__qualname__", repr(function))
            raise MockError(
                f"{name} returned a {type(result).__name__}, which would run after the mock is left; "
                "decorate the async or generator function itself, or use `with MockWiro():` inside"
            )
        return result

    return with_mock


def _goes_on(result: object) -> bool:
    """Return whether what a function has returned is still to run."""
    is_lazy = inspect.isgenerator(result) or inspect.isasyncgen(result)
    is_manager = type(result).__module__ == "contextlib"
    return is_lazy or is_manager or isinstance(result, map | filter) or inspect.isawaitable(result)


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
    """Decorate the tests of a class, in place: its own, those of its bases, those of classes inside it.

    Raises:
        MockError: it has none, or something around them that would run without the mock.
    """
    beside = min(_beside(target), default=None)
    if beside is not None:
        raise MockError(
            f"{target.__qualname__}.{beside} would run without the mock, which is entered around each "
            "test; use the fixture wiro_mock, or `with MockWiro():` where it is needed"
        )
    tests = dict(_tests(target))
    if not tests:
        raise MockError(f"{target.__qualname__} has no method test*, so there is nothing to mock")
    for name, test in tests.items():
        if inspect.isclass(test):
            _decorate_class(test, make)
        else:
            _decorate_test(target, name, test, make)
    _follow_subclasses(target, make)
    return target


def _decorate_test(target: type, name: str, test: Any, make: Make) -> None:
    function = getattr(test, "__func__", test)
    if function in _wrappers and function not in _of_classes:
        return  # it has a mock of its own
    method: Any = decorate(function.__wrapped__ if function in _of_classes else function, make)
    _of_classes.add(getattr(method, "func", method))
    if isinstance(test, classmethod):
        method = classmethod(method)
    elif isinstance(test, staticmethod) or not _is_bound(test):
        method = staticmethod(method)
    setattr(target, name, method)


def _is_bound(test: object) -> bool:
    """Return whether reading it from an instance binds it to that instance; of a `partial`, from Python 3.14 on."""
    if isinstance(test, partial):
        return sys.version_info >= (3, 14)
    return hasattr(test, "__get__")


def _follow_subclasses(target: type, make: Make) -> None:
    """Decorate the tests that a subclass adds, too."""
    owner: Any = target
    own = vars(target).get("__init_subclass__")

    def follow(cls: type, /, **kwargs: Any) -> None:
        if own is None:
            super(owner, cls).__init_subclass__(**kwargs)
        else:
            own.__func__(cls, **kwargs)
        _decorate_class(cls, make)

    owner.__init_subclass__ = classmethod(follow)


def _members(target: type) -> Iterator[tuple[str, object]]:
    """What a class has by any of its bases, as it stands there; of bases that are a library's, nothing."""
    seen: set[str] = set()
    for owner in target.__mro__:
        if not _is_of_library(owner):
            yield from ((name, value) for name, value in vars(owner).items() if name not in seen)
        seen |= vars(owner).keys()


def _is_of_library(owner: type) -> bool:
    file = getattr(sys.modules.get(owner.__module__), "__file__", None)
    return owner is object or (file is not None and file.startswith(_LIBRARIES))


def _beside(target: type) -> Iterator[str]:
    """What runs around the tests."""
    for name, value in _members(target):
        if name in _SET_UP or _is_fixture(value):
            yield name


def _tests(target: type) -> Iterator[tuple[str, Any]]:
    """What runners call, by the names that they go by; a class inside is one of its tests."""
    for name, value in _members(target):
        if inspect.isclass(value):
            is_inside = value.__qualname__.startswith(f"{target.__qualname__}.")
            is_test = is_inside and name.startswith("Test")
        else:
            is_test = name.startswith("test") and (_is_method(value) or callable(value))
        if is_test:
            yield name, value


def _is_fixture(value: object) -> bool:
    """Return whether something is a fixture of pytest, which need not be installed."""
    return type(value).__module__.startswith("_pytest.fixtures")


def _refusal(target: object) -> str:
    if _is_fixture(target):
        return "put @MockWiro() below @pytest.fixture, so that it decorates the function"
    return (
        f"{show(target, 200)} cannot be decorated: MockWiro decorates functions, coroutine functions, generator "
        "functions, methods, context managers made by contextlib, and classes with tests"
    )
