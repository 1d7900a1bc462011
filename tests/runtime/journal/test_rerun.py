"""A run of the journal is sent again as it was, and a file is uploaded once for many runs."""

import pytest

from runtime.journal.keyed_runs import REQUEST
from runtime.models import Vace
from wiro_runtime import Client, errors


def test_the_exact_body_is_sent_again_under_a_new_key(wiro, location):
    with Client("key", journal=location) as client:
        client.run(REQUEST, key="scene-1", project_id=7)
        task = client.journal.rerun("scene-1", as_key="scene-1b")
        assert task.wait().task.parameters["prompt"] == "a deer in snow"
        first, second = (client.journal.get(key) for key in ("scene-1", "scene-1b"))
        assert first.body == second.body
        assert first.task_id != second.task_id
        with pytest.raises(errors.InvalidRequest, match="no run"):
            client.journal.rerun("nothing", as_key="x")
    assert wiro.ledger.billed == 2


def test_a_run_whose_files_were_in_its_body_cannot_be_sent_again(wiro, location):
    image = ("a.png", b"\x89PNG\r\n\x1a\n one")
    with Client("key", journal=location) as client:
        client.submit(Vace(prompt="x", input_image=[image]), key="scene-1", upload="with")
        with pytest.raises(errors.InvalidRequest, match="not kept"):
            client.journal.rerun("scene-1", as_key="scene-1b")


def test_a_file_is_uploaded_once_if_that_is_asked_for(wiro, location):
    image = ("a.png", b"\x89PNG\r\n\x1a\n one")
    with Client("key", journal=location) as client:
        for prompt in ("x", "y"):
            client.submit(Vace(prompt=prompt, input_image=[image]), upload="once")
        assert len(wiro.journal.calls("FileUpload")) == 1
        wiro.clock.advance(86_401)
        client.submit(Vace(prompt="z", input_image=[image]), upload="once")
        assert len(wiro.journal.calls("FileUpload")) == 2
        client.submit(Vace(prompt="z", input_image=[image]))
        assert len(wiro.journal.calls("FileUpload")) == 3


def test_uploading_once_wants_a_journal(wiro):
    with pytest.raises(errors.ConfigurationError, match="journal="), Client("key") as client:
        client.submit(Vace(prompt="x", input_image=[b"\x89PNG\r\n\x1a\n one"]), upload="once")
