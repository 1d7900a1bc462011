"""`@MockWiro()` is in force while what it decorates runs, or says that it cannot be."""

import asyncio
import sys
import unittest
from contextlib import asynccontextmanager, contextmanager
from functools import cached_property, partial, partialmethod, wraps

import httpx
import pytest

from wiromock import MockError, MockWiro


def start() -> str:
    url = "https://api.wiro.ai/v1/Run/pruna/vace"
    reply = httpx.post(url, json={"prompt": "x"}, headers={"x-api-key": "k"})
    return reply.json()["taskid"]


def is_left() -> bool:
    return MockWiro._entered is None


def test_a_generator_is_mocked_until_it_ends():
    @MockWiro()
    def fixture():
        """Documented."""
        yield start()
        yield start()

    steps = fixture()
    assert is_left()
    assert [next(steps), next(steps)] == ["2221", "2222"]
    assert not is_left()
    assert list(steps) == []
    assert (is_left(), fixture.__doc__) == (True, "Documented.")


def test_a_generator_receives_what_is_sent_and_thrown():
    received = []

    @MockWiro()
    def talk():
        received.append((yield start()))
        try:
            yield
        except KeyError as error:
            received.append(error)
        return "end"

    steps = talk()
    next(steps)
    steps.send("word")
    error = KeyError("x")
    with pytest.raises(StopIteration) as end:
        steps.throw(error)
    assert (received, end.value.value, is_left()) == (["word", error], "end", True)


def test_an_async_generator_is_mocked_until_it_ends():
    received = []

    @MockWiro()
    async def talk():
        received.append((yield start()))
        try:
            yield start()
        except KeyError as error:
            received.append(error)

    async def main():
        steps = talk()
        assert is_left()
        assert await anext(steps) == "2221"
        assert await steps.asend("word") == "2222"
        error = KeyError("x")
        with pytest.raises(StopAsyncIteration):
            await steps.athrow(error)
        assert (received, is_left()) == (["word", error], True)
        early = talk()
        await anext(early)
        await early.aclose()

    asyncio.run(main())
    assert is_left()


@pytest.mark.parametrize("below", [True, False])
def test_a_context_manager_is_mocked_while_it_is_entered(below):
    def body():
        yield start()

    made = contextmanager(MockWiro()(body)) if below else MockWiro()(contextmanager(body))
    with made() as first:
        assert (first, start()) == ("2221", "2222")
    assert is_left()


def test_an_async_context_manager_is_mocked_while_it_is_entered():
    @MockWiro()
    @asynccontextmanager
    async def made():
        yield start()

    async def main():
        async with made() as first:
            assert (first, start()) == ("2221", "2222")

    asyncio.run(main())
    assert is_left()


def test_a_partial_is_a_function():
    assert MockWiro()(partial(lambda number: (number, start()), 1))() == (1, "2221")


def test_the_tests_of_a_class_are_mocked_one_by_one():
    @MockWiro()
    class TestIt(unittest.TestCase):
        def test_first(self):
            assert start() == "2221"

        def test_second(self):
            assert start() == "2221"

        def helper(self):
            return is_left()

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(TestIt).run(result)
    assert (result.testsRun, result.wasSuccessful()) == (2, True)
    assert TestIt("test_first").helper()


class Methods:
    @MockWiro()
    @staticmethod
    def static():
        return start()

    @MockWiro()
    @classmethod
    def of_class(cls):
        return start()

    @MockWiro()
    @staticmethod
    async def awaited():
        return start()

    def numbered(self, number):
        return start()

    partial = MockWiro()(partialmethod(numbered, 1))


@pytest.mark.parametrize("call", ["static", "of_class", "partial"])
def test_methods_of_every_kind_are_functions(call):
    assert getattr(Methods(), call)() == "2221"


def test_an_awaited_static_method_is_a_function():
    assert asyncio.run(Methods.awaited()) == "2221"


def test_what_another_decorator_makes_of_a_generator_stays_what_it_makes():
    def collected(function):
        @wraps(function)
        def collect():
            return list(function())

        return collect

    @MockWiro()
    @collected
    def generator():
        yield start()

    assert generator() == ["2221"]


def decorated_base():
    class Base:
        def test_inherited(self):
            return start()

    @MockWiro()
    class Cases(Base):
        # Python binds one from 3.14 on.
        test_partial = partial(start if sys.version_info < (3, 14) else lambda _: start())

        @staticmethod
        def test_static():
            return start()

        @classmethod
        def test_of_class(cls):
            return start()

        def _with(self, number):
            return start()

        test_with_one = partialmethod(_with, 1)

        class TestInside:
            def test_it(self):
                return start()

    return Base, Cases


class TestWhateverARunnerCallsInAClassIsMocked:
    @pytest.mark.parametrize(
        "name",
        ["test_inherited", "test_partial", "test_static", "test_of_class", "test_with_one"],
    )
    def test_a_test_of_any_kind(self, name):
        _, cases = decorated_base()
        assert getattr(cases(), name)() == "2221"

    def test_a_test_of_a_class_inside(self):
        _, cases = decorated_base()
        assert cases.TestInside().test_it() == "2221"

    def test_the_base_is_left_alone(self):
        base, _ = decorated_base()
        assert "__wrapped__" not in vars(base.test_inherited)

    def test_a_class_below_adds_tests(self):
        _, cases = decorated_base()

        class Below(cases):
            def test_more(self):
                return start()

        assert Below().test_more() == Below().test_inherited() == "2221"

    def test_the_closest_mock_wins(self):
        @MockWiro(balance=1)
        class Cases:
            def test_it(self):
                return MockWiro._entered.ledger.balance

            @MockWiro(balance=2)
            def test_own(self):
                return MockWiro._entered.ledger.balance

        @MockWiro(balance=3)
        class Below(Cases):
            pass

        assert (Cases().test_it(), Cases().test_own()) == (1, 2)
        assert (Below().test_it(), Below().test_own()) == (3, 2)

    def test_a_class_that_watches_its_subclasses_goes_on_to(self):
        seen = []

        @MockWiro()
        class Cases:
            def __init_subclass__(cls, **kwargs):
                super().__init_subclass__(**kwargs)
                seen.append(cls)

            def test_it(self):
                return start()

        class Below(Cases):
            pass

        assert seen == [Below]


class Empty:
    pass


class Base:
    def setup_method(self):
        pass


class InheritsSetUp(Base):
    def test_it(self):
        pass


class Thing:
    def __call__(self):
        pass


class WithThing:
    test_thing = Thing()


class WithSetUp:
    def setup_method(self):
        pass

    def test_it(self):
        pass


class WithFixture:
    @pytest.fixture
    def thing(self):
        pass

    def test_it(self, thing):
        pass


@pytest.mark.parametrize(
    ("target", "complaint"),
    [
        (Empty, "Empty has no method test"),
        (WithSetUp, r"WithSetUp\.setup_method would run without the mock"),
        (WithFixture, r"WithFixture\.thing would run without the mock"),
        (pytest.fixture(lambda: None), r"put @MockWiro\(\) below @pytest\.fixture"),
        (InheritsSetUp, r"InheritsSetUp\.setup_method would run without the mock"),
        (WithThing, r"Thing object at .* cannot be decorated"),
        (cached_property(lambda self: start()), "cached_property object at .* cannot be decorated"),
        (property(lambda self: start()), "property object at .* cannot be decorated"),
        (5, "5 cannot be decorated: MockWiro decorates functions"),
    ],
)
def test_what_would_not_be_mocked_is_refused_by_name(target, complaint):
    with pytest.raises(MockError, match=complaint):
        MockWiro()(target)


def test_what_would_run_after_the_mock_is_left_is_refused_by_name():
    async def later():
        start()

    @MockWiro()
    def returns_a_coroutine():
        return later()

    with (
        pytest.warns(RuntimeWarning, match="never awaited"),
        pytest.raises(MockError, match="returns_a_coroutine returned a coroutine, which would run"),
    ):
        returns_a_coroutine()


@pytest.mark.parametrize("kind", ["map", "_GeneratorContextManager"])
def test_what_goes_on_after_a_function_has_returned_is_refused_by_name(kind):
    @contextmanager
    def manager():
        yield start()

    @MockWiro()
    def returns():
        return map(str, [start()]) if kind == "map" else manager()

    with pytest.raises(MockError, match=f"returns returned a {kind}, which would run after"):
        returns()


def test_a_decorator_without_brackets_gets_an_error_that_shows_how_it_is_written():
    with pytest.raises(MockError, match=r"a decorator is written @MockWiro\(\)"):

        @MockWiro
        def test_it():
            pass
