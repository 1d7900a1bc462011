"""Run is sent at most once, and what became of it is always said. No I/O: flows driven by hand."""

from pathlib import Path

import pytest

from runtime.models import Vace
from runtime.replies import RUN_REPLY, refusal, reply
from runtime.script import Script
from wiro_runtime import errors
from wiro_runtime.config import read_config
from wiro_runtime.flow.calls import Calls
from wiro_runtime.flow.effect import Form, InspectFile, Send, TransportFailure
from wiro_runtime.flow.options import CallOptions, read_options

REQUEST = Vace(prompt="x")
UPLOADED = {"result": True, "list": [{"id": "1", "url": "https://file/1", "size": "3"}]}


def submit(script: Script, request=REQUEST, fields=None, **settings):
    calls = Calls(read_config(api_key="key", **settings))
    return script.run(calls.submit(request, fields or CallOptions()))


def test_run_is_one_json_post_to_the_slug():
    script = Script(RUN_REPLY)
    snapshot = submit(script)
    (sent,) = [effect for effect in script.effects if isinstance(effect, Send)]
    assert (sent.path, sent.body, sent.timeout) == ("Run/pruna/vace", REQUEST.to_wire(), 30.0)
    assert snapshot.id == "2221"


def test_the_calls_own_fields_travel_beside_the_inputs():
    script = Script(RUN_REPLY)
    submit(script, fields=CallOptions(callback_url="https://me/hook", project_id=7))
    sent = next(effect for effect in script.effects if isinstance(effect, Send))
    assert sent.body == {**REQUEST.to_wire(), "callbackUrl": "https://me/hook", "projectid": "7"}


@pytest.mark.parametrize(
    "url", ["me/hook", "ftp://me", "https://user:pw@me/hook", "https://me/#part", "http://["]
)
def test_a_callback_the_platform_would_not_take_is_refused_here(url):
    with pytest.raises(errors.InvalidRequest, match="callback_url: give a URL of http or https"):
        read_options("submit", {"callback_url": url}, awaits=False)


@pytest.mark.parametrize(
    "lost",
    [
        TransportFailure("ReadTimeout", never_sent=False),
        reply(b"", 200),
        reply(b"<html>", 200),
        reply(b'{"result": tr', 200),
        reply({"result": True, "errors": []}, 200),
        reply(b"", 302),
        reply(b"", 408),
        reply(refusal("boom"), 500),
        reply(b"bad gateway", 502),
        reply(b"", 503, retry_after="1"),
        reply(b"", 504),
    ],
    ids=lambda lost: getattr(lost, "reason", None) or f"{lost.status}-{len(lost.body)}",
)
def test_a_lost_answer_is_unknown_and_never_sent_again(lost):
    script = Script(lost)
    with pytest.raises(errors.SubmissionUnknown) as caught:
        submit(script)
    assert script.sent == ["Run/pruna/vace"]
    assert script.slept == []
    error = caught.value
    assert (error.billed, error.safe_to_resubmit, error.task) == (None, False, None)
    assert error.status == getattr(lost, "status", None) or error.status is None
    assert "is not sent again" in str(error)


@pytest.mark.parametrize(
    ("task_id", "token", "known"),
    [
        (2221, "t", "2221"),
        (2221.0, "t", "2221"),
        (" 2221 ", "t", "2221"),
        (["2221"], "t", ""),
        ({"id": 1}, "t", ""),
        (True, "t", ""),
        (None, "t", ""),
        (1.5, "t", ""),
    ],
)
def test_what_can_be_no_name_is_none(task_id, token, known):
    """A task that is asked for by `[1]` is never found again; the other name finds it."""
    task = submit(Script({"result": True, "taskid": task_id, "socketaccesstoken": token}))
    assert (task.id, task.token) == (known, "t")


@pytest.mark.parametrize("name", [[], ["a"], {"a": 1}, True, 1.5])
def test_an_answer_with_nothing_that_can_be_a_name_is_unknown(name):
    with pytest.raises(errors.SubmissionUnknown, match="names no task"):
        submit(Script({"result": True, "taskid": name, "socketaccesstoken": name}))


def test_a_number_that_python_cannot_read_costs_nobody_the_task():
    body = b'{"result": true, "taskid": "2221", "socketaccesstoken": "t", "size": ' + b"9" * 5000
    assert submit(Script(reply(body + b', "n": 7}'))).id == "2221"


def test_what_never_left_may_be_sent_again_by_the_caller():
    script = Script(TransportFailure("ConnectError: refused", never_sent=True))
    with pytest.raises(errors.ConnectionFailed) as caught:
        submit(script)
    assert script.sent == ["Run/pruna/vace"]
    assert (caught.value.billed, caught.value.safe_to_resubmit) == (False, True)


@pytest.mark.parametrize(
    ("answer", "kind", "billed"),
    [
        (reply(refusal("limit", 96)), errors.ConcurrencyLimit, False),
        (reply(refusal("Insufficient balance", 97)), errors.InsufficientBalance, False),
        (reply(b"", 429, retry_after="2"), errors.RateLimited, False),
        (reply(b"", 401), errors.AuthenticationFailed, False),
        (reply(refusal("Error parsing url."), 404), errors.NotFound, False),
        (reply(refusal("a sentence nobody documented")), errors.Refused, None),
    ],
)
def test_a_refusal_is_sent_once_and_says_what_it_cost(answer, kind, billed):
    script = Script(answer)
    with pytest.raises(kind) as caught:
        submit(script)
    assert script.sent == ["Run/pruna/vace"]
    assert caught.value.billed is billed
    assert caught.value.safe_to_resubmit is (billed is False)


def test_a_refused_parameter_is_named_as_the_caller_writes_it():
    script = Script(refusal("Request parameter [frameNum] must be integer or float"))
    with pytest.raises(errors.ParameterRefused) as caught:
        submit(script)
    assert (caught.value.parameter, caught.value.argument) == ("frameNum", "frame_num")


@pytest.mark.parametrize("leaving", [KeyboardInterrupt(), SystemExit(1)])
def test_leaving_while_the_answer_is_awaited_says_what_is_unknown(leaving):
    with pytest.raises(type(leaving)) as caught:
        submit(Script(leaving))
    assert "may have been sent; whether the platform started a task" in caught.value.__notes__[0]


def test_local_files_are_looked_at_then_uploaded_then_run_is_sent():
    script = Script(UPLOADED, RUN_REPLY)
    file = Path("a.png")
    submit(script, Vace(prompt="x", input_image=[file, "https://a/b", file]))
    kinds = [type(effect) for effect in script.effects if isinstance(effect, (InspectFile, Send))]
    assert kinds == [InspectFile, InspectFile, Send, Send]  # looked at twice, sent once
    upload, run = (effect for effect in script.effects if isinstance(effect, Send))
    assert (upload.path, isinstance(upload.body, Form)) == ("File/Upload", True)
    assert run.body["inputImage"] == ["https://file/1", "https://a/b", "https://file/1"]


def test_a_file_that_cannot_be_read_sends_nothing():
    script = Script(problem="a.png does not exist; give the path of a file.")
    with pytest.raises(errors.InvalidRequest) as caught:
        submit(script, Vace(prompt="x", input_image=Path("a.png")))
    assert script.sent == []
    assert caught.value.problems[0].argument == "input_image"


@pytest.mark.parametrize(
    "answer",
    [
        TransportFailure("ReadError", never_sent=False),
        OSError("disk gone"),
        {"result": True, "list": []},
        reply(b"", 502),
        reply(refusal("invalid-parameters")),
    ],
)
def test_a_failed_upload_is_not_repeated_and_starts_nothing(answer):
    script = Script(answer)
    with pytest.raises(errors.UploadFailed) as caught:
        submit(script, Vace(prompt="x", input_image=b"\x89PNG"))
    assert script.sent == ["File/Upload"]
    assert (caught.value.billed, caught.value.safe_to_resubmit) == (False, True)


def test_a_deadline_that_passes_before_run_costs_nothing():
    class Slow(Script):
        def _answer(self, effect):
            if isinstance(effect, InspectFile):
                self.clock.seconds += 10
            return super()._answer(effect)

    script = Slow()
    with pytest.raises(errors.DeadlineExceeded) as caught:
        submit(script, Vace(prompt="x", input_image=b"1"), deadline=5.0)
    assert script.sent == []
    assert (caught.value.billed, caught.value.safe_to_resubmit) == (False, True)


def test_time_left_bounds_each_exchange():
    script = Script(RUN_REPLY)
    submit(script, deadline=5.0)
    assert next(effect for effect in script.effects if isinstance(effect, Send)).timeout == 5.0


@pytest.mark.parametrize("what", ["pruna/vace", Vace, None, {"prompt": "x"}])
def test_only_a_models_request_is_run(what):
    with pytest.raises(errors.InvalidRequest, match="expected a model's request"):
        submit(Script(), what)
