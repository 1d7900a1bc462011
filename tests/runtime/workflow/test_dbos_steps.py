"""Paid runs as steps of DBOS workflows; what a killed process does is in tests/test_recipes.py."""

import asyncio
import json
import sqlite3
import sys

import pytest
from dbos import DBOS, SetWorkflowID

from runtime.models import Vace
from wiro_runtime import AsyncClient, Client, errors
from wiro_runtime.client.result import AsyncMediaResult, MediaResult
from wiro_runtime.workflow.dbos import AsyncSteps, Steps
from wiromock import Fails, HttpFault, MockWiro, PassThrough, Success

pytestmark = pytest.mark.skipif(
    sys.version_info >= (3, 12) and sqlite3.sqlite_version_info < (3, 42),
    reason="DBOS on Python 3.12 and newer wants SQLite 3.42 for its own tables",
)
REQUEST = Vace(prompt="a deer in snow")


@pytest.fixture
def config(tmp_path):
    return {
        "name": "film",
        "executor_id": "machine-1",
        "application_version": "3",
        "system_database_url": f"sqlite:///{tmp_path}/film.sqlite",
        "log_level": "CRITICAL",
        "scheduler_polling_interval_sec": 1.0,
    }


@pytest.fixture
def launched(config):
    """DBOS, launched as its user launches it."""

    def launch(**changed):
        DBOS(config={**config, **changed})
        DBOS.launch()

    yield launch
    DBOS.destroy(destroy_registry=True)


@pytest.fixture
def wiro():
    with MockWiro() as wiro:
        wiro.on("pruna/vace").then(Success(duration=0.5))
        yield wiro


@pytest.fixture
def client(tmp_path, wiro):
    with Client("key", journal=tmp_path / "runs.sqlite", tracking="polling") as client:
        yield client


def test_a_run_is_a_step_and_its_key_is_the_workflows(client, config, launched, wiro):
    steps = Steps(client, config)

    @DBOS.workflow()
    def film():
        return steps.run(REQUEST), steps.run(REQUEST)

    launched()
    with SetWorkflowID("film-1"):
        first, second = film()
    assert isinstance(first, MediaResult)
    assert first.outputs[0].url
    assert [entry.key for entry in client.journal.list()] == ["film-1/1", "film-1/2"]
    assert first.task.id != second.task.id
    names = [step["function_name"] for step in DBOS.list_workflow_steps("film-1")]
    assert names == ["wiro pruna/vace"] * 2
    with SetWorkflowID("film-1"):
        again, _ = film()
    assert again.task.id == first.task.id
    assert wiro.ledger.billed == 2


def test_a_key_of_the_callers_own(client, config, launched, wiro):
    steps = Steps(client, config)

    @DBOS.workflow()
    def film():
        return steps.run(REQUEST, key="scene-12").task.id

    launched()
    assert film() == film() == client.journal.get("scene-12").task_id
    assert wiro.ledger.billed == 1


def test_asynchronous_workflows(tmp_path, config, launched, wiro):
    async def main():
        async with AsyncClient(
            "key", journal=tmp_path / "runs.sqlite", tracking="polling"
        ) as client:
            steps = AsyncSteps(client, config)

            @DBOS.workflow()
            async def film():
                return await steps.run(REQUEST)

            launched()
            with SetWorkflowID("film-1"):
                return await film(), await client.journal.get("film-1/1")

    result, entry = asyncio.run(main())
    assert isinstance(result, AsyncMediaResult)
    assert entry.task_id == result.task.id
    assert wiro.ledger.billed == 1


def test_what_dbos_keeps_is_json(client, config, launched):
    kept = []
    steps = Steps(client, config)

    @DBOS.workflow()
    def film():
        result = steps.run(REQUEST)
        kept.append(DBOS.list_workflow_steps(DBOS.workflow_id)[0]["output"])
        return result.task.id

    launched()
    film()
    assert json.loads(json.dumps(kept[0]))["task"]["id"]


def test_an_error_that_passes_is_tried_again(client, config, launched, wiro):
    wiro.on_call("Run").then(HttpFault(429), PassThrough(), after="repeat")
    steps = Steps(client, config)

    @DBOS.workflow()
    def film():
        return steps.run(REQUEST).task.id

    launched()
    assert film()
    assert wiro.ledger.billed == 1


def test_what_fails_each_time_is_raised_as_it_is(client, config, launched, wiro):
    wiro.on_call("Run").then(HttpFault(429))
    steps = Steps(client, config, attempts=2)

    @DBOS.workflow()
    def film():
        return steps.run(REQUEST)

    launched()
    with pytest.raises(errors.RateLimited):
        film()
    assert len(wiro.journal.calls("Run")) == 2


def test_a_task_that_failed_is_not_tried_again(client, config, launched, wiro):
    wiro.on("pruna/vace").then(Fails(pexit="1", stderr="CUDA out of memory"))
    steps = Steps(client, config)

    @DBOS.workflow()
    def film():
        return steps.run(REQUEST)

    launched()
    with pytest.raises(errors.TaskFailed, match="CUDA out of memory"):
        film()
    assert len(wiro.journal.calls("Run")) == 1


def test_a_lost_answer_is_left_to_its_caller(client, config, launched, wiro):
    """Without `on_unknown=` nobody said that it may be sent again."""
    wiro.on_call("Run").then(HttpFault(502))
    steps = Steps(client, config)

    @DBOS.workflow()
    def film():
        return steps.run(REQUEST)

    launched()
    with pytest.raises(errors.SubmissionUnknown):
        film()
    assert len(wiro.journal.calls("Run")) == 1


def test_outside_of_a_workflow_nothing_names_the_run(client, config, launched, wiro):
    steps = Steps(client, config)
    launched()
    with pytest.raises(errors.ConfigurationError, match="outside of a DBOS workflow"):
        steps.run(REQUEST)
    assert wiro.ledger.billed == 0


def test_inside_of_a_step_a_run_needs_a_key(client, config, launched, wiro):
    steps = Steps(client, config)

    @DBOS.step()
    def scene(**options):
        return steps.run(REQUEST, **options).task.id

    @DBOS.workflow()
    def film(**options):
        return scene(**options)

    launched()
    with pytest.raises(errors.ConfigurationError, match="inside of a step"):
        film()
    assert wiro.ledger.billed == 0
    assert film(key="scene-12")


@pytest.mark.parametrize("changed", [{"executor_id": None}, {"application_version": "4"}])
def test_dbos_that_runs_with_other_settings_is_refused(client, config, launched, wiro, changed):
    steps = Steps(client, config)

    @DBOS.workflow()
    def film():
        return steps.run(REQUEST)

    launched(**changed)
    with pytest.raises(errors.ConfigurationError, match="Make both from one config"):
        film()
    assert wiro.ledger.billed == 0


def test_settings_are_checked_before_anything_runs(client, config):
    with pytest.raises(errors.ConfigurationError, match="executor_id"):
        Steps(client, {**config, "executor_id": "local"})
    with pytest.raises(errors.ConfigurationError, match="application_version"):
        AsyncSteps(client, {**config, "application_version": ""})
