"""Whoever waits for a change hears of it, also of one that came between the last look and the wait."""

import asyncio
import json
import math
from threading import Thread

import httpx
import pytest

from wiromock import MockWiro, Success
from wiromock.adapter.notifier import Notifier, Stopped
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


def _from_a_thread(work):
    thread = Thread(target=work)
    thread.start()
    thread.join(timeout=SECONDS)
    assert not thread.is_alive()


def _run(waiting):
    return asyncio.run(asyncio.wait_for(waiting, SECONDS))


class TestUntil:
    def test_a_change_between_look_and_wait_ends_the_wait(self, notifier):
        async def wait():
            seen = notifier.version
            _from_a_thread(notifier.notify)
            await notifier.until(None, seen)

        _run(wait())

    def test_a_change_during_the_wait_ends_it(self, notifier):
        async def wait():
            waiting = asyncio.ensure_future(notifier.until(math.inf, notifier.version))
            await asyncio.sleep(0)
            _from_a_thread(notifier.notify)
            await waiting

        _run(wait())

    def test_a_change_that_was_seen_ends_none(self, notifier):
        async def wait():
            notifier.notify()
            waiting = asyncio.ensure_future(notifier.until(None, notifier.version))
            for _ in range(20):
                await asyncio.sleep(0)
            assert not waiting.done()
            notifier.notify()
            await waiting

        _run(wait())

    def test_one_change_ends_the_waits_of_all_loops(self, notifier):
        started = []

        def wait_in_a_loop():
            async def wait():
                seen = notifier.version
                started.append(True)
                await notifier.until(None, seen)

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

    def test_a_loop_that_is_closed_disturbs_nobody(self, notifier):
        async def give_up():
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(notifier.until(None, notifier.version), 0)
            notifier._event(notifier.version)

        asyncio.run(give_up())
        notifier.notify()


@pytest.mark.parametrize("how", ["until", "stopped"])
def test_an_end_that_comes_before_the_wait_ends_it(notifier, how):
    async def wait():
        register = notifier._event

        def stopped_meanwhile(seen):
            _from_a_thread(notifier.stop)
            return register(seen)

        notifier._event = stopped_meanwhile
        with pytest.raises(Stopped):
            await (notifier.stopped() if how == "stopped" else notifier.until(None, 0))

    _run(wait())


def test_a_task_that_is_let_go_at_the_worst_moment_is_heard_of(monkeypatch):
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
