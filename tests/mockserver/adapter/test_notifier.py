"""Whoever waits for a change is woken by it, also by one that came between the last look and the wait."""

import asyncio
import json
import math
from collections import Counter
from threading import Thread

import httpx
import pytest

from wiromock import MockWiro, Success
from wiromock.adapter.notifier import Notifier, Stopped, Watch
from wiromock.engine.connection import Connection

SECONDS = 60
"""Real seconds in which a wait that was never woken fails instead of going on for ever."""


class StillClock:
    """Nobody moves it, so that only a change can end a wait."""

    def time(self):
        return 0.0

    async def sleep_async(self, seconds):
        await asyncio.Event().wait()


@pytest.fixture
def notifier():
    return Notifier(StillClock())


@pytest.fixture
def watch(notifier):
    return notifier.watch()


@pytest.fixture(params=["here", "for all"])
def change(request, notifier, watch):
    """Reports a change that has to wake the watch."""
    return watch.notify if request.param == "here" else notifier.notify


def _from_a_thread(work):
    thread = Thread(target=work)
    thread.start()
    thread.join(timeout=SECONDS)
    assert not thread.is_alive()


async def _turn():
    """Let everything happen that can."""
    for _ in range(20):
        await asyncio.sleep(0)


def _run(waiting):
    return asyncio.run(asyncio.wait_for(waiting, SECONDS))


class TestUntil:
    def test_a_change_between_look_and_wait_ends_the_wait(self, watch, change):
        async def wait():
            seen = watch.version
            _from_a_thread(change)
            await watch.until(None, seen)

        _run(wait())

    def test_a_change_during_the_wait_ends_it(self, watch, change):
        async def wait():
            waiting = asyncio.ensure_future(watch.until(math.inf, watch.version))
            await asyncio.sleep(0)
            _from_a_thread(change)
            await waiting

        _run(wait())

    def test_a_change_that_was_seen_ends_none(self, watch, change):
        async def wait():
            change()
            waiting = asyncio.ensure_future(watch.until(None, watch.version))
            await _turn()
            assert not waiting.done()
            change()
            await waiting

        _run(wait())

    def test_a_change_elsewhere_ends_none(self, notifier, watch):
        async def wait():
            waiting = asyncio.ensure_future(watch.until(None, watch.version))
            await asyncio.sleep(0)
            notifier.watch().notify()
            await _turn()
            assert not waiting.done()
            watch.notify()
            await waiting

        _run(wait())

    def test_one_change_ends_all_waits_at_a_watch(self, watch, change):
        async def wait():
            seen = watch.version
            waiting = asyncio.gather(*(watch.until(None, seen) for _ in range(5)))
            await _turn()
            change()
            await waiting

        _run(wait())

    @pytest.mark.parametrize("watches", ["one watch", "a watch each"])
    def test_one_change_ends_the_waits_of_all_loops(self, notifier, watch, watches):
        started = []

        def wait_in_a_loop():
            async def wait():
                place = watch if watches == "one watch" else notifier.watch()
                seen = place.version
                started.append(True)
                await place.until(None, seen)

            _run(wait())

        threads = [Thread(target=wait_in_a_loop) for _ in range(8)]
        for thread in threads:
            thread.start()
        while len(started) < len(threads):
            pass
        notifier.notify()
        for thread in threads:
            thread.join(timeout=SECONDS)
        assert not any(thread.is_alive() for thread in threads)

    def test_a_loop_that_is_closed_disturbs_nobody(self, watch, change):
        async def give_up():
            watch._enter(watch.version)

        asyncio.run(give_up())
        change()

    def test_who_waits_no_longer_is_not_remembered(self, notifier, watch):
        async def give_up():
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(watch.until(None, watch.version), 0.001)

        asyncio.run(give_up())
        assert (notifier._waiting, watch._waiters) == (set(), set())


@pytest.mark.parametrize("how", ["until", "stopped"])
def test_an_end_that_comes_before_the_wait_ends_it(notifier, watch, how, monkeypatch):
    async def wait():
        enter = Watch._enter

        def stopped_meanwhile(self, seen):
            _from_a_thread(notifier.stop)
            return enter(self, seen)

        monkeypatch.setattr(Watch, "_enter", stopped_meanwhile)
        with pytest.raises(Stopped):
            await (watch.stopped() if how == "stopped" else watch.until(None, 0))

    _run(wait())


def test_changes_from_many_threads_are_all_noticed(notifier):
    """Whoever looks and then waits, again and again, has seen the last change in the end, whichever way it came."""
    state, rounds = Counter(), 300

    async def follow(watch, name):
        while True:
            seen = watch.version
            if state[name] == rounds:
                return
            await watch.until(None, seen)

    def change(watch, name):
        for at in range(rounds):
            state[name] += 1
            (notifier if at % 3 == 0 else watch).notify()

    async def main():
        watches = {str(name): notifier.watch() for name in range(4)}
        threads = [Thread(target=change, args=(watch, name)) for name, watch in watches.items()]
        following = asyncio.gather(*(follow(watch, name) for name, watch in watches.items()))
        await asyncio.sleep(0)
        for thread in threads:
            thread.start()
        await following
        for thread in threads:
            thread.join(timeout=SECONDS)

    _run(main())


def test_a_task_that_is_released_at_the_worst_moment_is_noticed(monkeypatch):
    """Another thread releases it after the socket has looked, and before it waits."""

    async def listen():
        async with MockWiro() as wiro, httpx.AsyncClient() as http:
            wiro.on("pruna/vace").then(Success(hold_at="task_queue"))
            run = {"json": {"prompt": "a deer"}, "headers": {"x-api-key": "any"}}
            reply = await http.post("https://api.wiro.ai/v1/Run/pruna/vace", **run)
            started = reply.json()
            socket = await wiro.sockets.connect_async("wss://socket.wiro.ai/v1", 10)
            said = {"type": "task_info", "tasktoken": started["socketaccesstoken"]}
            await socket.send(json.dumps(said))
            assert '"task_queue"' in await socket.receive(10)
            look = Connection.next_at

            def released_meanwhile(connection):
                planned = look(connection)
                if planned is None:
                    _from_a_thread(lambda: wiro.release(started["taskid"]))
                return planned

            monkeypatch.setattr(Connection, "next_at", released_meanwhile)
            return await socket.receive(1000), wiro.clock.now()

    frame, now = _run(listen())
    assert '"task_accept"' in frame
    assert now < 10
