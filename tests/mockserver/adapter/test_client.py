"""Our own client does nothing that any source disputes: it works against a strict mock, and undisputed."""

import asyncio

import pytest

from wiro import AsyncWiro, Wiro
from wiro.models.pruna import Vace
from wiromock import MockWiro, Notifications, Success
from wiromock.engine.journal import Dispute, SocketIn


@pytest.fixture
def strict():
    with MockWiro(strict=True, api_key="key", api_secret="secret", reject_replays=True) as mock:
        yield mock
        assert mock.journal.of(Dispute) == []


@pytest.fixture
def client(strict):
    with Wiro("key", "secret", base_url=strict.engine.urls.api.url) as client:
        yield client


def test_a_run_with_a_file_and_its_outputs(strict, client, tmp_path):
    result = client.run(Vace(prompt="a deer", input_image=[("a.png", b"PNG")]))
    (saved,) = result.outputs.save(tmp_path)
    assert saved.read_bytes()[4:8] == b"ftyp"
    assert strict.ledger.billed == 1


@pytest.mark.parametrize(
    ("stage", "call"), [("task_queue", "TaskCancel"), ("task_start", "TaskKill")]
)
def test_stopping_a_task_by_its_state(strict, client, stage, call):
    strict.on("pruna/vace").then(Success(hold_at=stage))
    task = client.submit(Vace(prompt="a deer"))
    strict.clock.advance(60)
    task.cancel()
    assert task.refresh().status == "task_cancel"
    assert strict.journal.calls(call)[-1].body == {"taskid": task.id}


@pytest.mark.parametrize("dialect", ["older", "newer"])
@pytest.mark.parametrize("awaited", [False, True])
def test_the_socket_in_both_dialects(strict, dialect, awaited):
    strict.on("pruna/vace").then(
        Success(duration=120, notifications=Notifications(dialect=dialect))
    )

    async def run_async():
        async with AsyncWiro("key", "secret", tracking="socket") as client:
            return await client.run(Vace(prompt="a deer"))

    if awaited:
        result = asyncio.run(run_async())
    else:
        with Wiro("key", "secret", tracking="socket") as client:
            result = client.run(Vace(prompt="a deer"))
    assert len(result.outputs) == 1
    assert strict.journal.of(SocketIn)
