"""`@MockWiro()` is in force while what it decorates runs, or says that it cannot be."""

import asyncio
import unittest
from contextlib import asynccontextmanager, contextmanager
from functools import partial

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


def test_a_generator_hears_what_is_sent_and_thrown():
    heard = []

    @MockWiro()
    def talk():
        heard.append((yield start()))
        try:
            yield
        except KeyError as error:
            heard.append(error)
        return "end"

    steps = talk()
    next(steps)
    steps.send("word")
    error = KeyError("x")
    with pytest.raises(StopIteration) as end:
        steps.throw(error)
    assert (heard, end.value.value, is_left()) == (["word", error], "end", True)


def test_an_async_generator_is_mocked_until_it_ends():
    heard = []

    @MockWiro()
    async def talk():
        heard.append((yield start()))
        try:
            yield start()
        except KeyError as error:
            heard.append(error)

    async def main():
        steps = talk()
        assert is_left()
        assert await anext(steps) == "2221"
        assert await steps.asend("word") == "2222"
        error = KeyError("x")
        with pytest.raises(StopAsyncIteration):
            await steps.athrow(error)
        assert (heard, is_left()) == (["word", error], True)
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


class Empty:
    pass


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
