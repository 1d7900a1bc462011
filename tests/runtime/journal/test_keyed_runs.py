"""A run under a key is paid once: whatever is asked again under it, it is the stored run that answers."""

from dataclasses import replace
from typing import Any

import pytest

from runtime.journal.keyed_runs import REQUEST, runs
from runtime.models import Vace
from wiro_runtime import Client, errors
from wiromock import Fails, HttpFault, MockWiro, Refused, Success


@pytest.mark.parametrize("key", ["", "   ", "k" * 501, "a\0b", "\ud800", 7])
def test_a_key_that_no_database_keeps_is_refused(key, tmp_path):
    with MockWiro() as wiro, Client("key", journal=tmp_path / "runs.sqlite") as client:
        with pytest.raises(errors.InvalidRequest, match="key: give a text"):
            client.run(REQUEST, key=key)
        assert wiro.journal.calls() == []


@pytest.mark.parametrize("key", ["k" * 500, "\N{DEER}/1", "it's; DROP TABLE wiro_runs --", "%s?"])
def test_any_other_text_is_a_key(key, location):
    with MockWiro() as wiro:
        wiro.on("pruna/vace").then(Success(outputs=()))
        for _ in range(2):
            with Client("key", journal=location) as client:
                client.run(REQUEST, key=key)
        assert wiro.ledger.billed == 1


def test_the_same_key_gives_the_stored_result_and_sends_nothing(wiro, runner):
    first = runner.run(key="scene-1")
    sent = len(wiro.journal.calls())
    again = runner.run(key="scene-1")
    assert len(wiro.journal.calls()) == sent
    assert wiro.ledger.billed == 1
    assert (again.task.id, again.cost) == (first.task.id, first.cost)
    assert again.outputs[0].url == first.outputs[0].url


def test_different_keys_are_different_runs(wiro, runner):
    runner.run(key="scene-1")
    runner.run(key="scene-2")
    assert wiro.ledger.billed == 2


def test_a_key_that_stands_for_another_request_is_refused(wiro, runner):
    runner.run(key="scene-1")
    with pytest.raises(errors.KeyConflict, match="scene-1") as refusal:
        runner.run(Vace(prompt="a hare"), key="scene-1")
    assert (refusal.value.key, refusal.value.billed) == ("scene-1", False)
    assert runs(wiro) == 1


def test_a_task_that_is_running_is_attached_to(wiro, runner):
    task = runner.run(verb="submit", key="scene-1")
    result = runner.run(key="scene-1")
    assert result.task.id == task.id
    assert runs(wiro) == 1


def test_the_token_is_written_down_before_anything_waits(wiro, runner):
    with pytest.raises(errors.DeadlineExceeded):
        runner.run(key="scene-1", deadline=1.0)
    entry = runner.entry()
    assert entry.state == "accepted"
    assert entry.task_id
    assert entry.token
    assert runner.run(key="scene-1").task.id == entry.task_id
    assert runs(wiro) == 1


def test_what_a_run_came_to_is_written_down(wiro, runner):
    result = runner.run(key="scene-1")
    entry = runner.entry()
    assert (entry.state, entry.cost, entry.task_id) == ("done", result.cost, result.task.id)
    assert entry.body == REQUEST.to_wire()


def test_a_task_that_failed_is_raised_again_and_not_paid_again(wiro, runner):
    wiro.on("pruna/vace").then(Fails(pexit="1", stderr="CUDA out of memory"))
    for _ in range(2):
        with pytest.raises(errors.TaskFailed, match="CUDA"):
            runner.run(key="scene-1")
    assert runner.entry().state == "failed"
    assert (runs(wiro), wiro.ledger.billed) == (1, 0)


@pytest.mark.parametrize(
    "refusal",
    [
        Refused(97),
        HttpFault(429),
        Refused(0, "This model is not allowed in your team. Contact your team admin."),
    ],
)
def test_a_refusal_leaves_the_key_free(wiro, runner, refusal):
    wiro.on("pruna/vace").then(refusal, Success(), after="repeat")
    with pytest.raises(errors.Refused):
        runner.run(key="scene-1")
    assert runner.entry() is None
    runner.run(key="scene-1")
    assert wiro.ledger.billed == 1


def test_a_refused_run_is_sent_again_under_the_same_key_if_that_is_allowed(wiro, runner):
    wiro.on("pruna/vace").then(Refused(96), Refused(96), Success(), after="repeat")
    runner.run(key="scene-1", retry_refused=3)
    assert (runs(wiro), wiro.ledger.billed) == (3, 1)
    assert runner.entry().state == "done"


def test_a_run_without_a_key_is_written_down_and_never_found_by_mistake(wiro, runner):
    runner.run()
    runner.run()
    assert wiro.ledger.billed == 2
    with Client("key", journal=runner.location) as client:
        entries = list(client.journal.list())
    assert [entry.state for entry in entries] == ["done", "done"]


def test_a_key_wants_a_journal(wiro):
    with pytest.raises(errors.ConfigurationError, match="journal="), Client("key") as client:
        client.run(REQUEST, key="scene-1")
    assert runs(wiro) == 0


def test_a_stream_under_a_key_ends_with_the_stored_result(wiro, location):
    with Client("key", journal=location) as client:
        for _ in range(2):
            with client.stream(REQUEST, key="scene-1") as run:
                events = list(run)
            assert events
            assert run.result().outputs
    assert runs(wiro) == 1


def test_files_are_known_by_their_content(wiro, runner, tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n one")
    runner.run(Vace(prompt="x", input_image=[path]), key="scene-1")
    sent = len(wiro.journal.calls())
    runner.run(Vace(prompt="x", input_image=[path]), key="scene-1")
    assert len(wiro.journal.calls()) == sent, "nothing is uploaded again either"
    path.write_bytes(b"\x89PNG\r\n\x1a\n two")
    with pytest.raises(errors.KeyConflict):
        runner.run(Vace(prompt="x", input_image=[path]), key="scene-1")


@pytest.mark.parametrize("tracking", ["polling", "sync", "sse"])
def test_every_way_of_following_is_written_down_alike(wiro, location, tracking):
    with Client("key", journal=location, tracking=tracking) as client:
        client.run(REQUEST, key="scene-1")
        client.run(REQUEST, key="scene-1")
        assert client.journal.get("scene-1").state == "done"
    assert runs(wiro) == 1


def test_a_journal_that_cannot_be_written_stops_the_run_before_it_is_sent(wiro, tmp_path):
    path = tmp_path / "runs.sqlite"
    path.write_bytes(b"not a database, whatever it looks like" * 30)
    with pytest.raises(errors.JournalFailed, match="file of its own"):
        Client("key", journal=path).run(REQUEST, key="scene-1")
    assert runs(wiro) == 0


def test_a_journal_that_fails_after_the_run_was_accepted_names_the_task(
    wiro, location, monkeypatch
):
    from concurrent.futures import Future

    from wiro_runtime.journal.store import Store

    def full(*_: Any, **__: Any) -> Future[bool]:
        future: Future[bool] = Future()
        future.set_exception(errors.JournalFailed("The disk is full."))
        return future

    with Client("key", journal=location) as client:
        with monkeypatch.context() as patch:
            patch.setattr(Store, "accept", full)
            with pytest.raises(errors.JournalFailed) as failure:
                client.run(REQUEST, key="scene-1")
        assert failure.value.task.id
        assert f'id="{failure.value.task.id}"' in str(failure.value)
        assert failure.value.billed is None


def test_the_journal_sees_what_a_handle_sees(wiro, location):
    with Client("key", journal=location) as client:
        task = client.submit(REQUEST, key="scene-1")
        assert client.journal.get("scene-1").state == "accepted"
        task.wait()
        assert client.journal.get("scene-1").state == "done"


def test_a_stopped_task_is_cancelled_in_the_journal(wiro, location):
    with Client("key", journal=location) as client:
        client.submit(REQUEST, key="scene-1").cancel()
        assert client.journal.get("scene-1").state == "cancelled"


def test_entries_compare_by_value():
    from runtime.journal.test_store import ENTRY
    from wiro_runtime.journal.entry import JournalEntry

    entry = JournalEntry(**{**ENTRY, "project": "p", "key": "k"})
    assert JournalEntry.from_row(entry.to_row()) == replace(entry)
