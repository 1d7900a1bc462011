"""Virtual time: sleeping is free, and nobody is overtaken."""

import asyncio

import pytest

from wiromock import MockError
from wiromock.adapter.virtual_time import VirtualClock


async def poll(clock, log, name, interval, times):
    for _ in range(times):
        await clock.sleep_async(interval)
        log.append((round(clock.now(), 6), name))


def test_a_sleeping_thread_moves_the_clock():
    clock = VirtualClock(100.0)
    clock.sleep(180)
    clock.sleep(-1)
    assert (clock.now(), clock.time()) == (180, 280)


def test_fifty_sleepers_side_by_side_take_as_long_as_one():
    clock = VirtualClock()

    async def main():
        await asyncio.gather(*(poll(clock, [], n, 3.0, 60) for n in range(50)))

    asyncio.run(main())
    assert clock.now() == pytest.approx(180)


def test_sleepers_wake_in_the_order_of_their_times():
    clock, log = VirtualClock(), []

    async def main():
        await asyncio.gather(poll(clock, log, "slow", 3, 2), poll(clock, log, "quick", 2, 3))

    asyncio.run(main())
    assert log == [(2, "quick"), (3, "slow"), (4, "quick"), (6, "slow"), (6, "quick")]


def test_time_stands_still_while_there_is_work():
    clock, worked = VirtualClock(), []

    async def work():
        for _ in range(200):
            await asyncio.sleep(0)
            worked.append(clock.now())

    async def main():
        await asyncio.gather(clock.sleep_async(5), work())

    asyncio.run(main())
    assert worked == [0.0] * 200
    assert clock.now() == 5


def test_a_task_that_spins_until_others_wake_is_no_deadlock():
    clock = VirtualClock()

    async def main():
        sleeper = asyncio.create_task(clock.sleep_async(5))
        while not sleeper.done():  # noqa: ASYNC110 - spinning is what is tested
            await asyncio.sleep(0)

    asyncio.run(main())
    assert clock.now() == 5


def test_a_cancelled_sleeper_does_not_move_the_clock():
    clock = VirtualClock()

    async def main():
        sleeper = asyncio.create_task(clock.sleep_async(1000))
        await asyncio.sleep(0)
        sleeper.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sleeper
        await clock.sleep_async(1)

    asyncio.run(main())
    assert clock.now() == 1


def test_one_clock_serves_one_loop_after_another():
    clock = VirtualClock()
    for expected in (5, 10):
        asyncio.run(clock.sleep_async(5))
        assert clock.now() == expected


def test_a_clock_moved_by_hand_wakes_whoever_is_due():
    clock, log = VirtualClock(), []

    async def main():
        sleeper = asyncio.create_task(poll(clock, log, "x", 10, 1))
        await asyncio.sleep(0)
        clock.advance(60)
        await sleeper

    asyncio.run(main())
    assert log == [(60, "x")]


def test_a_loop_that_hides_its_work_is_given_some_turns():
    class HidingLoop(asyncio.SelectorEventLoop):
        def __getattribute__(self, name):
            if name == "_ready" and asyncio._get_running_loop() is self and not self.inside():
                raise AttributeError(name)
            return super().__getattribute__(name)

        def inside(self):
            import sys

            return "asyncio" in sys._getframe(2).f_code.co_filename

    clock, worked = VirtualClock(), []

    async def work():
        for _ in range(10):
            await asyncio.sleep(0)
            worked.append(clock.now())

    async def main():
        await asyncio.gather(clock.sleep_async(5), clock.sleep_async(7), work())

    with asyncio.Runner(loop_factory=HidingLoop) as runner:
        runner.run(main())
    assert (worked, clock.now()) == ([0.0] * 10, 7)


@pytest.mark.parametrize("awaited", [False, True])
def test_a_wait_without_end_ends(awaited):
    clock = VirtualClock(limit=1000)

    async def wait_for_ever():
        while True:
            await clock.sleep_async(10)

    with pytest.raises(
        MockError, match="1010 virtual seconds have passed, more than the 1000 that"
    ):
        asyncio.run(wait_for_ever()) if awaited else [clock.sleep(10) for _ in range(1000)]


def test_a_clock_without_an_engine_knows_no_stages():
    with pytest.raises(MockError, match="this clock follows no engine"):
        VirtualClock().advance_to("task_start", task="1")
