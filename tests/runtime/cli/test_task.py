"""Commands about tasks that were started before; none of them costs anything."""

import pytest

from wiromock import MockWiro


@pytest.fixture
def task_id(wiro):
    with MockWiro(look="stand"):  # time moves for waiting alone, and not for each new process
        yield wiro("submit", "pruna/vace", "--prompt", "x").out.strip()


@pytest.mark.parametrize("named", ["id", "slug and id", "option"])
def test_attach_waits_and_saves(wiro, task_id, named):
    words = {"id": [task_id], "slug and id": ["pruna/vace", task_id], "option": ["--id", task_id]}
    ran = wiro("attach", *words[named], "--save", "out")
    assert ran.status == 0
    assert ran.out.strip().endswith(".mp4")


def test_status_says_how_it_stands(wiro, task_id):
    ran = wiro("status", task_id, "--json")
    assert ran.document["id"] == task_id
    assert ran.document["outcome"] == "pending"
    assert ran.document["model"] == "pruna/vace"


def test_cancel_stops_it(wiro, task_id):
    assert wiro("cancel", task_id).out.split() == [task_id, "task_cancel"]


def test_events_end_with_the_task(wiro, task_id):
    assert wiro("events", task_id).lines[-1]["event"] == "Finished"


def test_outputs_of_a_running_task_are_not_there_yet(wiro, task_id):
    ran = wiro("outputs", task_id)
    assert ran.status != 0
    assert "Traceback" not in ran.err


def test_outputs_of_a_finished_task(wiro, task_id):
    wiro("attach", task_id)
    assert wiro("outputs", task_id).out.startswith("https://")


def test_tasks_lists_the_newest_first(wiro, task_id):
    second = wiro("submit", "wiro/chat", "--prompt", "x").out.strip()
    listed = [task["id"] for task in wiro("tasks", "--json").document]
    assert listed == [second, task_id]
    assert [task["id"] for task in wiro("tasks", "--model", "pruna/vace", "--json").document] == [task_id]  # fmt: skip


@pytest.mark.parametrize("words", [(), ("1", "2"), ("pruna/vace",)])
def test_one_task_has_to_be_named(wiro, words):
    ran = wiro("status", *words)
    assert ran.status == 2
    assert "wiro tasks" in ran.err
