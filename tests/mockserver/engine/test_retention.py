"""What is over is remembered up to a limit, the oldest goes first, and what is running is never forgotten."""

import gc

import pytest
from platform_kit import MODELS, PROMPT, SPECS, Platform

from wiromock import MockError
from wiromock.engine.retention import IN_PROCESS, SERVED, Retention
from wiromock.spec.catalog import GivenSpecs
from wiromock.task.timeline import Speech

UNKNOWN = {"taskid": "1"}


@pytest.fixture
def few() -> Platform:
    return Platform(limits=Retention(tasks=5))


def _ids(platform):
    return list(platform.engine.tenant().tasks)


def _run_to_the_end(platform, times):
    for _ in range(times):
        platform.run()
        platform.clock.advance(60)
    assert platform.engine.ledger.running == 0


class TestTasks:
    def test_running_ones_are_all_kept(self, few):
        assert [few.run() for _ in range(21)] == _ids(few)

    def test_those_that_ended_first_go_first(self, few):
        ids = [few.run() for _ in range(7)]
        few.post("/Task/Cancel", {"taskid": ids[3]})
        few.clock.advance(60)
        assert few.engine.ledger.billed == 6
        assert _ids(few) == [*ids[1:3], *ids[4:]]
        assert few.engine.tenant().forgotten == 2

    def test_the_oldest_of_all_stays_while_it_runs(self, few):
        first, *others = [few.run() for _ in range(30)]
        for task in others:
            few.post("/Task/Cancel", {"taskid": task})
        assert few.engine.ledger.running == 1
        assert _ids(few) == [first, *others[-5:]]
        assert few.status(first) == "task_queue"

    def test_one_that_is_not_found_may_have_been_forgotten_which_is_said(self, few):
        assert "forgotten" not in few.refusal("/Task/Detail", UNKNOWN)[2]
        _run_to_the_end(few, 6)
        explanation = few.refusal("/Task/Detail", {"taskid": "2221"})[2]
        assert "the 1 tasks that ended first are forgotten" in explanation
        assert "remembers 5 that have ended" in explanation
        with pytest.raises(MockError, match="ended first are forgotten"):
            few.engine.show_task("2221")

    def test_nothing_leads_to_a_forgotten_one(self, few):
        _run_to_the_end(few, 20)
        world = few.engine.tenant()
        assert len(world.tasks) == len(world.tokens) == len(world.folders) == 5

    def test_of_large_ones_fewer_are_kept(self):
        platform = Platform(limits=Retention(tasks=1000, task_bytes=1_000_000))
        for _ in range(20):
            platform.run(prompt="x" * 100_000)
            platform.clock.advance(60)
        assert platform.engine.ledger.billed == 20
        assert len(_ids(platform)) == 3

    def test_one_that_is_larger_than_the_limit_is_kept_until_the_next(self):
        platform = Platform(limits=Retention(task_bytes=10))
        _run_to_the_end(platform, 3)
        assert _ids(platform) == ["2223"]

    def test_sums_count_what_is_forgotten(self, few):
        _run_to_the_end(few, 20)
        ledger = few.engine.ledger
        assert ledger.billed == 20
        assert len(ledger.charges) == 5
        assert ledger.spent == 4 * sum(charge.amount for charge in ledger.charges)

    def test_what_an_llm_said_is_forgotten_with_its_task(self):
        platform = Platform(
            specs=GivenSpecs(MODELS, SPECS.platform()), limits=Retention(tasks=1, entries=1)
        )
        for number in range(20):
            platform.run("acme/chat", prompt=f"the saying {number}")
            platform.clock.advance(3600)
        assert platform.engine.ledger.running == 0
        gc.collect()
        said = [known.answer for known in gc.get_objects() if isinstance(known, Speech)]
        assert {answer for answer in said if "the saying 3" in answer} == set()
        assert any("the saying 19" in answer for answer in said)


class TestTenants:
    def test_all_together_take_no_more_than_allowed(self, monkeypatch):
        monkeypatch.setattr("wiromock.engine.tenant._WEIGHED", 1)
        platform = Platform(limits=Retention(all_bytes=500_000))
        for number in range(60):
            body = {"prompt": "x" * 10_000}
            platform.post("/Run/pruna/vace", body, x_mock_tenant=f"tenant {number}")
            platform.clock.advance(60)
        kept = platform.engine.tenants
        assert sum(platform.engine.tenant(name).weight for name in kept) < 600_000
        assert kept[-1] == "tenant 59"
        assert "tenant 0" not in kept

    def test_one_with_a_running_task_is_never_forgotten(self, monkeypatch):
        monkeypatch.setattr("wiromock.engine.tenant.KEPT", 3)
        platform = Platform()
        platform.post("/Run/pruna/vace", PROMPT, x_mock_tenant="busy")
        for number in range(10):
            platform.engine.tenant(f"idle {number}")
        assert platform.engine.tenants == ["", "busy", "idle 9"]


def test_of_uploads_the_oldest_go_first():
    world = Platform(limits=Retention(upload_bytes=10)).engine.tenant()
    keys = [world.keep("a.txt", "text/plain", b"1234") for _ in range(5)]
    assert list(world.uploads) == keys[-2:]


def test_a_mock_in_process_keeps_what_a_test_asserts_on():
    """A thousand runs are no unusual test, and take more entries than a server keeps."""
    platform = Platform()
    tasks = [platform.run() for _ in range(1000)]
    platform.clock.advance(3600)
    assert {platform.status(task) for task in tasks} == {"task_postprocess_end"}
    assert len(platform.engine.journal.calls("Run")) == platform.engine.ledger.billed == 1000
    assert SERVED.entries < len(platform.engine.journal.entries) < IN_PROCESS.entries / 10
