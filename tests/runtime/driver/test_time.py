"""Under a clock that is frozen or patched, in any event loop, a run ends or says why it cannot."""

import asyncio
import subprocess
import sys
import time

import httpx
import pytest
from freezegun import freeze_time

from runtime.models import Vace
from runtime.platform_double import Platform
from runtime.replies import DONE, RUN_REPLY, detail
from runtime.waiting import TIMEOUT
from wiro_runtime import AsyncClient, errors
from wiro_runtime.driver.loops import is_frozen
from wiro_runtime.seam.clock import SystemClock

QUEUED = detail("task_queue")


@pytest.fixture
def no_pauses(monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda _: None)


def test_a_blocking_run_ends_in_frozen_time():
    client = Platform(Run_pruna_vace=RUN_REPLY, Task_Detail=DONE).client()
    with freeze_time("2026-01-01"):
        assert client.run(Vace(prompt="x"), tracking="polling").task.id == "2221"


def test_a_deadline_passes_in_frozen_time():
    client = Platform(Run_pruna_vace=RUN_REPLY, Task_Detail=QUEUED).client()
    with freeze_time("2026-01-01"), pytest.raises(errors.DeadlineExceeded):
        client.run(Vace(prompt="x"), tracking="polling", deadline=0.2)


def test_a_deadline_passes_where_pauses_are_patched_away(no_pauses):
    client = Platform(Run_pruna_vace=RUN_REPLY, Task_Detail=QUEUED).client()
    with pytest.raises(errors.DeadlineExceeded):
        client.run(Vace(prompt="x"), tracking="polling", deadline=0.2)


LATE = """
import sys, time
from unittest import mock
import httpx
from freezegun import freeze_time
from wiro_runtime import Client, MediaRequest, errors

REPLY = {"result": True, "taskid": "1", "socketaccesstoken": "t"}
TASK = {"id": "1", "socketaccesstoken": "t", "status": "task_queue"}

def answer(request):
    looks = {**REPLY, "tasklist": [TASK]}
    return httpx.Response(200, json=REPLY if "/Run/" in request.url.path else looks)

class Model(MediaRequest, model="a/b"):
    pass

own = httpx.Client(transport=httpx.MockTransport(answer))
patched = {
    "frozen": lambda: freeze_time("2026-01-01"),
    "patched": lambda: mock.patch("time.monotonic", return_value=0.0),
}
assert "wiro_runtime.seam.clock" not in sys.modules, "it is loaded before the clock is patched"
with patched[sys.argv[1]]():
    try:
        Client("key", http_client=own).run(Model(), tracking="polling", deadline=0.2)
    except errors.DeadlineExceeded as late:
        print(late.task.id)
"""


@pytest.mark.parametrize("clock", ["frozen", "patched"])
def test_a_deadline_passes_where_the_clock_was_patched_before_it_was_needed(clock):
    """Modules are loaded with their first use, and that may be inside of a test's frozen time."""
    command = [sys.executable, "-c", LATE, clock]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT)
    assert (done.stdout, done.returncode) == ("1\n", 0), done.stderr


def run_in_asyncio(**frozen):
    platform = Platform(Run_pruna_vace=RUN_REPLY, Task_Detail=DONE)

    async def main():
        with freeze_time("2026-01-01", **frozen):
            return await platform.async_client().run(Vace(prompt="x"), tracking="polling")

    return asyncio.run(main())


def test_a_frozen_event_loop_is_reported_and_the_task_named():
    with pytest.raises(errors.ConfigurationError, match="real_asyncio=True") as caught:
        run_in_asyncio()
    assert (caught.value.task.id, caught.value.billed) == ("2221", None)


def test_an_event_loop_of_its_own_time_goes_on():
    assert run_in_asyncio(real_asyncio=True).task.id == "2221"


def test_a_loop_that_goes_on_is_not_frozen():
    async def main():
        return is_frozen(asyncio.get_running_loop(), SystemClock())

    assert not asyncio.run(main())


def test_without_asyncio_the_asynchronous_client_says_what_to_do():
    """As under trio, whose coroutines nobody of asyncio drives."""
    client = AsyncClient("key", http_client=httpx.AsyncClient())
    coroutine = client.run(Vace(prompt="x"))
    with pytest.raises(errors.ConfigurationError, match="trio"):
        coroutine.send(None)
