"""The vace document's own calls, as printed, get replies of the documented shape."""

import json

import pytest
from platform_kit import API

from transcripts import vace
from wiromock import Request
from wiromock.engine.journal import Dispute


def say(platform, path, body):
    """The document's curl: JSON under a multipart header without a boundary."""
    return platform.post(path, body, content_type="multipart/form-data").json


def types(value):
    """Names and JSON types; a list by its first item."""
    if isinstance(value, dict):
        return {name: types(each) for name, each in value.items()}
    if isinstance(value, list):
        return [types(item) for item in value[:1]]
    return type(value).__name__


def test_run_answers_exactly_the_documented_fields(platform):
    reply = say(platform, "/Run/pruna/vace", vace.RUN_REQUEST)
    assert list(reply) == list(vace.RUN_REPLY)
    assert types(reply) == types(vace.RUN_REPLY)
    assert reply["taskid"] == vace.RUN_REPLY["taskid"]
    assert len(reply["socketaccesstoken"]) == len(vace.RUN_REPLY["socketaccesstoken"])


def test_detail_has_every_documented_field_with_its_type(platform):
    run = say(platform, "/Run/pruna/vace", vace.RUN_REQUEST)
    platform.until("task_postprocess_end", run["taskid"])
    reply = say(platform, "/Task/Detail", {"tasktoken": run["socketaccesstoken"]})
    assert reply == say(platform, "/Task/Detail", {"taskid": run["taskid"]})
    documented, answered = types(vace.DETAIL_REPLY), types(reply)
    task = answered["tasklist"][0]
    assert {name: task[name] for name in documented["tasklist"][0] if name != "parameters"} == {
        name: kind for name, kind in documented["tasklist"][0].items() if name != "parameters"
    }
    assert {name: answered[name] for name in ("total", "errors", "result")} == {
        name: documented[name] for name in ("total", "errors", "result")
    }


@pytest.mark.parametrize(
    ("path", "stage", "documented"),
    [
        ("/Task/Kill", "task_start", vace.KILL_REPLY),
        ("/Task/Cancel", "task_queue", vace.CANCEL_REPLY),
    ],
)
def test_kill_and_cancel_answer_exactly_the_documented_fields(platform, path, stage, documented):
    run = say(platform, "/Run/pruna/vace", vace.RUN_REQUEST)
    platform.until(stage, run["taskid"])
    reply = say(platform, path, {"taskid": run["taskid"]})
    assert set(reply) == set(documented) == {"errors", "tasklist", "result"}
    task, example = reply["tasklist"][0], documented["tasklist"][0]
    assert set(task) == set(example)
    assert {n: type(v) for n, v in task.items()} == {n: type(v) for n, v in example.items()}
    assert json.loads(task["categories"])[-1] == "image-to-video"
    assert task["status"] == "task_cancel"


def test_the_documented_oddities_are_accepted_and_journaled(platform):
    say(platform, "/Run/pruna/vace", vace.RUN_REQUEST)
    topics = [dispute.topic for dispute in platform.engine.journal.of(Dispute)]
    assert topics == ["content type", "callbackUrl"]


def test_a_task_echoes_its_parameters_without_those_of_the_call(platform):
    run = say(platform, "/Run/pruna/vace", vace.RUN_REQUEST)
    echoed = platform.task(run["taskid"])
    sent = {name: value for name, value in vace.RUN_REQUEST.items() if name != "callbackUrl"}
    assert echoed["parameters"] == sent
    assert echoed["callbackurl"] == vace.RUN_REQUEST["callbackUrl"]


@pytest.mark.parametrize("path", ["/Run/Pruna/VACE", "/Run/pruna/%20Vace"])
def test_a_raw_slug_finds_the_model(platform, path):
    body = json.dumps({"prompt": "x"}).encode()
    reply = platform.engine.handle(Request.to(f"{API}{path}", headers=platform.headers, body=body))
    assert reply.json["result"] is True
