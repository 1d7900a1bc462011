"""A task is a timeline: stages in the documented order, commands legal only where documented."""

from decimal import Decimal
from itertools import pairwise

import pytest
from platform_kit import SPECS, Platform

from wiromock import Fails, MockError, Pace, Stalls, Success
from wiromock.engine.journal import CommandIn, Dispute, StageReached

# Typed from the platform notes, not read from a spec: the order that the platform documents.
ORDER = [
    "task_queue",
    "task_accept",
    "task_preprocess_start",
    "task_preprocess_end",
    "task_assign",
    "task_start",
    "task_output",
    "task_output_full",
    "task_end",
    "task_postprocess_start",
    "task_postprocess_end",
]


def walk(platform, task, step=0.1, steps=250):
    """Every status that a poller sees, in order."""
    seen = []
    for _ in range(steps):
        status = platform.status(task)
        if seen[-1:] != [status]:
            seen.append(status)
        platform.clock.advance(step)
    return seen


def test_a_task_shows_every_stage_in_the_documented_order(platform):
    assert walk(platform, platform.run()) == ORDER


def test_the_spec_agrees_with_the_order_typed_here():
    assert SPECS.platform().lifecycle.order == ORDER


def test_a_failing_task_walks_the_same_way_and_complains_on_stderr(platform):
    platform.engine.on("pruna/vace").then(Fails(pexit="137", stderr="CUDA out of memory"))
    task = platform.run()
    assert walk(platform, task) == ORDER
    end = platform.task(task)
    assert (end["pexit"], end["debugerror"], end["outputs"]) == ("137", "CUDA out of memory", [])
    assert (end["totalcost"], end["size"]) == ("0", "0")
    reached = [entry.status for entry in platform.engine.journal.of(StageReached)]
    assert reached.index("task_error") < reached.index("task_end")


def test_times_are_zero_until_reached_and_never_run_backwards(platform):
    task = platform.run()
    fields = [
        "createtime",
        "accepttime",
        "preprocessstarttime",
        "preprocessendtime",
        "assigntime",
        "starttime",
        "endtime",
        "postprocessstarttime",
        "postprocessendtime",
    ]
    assert [platform.task(task)[name] for name in fields] == ["1734513807", *["0"] * 8]
    platform.clock.advance(3600)
    times = [int(platform.task(task)[name]) for name in fields]
    assert all(before <= after for before, after in pairwise(times))


def test_elapsed_runs_from_accept_to_end_and_the_cost_is_cps_times_elapsed(platform):
    platform.engine.on("pruna/vace").then(Success(duration=6, cps="0.000585", pace=Pace(assign=0)))
    task = platform.run()
    platform.until("task_postprocess_end", task)
    end = platform.task(task)
    elapsed = int(end["endtime"]) - int(end["accepttime"])
    assert end["elapsedseconds"] == f"{elapsed}.0000"
    assert end["cps"] == "0.000585000000"
    assert end["totalcost"] == f"{Decimal('0.000585') * elapsed:.12f}"


def test_the_exit_code_comes_with_the_end(platform):
    task = platform.run()
    platform.until("task_end", task)
    assert platform.task(task)["pexit"] is None
    platform.until("task_postprocess_end", task)
    assert platform.task(task)["pexit"] == "0"


def test_the_exit_code_can_be_left_out_as_the_document_does(platform):
    platform.engine.on("pruna/vace").then(Success(omit_pexit=True))
    task = platform.run()
    platform.clock.advance(3600)
    end = platform.task(task)
    assert "pexit" not in end
    assert end["outputs"]


DISPUTED = {"task_accept", "task_preprocess_start", "task_preprocess_end"}
LEGAL = {
    "Cancel": {"task_queue"},
    "Kill": {"task_assign", "task_start", "task_output", *DISPUTED},
}


@pytest.mark.parametrize("command", ["Cancel", "Kill"])
@pytest.mark.parametrize("stage", ORDER)
def test_commands_work_where_documented_and_change_nothing_elsewhere(platform, command, stage):
    task = platform.run()
    platform.until(stage, task)
    before = platform.task(task)
    reply = platform.post(f"/Task/{command}", {"taskid": task}).json
    assert reply["result"] is (stage in LEGAL[command])
    after = platform.task(task)
    if stage in LEGAL[command]:
        assert (after["status"], after["totalcost"], after["outputs"]) == ("task_cancel", "0", [])
        assert after["canceltime"] == str(int(platform.clock.time()))
        platform.clock.advance(3600)
        assert platform.status(task) == "task_cancel"
        assert platform.engine.ledger.billed == 0
    else:
        texts = {
            "Cancel": "Task is not in a cancellable state.",
            "Kill": f"Task could not be killed: task is in {stage}",
        }
        assert reply["errors"] == [{"code": 1, "message": texts[command]}]
        assert after == before
        platform.clock.advance(3600)
        assert platform.status(task) == "task_postprocess_end"
        assert platform.engine.ledger.billed == 1


@pytest.mark.parametrize("command", ["Cancel", "Kill"])
@pytest.mark.parametrize("stage", ["task_queue", "task_start"])
def test_a_cancelled_task_cannot_be_stopped_again(platform, command, stage):
    task = platform.run()
    platform.until(stage, task)
    platform.post("/Task/Cancel" if stage == "task_queue" else "/Task/Kill", {"taskid": task})
    before = platform.task(task)
    assert platform.post(f"/Task/{command}", {"taskid": task}).json["errors"][0]["code"] == 1
    assert platform.task(task) == before


@pytest.mark.parametrize("stage", sorted(DISPUTED))
class TestKillBeforeAssign:
    """A vendor's kit polls every three seconds and kills a task that preprocesses; the page says no."""

    def test_it_works_and_the_journal_says_that_it_is_disputed(self, platform, stage):
        task = platform.run()
        platform.until(stage, task)
        assert platform.engine.show_task(task)["can_kill"]
        assert platform.post("/Task/Kill", {"taskid": task}).json["result"] is True
        assert platform.status(task) == "task_cancel"
        (dispute,) = platform.engine.journal.of(Dispute)
        assert dispute.topic == f"kill during {stage}"

    def test_the_strict_profile_refuses_it(self, stage):
        strict = Platform(strict=True)
        task = strict.run()
        strict.until(stage, task)
        assert not strict.engine.show_task(task)["can_kill"]
        reply = strict.post("/Task/Kill", {"taskid": task}).json
        said = f"Task could not be killed: task is in {stage}"
        assert reply["errors"] == [{"code": 1, "message": said}]
        (dispute,) = strict.engine.journal.of(Dispute)
        assert dispute.detail.startswith("refused")


@pytest.mark.parametrize(("command", "stage"), [("Cancel", "task_accept"), ("Kill", "task_end")])
def test_what_no_source_describes_is_refused_and_journaled(platform, command, stage):
    task = platform.run()
    platform.until(stage, task)
    platform.post(f"/Task/{command}", {"taskid": task})
    (dispute,) = platform.engine.journal.of(Dispute)
    assert dispute.topic == f"{command.lower()} during {stage}"
    assert [entry.applied for entry in platform.engine.journal.of(CommandIn)] == [False]


@pytest.mark.parametrize("name", ["taskid", "tasktoken", "socketaccesstoken"])
@pytest.mark.parametrize("call", ["Detail", "Cancel", "Kill"])
def test_every_spelling_of_any_source_finds_the_task(platform, call, name):
    run = platform.post("/Run/pruna/vace", {"prompt": "x"}).json
    if call == "Kill":
        platform.until("task_start", run["taskid"])
    value = run["taskid"] if name == "taskid" else run["socketaccesstoken"]
    reply = platform.post(f"/Task/{call}", {name: value}).json
    assert reply["tasklist"][0]["id"] == run["taskid"]
    documented = {
        "Detail": {"taskid", "tasktoken"},
        "Cancel": {"taskid"},
        "Kill": {"taskid", "socketaccesstoken"},
    }
    disputed = [dispute.topic for dispute in platform.engine.journal.of(Dispute)]
    assert disputed == ([] if name in documented[call] else [f"Task{call} identity"])


@pytest.mark.parametrize("call", ["Detail", "Cancel", "Kill"])
def test_a_task_that_does_not_exist(platform, call):
    assert platform.refusal(f"/Task/{call}", {"taskid": "999"})[1] == ["There is no task yet."]
    assert platform.refusal(f"/Task/{call}", {})[1] == ["taskid or socketaccesstoken is required"]


def test_numbers_find_tasks_too(platform):
    task = platform.run()
    reply = platform.post("/Task/Detail", {"taskid": int(task)}).json
    assert reply["tasklist"][0]["id"] == task


def test_a_stalled_task_stays_and_can_be_killed(platform):
    platform.engine.on("pruna/vace").then(Stalls(at="task_start"))
    task = platform.run()
    platform.clock.advance(86_400)
    assert platform.status(task) == "task_start"
    assert platform.post("/Task/Kill", {"taskid": task}).json["result"] is True
    assert platform.status(task) == "task_cancel"


@pytest.mark.parametrize("scenario", [Success, Fails])
def test_a_held_task_waits_for_its_release_and_then_takes_its_usual_time(platform, scenario):
    platform.engine.on("pruna/vace").then(scenario(hold_at="task_queue"))
    task = platform.run()
    platform.clock.advance(5000)
    assert platform.status(task) == "task_queue"
    platform.engine.release(task)
    assert platform.status(task) == "task_queue"
    platform.clock.advance(Pace().queue)
    assert platform.status(task) == "task_accept"
    platform.clock.advance(3600)
    assert platform.status(task) == "task_postprocess_end"


def test_only_a_held_task_can_be_released(platform):
    task = platform.run()
    with pytest.raises(MockError, match="not held"):
        platform.engine.release(task)
    with pytest.raises(MockError, match=f"no task has the id 'x'; there are: {task}"):
        platform.engine.release("x")


def test_of_many_tasks_an_error_names_some_and_counts_the_others(platform):
    tasks = [platform.run() for _ in range(25)]
    with pytest.raises(MockError) as raised:
        platform.engine.release("x")
    assert str(raised.value).endswith(f"there are: {', '.join(tasks[:20])} and 5 more")


def test_a_stage_that_is_never_reached_has_no_moment(platform):
    platform.engine.on("pruna/vace").then(Stalls(at="task_accept"))
    task = platform.run()
    with pytest.raises(
        MockError, match="never reaches 'task_start'; its way is task_queue, task_acc"
    ):
        platform.engine.moment("task_start", task)


def test_reading_has_no_effect(platform):
    one, other = platform.run(), platform.run()
    for _ in range(50):
        platform.task(one)
    platform.clock.advance(7)
    assert platform.status(one) == platform.status(other)
