"""Every fault under every operation: a typed error or a recovery, in time, and no run is paid twice.

Sync and async, over real sockets and over a transport in process. Pauses between attempts are noted and
not slept; the waits for the network are real.
"""

import asyncio
import time

import httpx
import pytest

from runtime.faults import FAULTS, PNG, InProcess, Plan, over_sockets
from runtime.models import Vace
from runtime.waiting import TIMEOUT, fail_once_sent
from wiro_runtime import AsyncClient, Client, TaskSnapshot, errors
from wiro_runtime.client.outputs import AsyncOutputs, Outputs
from wiro_runtime.seam import clock

SLOW = ("silence", "drip headers", "drip body")
NEVER_SENT = ("refused", "tls")
ALL = (*NEVER_SENT, *FAULTS)
LOST = ("reset", "no reply", "truncated", "garbage")

DEADLINE = 0.3
"""Of the calls under a fault that lasts for minutes."""
IN_TIME = 60.0
"""Seconds after it that only a call takes which its deadline does not end, on whatever machine; the 0.2 s of the
promise are measured in `benchmarks/`."""
HTTP_TIMEOUT = 300.0
"""Seconds for one exchange, so that it is not this that ends a call."""


class Stopwatch:
    """Started right before the call that is to fail."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    def start(self) -> None:
        self.began = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began


class Operation:
    def __init__(self, path: str, status: str = "task_queue") -> None:
        self.path = path
        self.status = status


OPERATIONS = {
    "Run": Operation("/v1/Run/"),
    "Detail": Operation("/v1/Task/Detail"),
    "Cancel": Operation("/v1/Task/Cancel"),
    "Kill": Operation("/v1/Task/Kill", "task_start"),
    "Upload": Operation("/v1/File/Upload"),
    "download": Operation("/0.png"),
}


# What a read says of each fault; what another operation says otherwise is below.
READ = {
    **dict.fromkeys(SLOW, errors.DeadlineExceeded),
    **dict.fromkeys(NEVER_SENT, errors.ConnectionFailed),
    **dict.fromkeys(LOST, errors.ConnectionLost),
    **dict.fromkeys(("empty", "invalid json"), errors.UnexpectedReply),
    **dict.fromkeys(("408", "500", "502", "503", "504"), errors.ServerError),
    **dict.fromkeys(("429 seconds", "429 date"), errors.RateLimited),
    "401": errors.AuthenticationFailed,
    "404": errors.NotFound,
}
UNCLEAR = (*LOST, "empty", "invalid json", "408", "500", "502", "503", "504")
EXPECTED = {
    "Run": READ | dict.fromkeys((*SLOW, *UNCLEAR), errors.SubmissionUnknown),
    "Detail": READ,
    "Cancel": READ,
    "Kill": READ,
    "Upload": READ | dict.fromkeys((*NEVER_SENT, *UNCLEAR), errors.UploadFailed),
    "download": dict.fromkeys(ALL, errors.DownloadFailed)
    | dict.fromkeys(SLOW, errors.DeadlineExceeded),
}


class SleeplessClock(clock.SystemClock):
    """Real time, in which only the network is waited for."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def sleep(self, seconds: float, /) -> None:
        self.slept.append(seconds)

    async def sleep_async(self, seconds: float, /) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def sleepless():
    with clock.use(SleeplessClock()) as sleepless:
        yield sleepless


def finished(url: str) -> TaskSnapshot:
    output = {"name": "0.png", "size": str(len(PNG)), "url": f"{url}/0.png"}
    facts = {"status": "task_postprocess_end", "pexit": "0", "outputs": [output]}
    return TaskSnapshot.from_wire({"id": "2221", **facts})


def blocking(operation: str, url: str, folder, http_client, deadline: float, watch: Stopwatch):  # noqa: PLR0917 - one cell
    settings = {"http_timeout": HTTP_TIMEOUT, "deadline": deadline, "tracking": "polling"}
    with Client("key", base_url=f"{url}/v1", http_client=http_client, **settings) as client:
        watch.start()
        match operation:
            case "Run":
                return client.submit(Vace(prompt="x"))
            case "Detail":
                return client.tasks.get(id="2221")
            case "Cancel" | "Kill":
                task = client.attach(Vace, id="2221")
                watch.start()
                return task.cancel()
            case "Upload":
                return client.files.upload(("a.png", b"content"))
            case _:
                return Outputs(finished(url), client._driver.perform, deadline).save(folder)


def awaited(operation: str, url: str, folder, http_client, deadline: float, watch: Stopwatch):  # noqa: PLR0917 - one cell
    settings = {"http_timeout": HTTP_TIMEOUT, "deadline": deadline, "tracking": "polling"}

    async def main():
        async with AsyncClient(
            "key", base_url=f"{url}/v1", http_client=http_client, **settings
        ) as client:
            watch.start()
            match operation:
                case "Run":
                    return await client.submit(Vace(prompt="x"))
                case "Detail":
                    return await client.tasks.get(id="2221")
                case "Cancel" | "Kill":
                    task = await client.attach(Vace, id="2221")
                    watch.start()
                    return await task.cancel()
                case "Upload":
                    return await client.files.upload(("a.png", b"content"))
                case _:
                    return await AsyncOutputs(finished(url), client._driver.perform, deadline).save(
                        folder
                    )

    return asyncio.run(main())


def perform(kind, network, plan: Plan, operation, folder, deadline, watch=None):  # noqa: PLR0917 - one cell
    watch = watch or Stopwatch()
    call = blocking if kind == "sync" else awaited
    if network == "sockets":
        with over_sockets(plan) as url:
            return call(operation, url, folder, None, deadline, watch)
    own = httpx.Client if kind == "sync" else httpx.AsyncClient
    url = "https://api.test"
    return call(operation, url, folder, own(transport=InProcess(plan)), deadline, watch)


def check_counts(plan: Plan, operation: str) -> None:
    assert plan.count("/v1/Run/") <= 1
    assert plan.count("/v1/File/Upload") <= 1
    most = {"Run": 1, "Upload": 1, "Detail": 7, "Cancel": 5, "Kill": 5, "download": 4}[operation]
    assert plan.count(OPERATIONS[operation].path) <= most


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    ("fault", "network"),
    [
        (fault, network)
        for fault in ALL
        for network in ("sockets", "in process")
        if (fault, network) != ("drip headers", "in process")  # it hands them over as a whole
    ],
)
def test_a_fault_that_stays_is_a_typed_error_in_time(  # noqa: PLR0917 - one cell
    kind, network, operation, fault, tmp_path, sleepless
):
    subject = OPERATIONS[operation]
    plan = Plan(fault, subject.path, float("inf"), subject.status)

    def call(seconds: float) -> None:
        watch = Stopwatch()
        try:
            perform(kind, network, plan, operation, tmp_path, seconds, watch)
        finally:
            assert fault not in SLOW or watch.seconds < seconds + IN_TIME

    if operation == "Run" and fault in SLOW:
        error = fail_once_sent(call)
    else:
        with pytest.raises(errors.WiroError) as caught:
            call(DEADLINE if fault in SLOW else 2 * TIMEOUT)
        error = caught.value
    assert type(error) is EXPECTED[operation][fault], error
    check_counts(plan, operation)
    assert list(tmp_path.iterdir()) == []
    if operation == "Run":
        assert error.billed is (None if isinstance(error, errors.SubmissionUnknown) else False)
        assert error.safe_to_resubmit is (error.billed is False)
        assert sleepless.slept == []
    if fault.startswith("429") and operation == "Detail":
        assert sleepless.slept == [pytest.approx(31, abs=2.5)] * 6


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("network", ["sockets", "in process"])
@pytest.mark.parametrize("operation", ["Detail", "Cancel", "Kill", "download"])
@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in SLOW])
def test_a_fault_that_passes_is_recovered_from(kind, network, operation, fault, tmp_path):
    """What changes nothing, or is free to repeat, is tried again; refusals that will stay are not."""
    subject = OPERATIONS[operation]
    plan = Plan(fault, subject.path, 1, subject.status)
    # Cancel and Kill are asked anew after any refusal but that of the credentials.
    stays = ("401",) if operation in ("Cancel", "Kill") else ("401", "404")
    if fault in stays:
        with pytest.raises(errors.WiroError):
            perform(kind, network, plan, operation, tmp_path, 2 * TIMEOUT)
        assert plan.count(subject.path) == 1
        return
    done = perform(kind, network, plan, operation, tmp_path, 2 * TIMEOUT)
    if operation == "download":
        assert done[0].read_bytes() == PNG
    elif operation == "Detail":
        assert done.status == "task_queue"
    else:
        assert done.outcome == "cancelled"
    assert plan.count(subject.path) == 2
