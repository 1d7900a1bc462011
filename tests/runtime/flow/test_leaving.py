"""Leaving at any moment: no thread stays, no half file stays, and what became of the task is said."""

import asyncio
import contextlib
import itertools
import signal
import sys
import threading

import pytest

from runtime.clocks import FakeClock
from runtime.local_server import Handler, serve
from runtime.models import Vace
from runtime.replies import DONE, RUN_REPLY, detail
from runtime.script import Script
from runtime.waiting import TIMEOUT, await_until
from wiro_runtime import AsyncClient, Client, errors
from wiro_runtime.config import read_config
from wiro_runtime.flow.calls import Calls
from wiro_runtime.flow.effect import Send
from wiro_runtime.flow.options import CallOptions
from wiro_runtime.seam import clock
from wiro_runtime.task.snapshot import TaskSnapshot

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

UPLOADED = {"result": True, "list": [{"id": "1", "url": "https://file/1"}]}


@pytest.fixture(autouse=True)
def ctrl_c_raises():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def interrupted(condition):
    """Press Ctrl-C as soon as a condition has become true, which holds until then."""
    main = threading.main_thread().ident
    left = threading.Event()

    def press() -> None:
        if await_until(lambda: condition() or left.is_set()) and not left.is_set():
            signal.pthread_kill(main, signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    try:
        yield
    finally:
        left.set()
        thread.join()


@pytest.fixture
def threads_left():
    """Returns which threads of the client's a call has left behind; those of other tests do not count."""
    before = set(threading.enumerate())

    def threads_left() -> list[str]:
        return [
            thread.name
            for thread in threading.enumerate()
            if thread not in before and thread.name.startswith("wiro")
        ]

    return threads_left


class BlockingClock(FakeClock):
    """Sleep takes no time, except that the first one may block until it is interrupted."""

    def __init__(self, *, blocks_first: bool) -> None:
        super().__init__()
        self.blocks_first = blocks_first
        self.is_asleep = threading.Event()

    def sleep(self, seconds: float, /) -> None:
        if self.blocks_first and not self.is_asleep.is_set():
            self.is_asleep.set()
            threading.Event().wait(TIMEOUT)
        super().sleep(seconds)


def silent_for(path: str):
    """A platform that never answers one path."""

    def answer(handler: Handler) -> None:
        if handler.path.startswith(path):
            handler.hold()
        if handler.path.startswith("/v1/Run"):
            handler.json(RUN_REPLY)
        elif handler.path == "/v1/File/Upload":
            handler.json(UPLOADED)
        elif handler.server.count("/v1/Task/Kill"):
            handler.json(detail("task_cancel"))
        else:
            handler.json(detail("task_start"))

    return answer


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/v1/File/Upload", None),  # nothing was started
        ("/v1/Run", "may have been sent; whether the platform started a task"),
        ("/v1/Task/Detail", 'client.attach(Vace, id="2221")'),
        ("asleep before a look", 'client.attach(Vace, id="2221")'),
    ],
)
def test_ctrl_c_says_what_became_of_the_run(path, words, threads_left):
    blocking = BlockingClock(blocks_first=not path.startswith("/v1"))
    with serve(silent_for(path)) as server, clock.use(blocking):
        client = Client("key", base_url=f"{server.url}/v1", tracking="polling")
        request = Vace(prompt="x", input_image=[("a.png", b"1"), ("b.png", b"2"), ("c.png", b"3")])
        with (
            interrupted(lambda: server.count(path) or blocking.is_asleep.is_set()),
            pytest.raises(KeyboardInterrupt) as caught,
        ):
            client.run(request)
        client.close()
        assert server.count("/v1/Run") <= 1
    notes = " ".join(getattr(caught.value, "__notes__", []))
    assert (words or "") in notes
    assert bool(words) == bool(notes)
    assert threads_left() == []


def test_ctrl_c_may_stop_the_task():
    blocking = BlockingClock(blocks_first=True)
    with serve(silent_for("nothing")) as server, clock.use(blocking):
        client = Client("key", base_url=f"{server.url}/v1", tracking="polling")
        with interrupted(blocking.is_asleep.is_set), pytest.raises(KeyboardInterrupt):
            client.run(Vace(prompt="x"), on_abandon="cancel")
        client.close()
        assert server.count("/v1/Task/Kill") == 1


def endless(handler: Handler) -> None:
    """Files that never end."""
    handler.raw(b"x", length=10**9)
    with contextlib.suppress(OSError):
        handler.drip(b"x" * 3000, seconds=0.02)  # a minute


def finished(url: str, count: int) -> TaskSnapshot:
    outputs = [{"name": f"{n}.png", "url": f"{url}/{n}.png"} for n in range(count)]
    return TaskSnapshot.from_wire(
        {"id": "1", "status": "task_postprocess_end", "pexit": "0", "outputs": outputs}
    )


def test_ctrl_c_ends_all_transfers_at_once_and_leaves_no_file(tmp_path, threads_left):
    from wiro_runtime.client.outputs import Outputs

    with serve(endless) as server:
        client = Client("key", base_url=f"{server.url}/v1")
        outputs = Outputs(finished(server.url, 8), client._driver.perform)
        with interrupted(lambda: len(server.seen) >= 4), pytest.raises(KeyboardInterrupt):
            outputs.save(tmp_path)
        assert threads_left() == []
        assert list(tmp_path.iterdir()) == []
        client.close()


def test_one_failure_ends_the_other_transfers_and_leaves_no_file(tmp_path, threads_left):
    from wiro_runtime.client.outputs import Outputs

    def answer(handler: Handler) -> None:
        if handler.path == "/2.png":
            handler.json({}, 404)
        else:
            endless(handler)

    with serve(answer) as server, Client("key", base_url=f"{server.url}/v1") as client:
        with pytest.raises(errors.DownloadFailed, match="HTTP 404"):
            Outputs(finished(server.url, 4), client._driver.perform).save(tmp_path)
        assert threads_left() == []
        assert list(tmp_path.iterdir()) == []


def test_cancelling_ends_all_awaited_transfers_and_leaves_no_file(tmp_path):
    from wiro_runtime.client.outputs import AsyncOutputs

    four = threading.Event()

    def answer(handler: Handler) -> None:
        if len(handler.server.seen) == 4:
            four.set()
        endless(handler)

    async def main(server) -> None:
        async with AsyncClient("key", base_url=f"{server.url}/v1") as client:
            saving = asyncio.create_task(
                AsyncOutputs(finished(server.url, 8), client._driver.perform).save(tmp_path)
            )
            await asyncio.to_thread(four.wait, TIMEOUT)
            saving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await saving
            assert len(asyncio.all_tasks()) == 1

    with serve(answer) as server:
        asyncio.run(main(server))
    assert list(tmp_path.iterdir()) == []


def test_files_are_saved_several_at_a_time_and_named_in_their_order(tmp_path):
    from wiro_runtime.client.outputs import Outputs

    together = threading.Barrier(4, timeout=TIMEOUT)

    def answer(handler: Handler) -> None:
        together.wait()
        handler.raw(handler.path.encode())

    with serve(answer) as server, Client("key", base_url=f"{server.url}/v1") as client:
        task = finished(server.url, 8)
        seen = []
        paths = Outputs(task, client._driver.perform).save(tmp_path, on_progress=seen.append)
    assert [path.name for path in paths] == [f"{n}.png" for n in range(8)]
    assert [path.read_bytes() for path in paths] == [f"/{n}.png".encode() for n in range(8)]
    assert {saving.output.name for saving in seen} == {path.name for path in paths}


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_an_output_is_read_into_memory(kind):
    from wiro_runtime.client.outputs import AsyncOutputs, Outputs

    async def main(url: str) -> bytes:
        async with AsyncClient("key", base_url=f"{url}/v1") as client:
            return await AsyncOutputs(finished(url, 1), client._driver.perform)[0].read()

    with serve(lambda handler: handler.raw(b"content")) as server:
        if kind == "async":
            assert asyncio.run(main(server.url)) == b"content"
        else:
            with Client("key", base_url=f"{server.url}/v1") as client:
                assert (
                    Outputs(finished(server.url, 1), client._driver.perform)[0].read() == b"content"
                )


class InterruptedAt(Script):
    """Presses Ctrl-C at one effect, before or after it is performed."""

    def __init__(self, moment: int, *, after: bool) -> None:
        super().__init__(UPLOADED, RUN_REPLY, *[detail("task_start")] * 3, *[DONE] * 20)
        self.moment = moment
        self.after = after
        self.last: object = None

    def _answer(self, effect):
        self.moment -= 1
        if self.moment != -1:
            return super()._answer(effect)
        self.last = effect
        if self.after:
            super()._answer(effect)
        raise KeyboardInterrupt


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("leaving", ["detach", "cancel"])
def test_at_every_single_step_it_is_said_what_became_of_the_run(leaving, after):
    calls = Calls(read_config(api_key="key", tracking="polling"))
    request = Vace(prompt="x", input_image=("a.png", b"1"))
    emitted = []
    for moment in itertools.count():
        script = InterruptedAt(moment, after=after)
        options = CallOptions(deadline=600.0, on_event=emitted.append, on_abandon=leaving)
        flow = calls.run(request, options)
        try:
            script.run(flow)
        except KeyboardInterrupt as caught:
            notes = " ".join(getattr(caught, "__notes__", []))
        else:
            break
        in_flight = isinstance(script.last, Send) and script.last.path.startswith("Run/")
        started = "Run/pruna/vace" in script.sent and not in_flight
        # Said a step too early rather than too late, but never of a run that is known to have started.
        assert ("may have been sent" in notes) or not in_flight, script.last
        assert not (started and "may have been sent" in notes), script.last
        # A task that was asked to stop may be over by then, and nothing is left to resume.
        assert ("client.attach(" in notes) or not started or leaving == "cancel", script.last
        assert script.sent.count("Run/pruna/vace") <= 1
    assert moment > 10
    assert emitted
