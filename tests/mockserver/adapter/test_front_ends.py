"""One suite over every front end: the same calls get the same answers, byte for byte where it matters.

A front end is a name in `FRONTS` and a context manager that gives a `Front`. Another front end (an ASGI
app, a server) joins by adding its own; nothing below knows which one it talks to.
"""

import json

import httpx
import pytest
from front_ends import FRONTS
from platform_kit import SPECS, Input, model

from wiromock import (
    BadJson,
    Cancelled,
    CommandBehaviour,
    ConnectionLost,
    Fails,
    Hangs,
    HttpFault,
    Notifications,
    PassThrough,
    Refused,
    Requeues,
    Stalls,
    Success,
)
from wiromock.spec.catalog import GivenSpecs

PROMPT = {"prompt": "a deer in snow"}
COMBINED = GivenSpecs(
    [model("acme/combined", Input(name="inputs", type="combinefileinput"))], SPECS.platform()
)


@pytest.fixture(params=FRONTS)
def front(request):
    with FRONTS[request.param]() as front:
        yield front


class TestLifecycle:
    def test_a_run_succeeds_is_billed_once_and_leaves_a_file(self, front):
        run = front.run()
        front.advance(60)
        task = front.task(run)
        assert (task["status"], task["pexit"]) == ("task_postprocess_end", "0")
        status, headers, content = front.get(task["outputs"][0]["url"])
        assert (status, headers["content-type"], len(content)) == (
            200,
            "video/mp4",
            int(task["outputs"][0]["size"]),
        )
        assert content[4:8] == b"ftyp"
        assert front.engine.ledger.billed == 1

    def test_part_of_a_file(self, front):
        run = front.run()
        front.advance(60)
        url = front.task(run)["outputs"][0]["url"]
        status, headers, content = front.get(url, range="bytes=4-7")
        assert (status, content) == (206, b"ftyp")
        assert headers["content-range"].startswith("bytes 4-7/")

    def test_a_failure_is_free(self, front):
        front.engine.on().then(Fails(pexit="137", stderr="CUDA out of memory"))
        run = front.run()
        front.advance(60)
        task = front.task(run)
        assert (task["pexit"], task["debugerror"], task["outputs"], task["totalcost"]) == (
            "137",
            "CUDA out of memory",
            [],
            "0",
        )

    def test_a_requeued_task_shows_task_error_and_then_succeeds(self, front):
        front.engine.on().then(Requeues(stderr="worker lost", wait=20))
        run = front.run()
        front.advance(8)
        task = front.task(run)
        assert (task["status"], task["debugerror"]) == ("task_error", "worker lost")
        front.advance(20)
        assert front.task(run)["status"] not in {"task_error", "task_postprocess_end"}
        front.advance(60)
        assert front.task(run)["pexit"] == "0"

    @pytest.mark.parametrize(
        ("ends", "status"), [("fails", "task_postprocess_end"), ("stays", "task_error")]
    )
    def test_a_requeued_task_may_end_badly(self, front, ends, status):
        front.engine.on().then(Requeues(ends=ends))
        run = front.run()
        front.advance(600)
        task = front.task(run)
        assert (task["status"], task["totalcost"]) == (status, "0")

    def test_the_platform_may_cancel(self, front):
        front.engine.on().then(Cancelled(at="task_start", stderr="maintenance"))
        run = front.run()
        front.advance(60)
        task = front.task(run)
        assert (task["status"], task["debugerror"]) == ("task_cancel", "maintenance")
        assert front.engine.ledger.billed == 0

    def test_cancel_in_the_queue_kill_while_running(self, front):
        queued, running = front.run(), front.run()
        assert front.post("/Task/Cancel", {"taskid": queued})["result"] is True
        front.advance(6)
        assert front.post("/Task/Cancel", {"taskid": running})["result"] is False
        assert front.post("/Task/Kill", {"taskid": running})["result"] is True
        assert [front.task(run)["status"] for run in (queued, running)] == ["task_cancel"] * 2

    def test_a_race_may_be_lost(self, front):
        front.engine.on().then(Success(commands=CommandBehaviour(cancel="refused", kill="ignored")))
        run = front.run()
        assert front.post("/Task/Cancel", {"taskid": run})["errors"][0]["code"] == 1
        front.advance(6)
        assert front.post("/Task/Kill", {"taskid": run})["result"] is True
        front.advance(60)
        assert front.task(run)["pexit"] == "0"
        assert front.engine.ledger.billed == 1

    def test_detail_may_be_behind_the_truth(self, front):
        front.engine.on().then(Success(commands=CommandBehaviour(detail_lag=5)))
        run = front.run()
        front.advance(19)
        assert front.task(run)["status"] != "task_postprocess_end"
        front.advance(5)
        assert front.task(run)["status"] == "task_postprocess_end"

    def test_files_can_be_deleted_when_it_is_over_and_again(self, front):
        answer = front.post("/Run/pruna/vace", PROMPT)
        run, token = answer["taskid"], {"tasktoken": answer["socketaccesstoken"]}
        early = front.post("/Task/InputOutputDelete", token)
        assert early["errors"][0]["message"].startswith("Task must be completed")
        front.advance(60)
        url = front.task(run)["outputs"][0]["url"]
        for _ in range(2):
            reply = front.post("/Task/InputOutputDelete", token)
            assert reply == {"result": True, "errors": []}
        task = front.task(run)
        assert (task["outputs"], task["outputfolderid"]) == ([], "0")
        assert task["parameters"] == PROMPT
        assert front.get(url)[0] == 404
        assert front.engine.ledger.billed == 1

    def test_tasks_are_listed_newest_first_in_pages(self, front):
        runs = [front.run() for _ in range(3)]
        page = {"type": "model", "sort": "id", "order": "DESC", "start": "1", "limit": "2"}
        reply = front.post("/Task/List", page)
        assert (reply["total"], [task["id"] for task in reply["tasklist"]]) == ("3", runs[1::-1])
        assert front.post("/Task/List", {"modelName": "nothing"})["total"] == "0"
        assert front.post("/Task/List", {"limit": "101"})["result"] is False


class TestRefusals:
    @pytest.mark.parametrize("code", [97, 98])
    def test_the_platform_says_no(self, front, code):
        front.engine.on().then(Refused(code))
        reply = front.post("/Run/pruna/vace", PROMPT)
        assert (reply["result"], reply["errors"][0]["code"]) == (False, code)

    def test_a_wrong_parameter(self, front):
        status, headers, body = front.send("/Run/pruna/vace", {"promt": "x"})
        assert (status, json.loads(body)["result"]) == (200, False)
        assert "did you mean `prompt`?" in headers["x-mock-explanation"]

    def test_without_a_key(self, front):
        status, _, body = front.send("/Task/Detail", {"taskid": "1"}, key="")
        assert (status, json.loads(body)["result"]) == (401, False)

    @pytest.mark.parametrize("method", ["HEAD", "PUT", "OPTIONS"])
    def test_another_verb(self, front, method):
        status, headers, body = front.send_as(method, "/Task/Detail")
        assert (status, body == b"") == (404, method == "HEAD")
        assert f"exists, but not for {method}" in headers["x-mock-explanation"]

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (b"null", "the body is null, not a JSON object"),
            (b"[]", "the body is an array, not a JSON object"),
            (b'{"taskid": NaN}', "NaN is not a JSON number"),
            (b'{"taskid": "\\ud800"}', "half a surrogate pair"),
            (b'{"a":' * 10_000, "deeper than 128 levels"),
            (b"\xff", "the body is not UTF-8"),
        ],
    )
    def test_a_body_that_is_none(self, front, body, said):
        kind = {"content-type": "application/json", "x-api-key": "key"}
        status, headers, answer = front.send_raw("/Task/Detail", body, kind)
        assert (status, json.loads(answer)["result"]) == (200, False)
        assert said in headers["x-mock-explanation"]

    def test_a_part_that_cannot_be_read_is_reported_in_the_reply_alone(self, front, capfd):
        kind = {"content-type": "multipart/form-data; boundary=a", "x-api-key": "key"}
        _, headers, _ = front.send_raw("/Run/pruna/vace", b"x", kind)
        assert "the multipart body is broken" in headers["x-mock-explanation"]
        assert capfd.readouterr().err == ""


class TestSync:
    def test_plain(self, front):
        reply = front.post("/Run/pruna/vace/sync", PROMPT)
        assert reply["tasklist"][0]["pexit"] == "0"
        assert front.engine.ledger.billed == 1

    def test_as_a_stream(self, front):
        _, headers, body = front.send("/Run/pruna/vace/sync?stream=true", PROMPT)
        assert headers["content-type"].startswith("text/event-stream")
        events = [block.split("\n")[0] for block in body.decode().strip().split("\n\n")]
        assert events[0] == "event: start"
        assert events[-1] == "event: done"
        done = json.loads(body.decode().strip().rpartition("data: ")[2])
        assert done["tasklist"][0]["status"] == "task_postprocess_end"

    def test_a_failure_comes_as_data(self, front):
        front.engine.on().then(Fails(pexit="9"))
        assert front.post("/Run/pruna/vace/sync", PROMPT)["tasklist"][0]["pexit"] == "9"

    def test_after_forty_minutes_it_gives_up_and_the_task_goes_on(self, front):
        front.engine.on().then(Stalls(at="task_start"))
        status, _, body = front.send("/Run/pruna/vace/sync", PROMPT)
        reply = json.loads(body)
        assert status == 504
        assert front.task(reply["taskid"])["status"] == "task_start"


class TestDelivery:
    """What a script does to a connection: what the caller's library raises is the same everywhere."""

    @pytest.mark.parametrize(
        ("fault", "error"),
        [
            (ConnectionLost(), httpx.ReadError),
            (ConnectionLost(how="empty"), httpx.RemoteProtocolError),
            (ConnectionLost(how="truncated", after=5), httpx.RemoteProtocolError),
            (ConnectionLost(how="garbage"), httpx.RemoteProtocolError),
            (Hangs(), httpx.ReadTimeout),
        ],
        ids=str,
    )
    @pytest.mark.parametrize("accepted", [False, True])
    def test_a_broken_connection(self, front, fault, error, accepted):
        front.engine.on().then(type(fault)(**{**_fields(fault), "accepted": accepted}))
        front.expects_silence = isinstance(fault, Hangs)
        with pytest.raises(error):
            front.send("/Run/pruna/vace", PROMPT)
        ledger = front.engine.ledger
        assert ledger.running + ledger.billed == accepted

    def test_a_status_from_in_front_of_the_platform(self, front):
        front.engine.on_call("TaskDetail").then(HttpFault(503, retry_after=7))
        status, headers, body = front.send("/Task/Detail", {"taskid": "1"})
        assert (status, headers["retry-after"], body) == (503, "7", b"503 Service Unavailable")

    def test_no_json(self, front):
        front.engine.on().then(BadJson())
        status, _, body = front.send("/Run/pruna/vace", PROMPT)
        assert (status, body) == (200, b'{"result": tru')

    def test_a_late_answer(self, front):
        front.engine.on().then(PassThrough(latency=5))
        before = front.time()
        assert front.post("/Run/pruna/vace", PROMPT)["result"] is True
        assert front.time() - before >= 5

    def test_a_body_that_drips_trips_no_read_timeout(self, front):
        front.engine.on().then(PassThrough(drip=10))
        before = front.time()
        assert front.post("/Run/pruna/vace", PROMPT)["result"] is True
        assert front.time() - before >= 8

    def test_any_call_may_be_truncated_after_it_has_worked(self, front):
        run = front.run()
        front.engine.on_call("TaskCancel").then(ConnectionLost(how="truncated"))
        with pytest.raises(httpx.RemoteProtocolError):
            front.send("/Task/Cancel", {"taskid": run})
        assert front.task(run)["status"] == "task_cancel"


def _fields(value):
    return {name: getattr(value, name) for name in value.__slots__ if name != "scenario"}


class TestModels:
    def test_they_can_be_listed_searched_and_looked_at(self, front):
        reply = front.post("/Tool/List", {"start": "0", "limit": "2", "search": "vace"})
        assert (reply["total"], reply["tool"][0]["cleanslugproject"]) == (1, "vace")
        assert reply["tool"][0]["parameters"] is None
        asked = {"slugowner": "pruna", "slugproject": "vace"}
        (tool,) = front.post("/Tool/Detail", asked)["tool"]
        (group,) = tool["parameters"]
        assert [item["id"] for item in group["items"]][:2] == ["prompt", "inputImage"]
        assert front.post("/Tool/Detail", {"slugowner": "x", "slugproject": "y"})["result"] is False
        groups = front.post("/Tool/Explore", {})["explore"]
        assert all(set(group) >= {"id", "title", "tools"} for group in groups)

    def test_each_has_an_openapi_document_for_each_way_to_authenticate(self, front):
        _, _, body = front.send(
            "/Tool/DetailOpenAPI", {"slugowner": "pruna", "slugproject": "vace"}
        )
        documents = json.loads(body)
        assert [document["type"] for document in documents] == ["apikey", "bearer", "signature"]
        schema = documents[2]["spec"]["components"]["schemas"]["RunToolSchema"]
        assert schema["required"] == ["prompt"]
        assert schema["properties"]["resolution"]["enum"]
        _, _, body = front.send("/Tool/DetailOpenAPI", {"slugowner": "x", "slugproject": "y"})
        assert json.loads(body) == []


class TestStrict:
    def test_one_file_of_a_list_is_no_text(self):
        """A list of one looks like a text in multipart; strict refuses texts, not lists of one."""
        form = b'--x\r\ncontent-disposition: form-data; name="inputs"; filename="a.png"\r\n\r\nPNG\r\n--x--\r\n'
        for front in FRONTS:
            with FRONTS[front](strict=True, specs=COMBINED) as mock:
                kind = {"content-type": "multipart/form-data; boundary=x", "x-api-key": "k"}
                _, headers, body = mock.send_raw("/Run/acme/combined", form, kind)
                assert json.loads(body)["result"] is True, (front, headers)
                text = mock.post("/Run/acme/combined", {"inputs": "https://a.example/1.png"})
                assert text["result"] is False, front


class TestFiles:
    def test_a_folder_and_a_file_in_it(self, front):
        made = front.post("/File/FolderCreate", {"name": "inputs-1"})["list"][0]
        assert (made["name"], made["parentid"], made["size"]) == ("inputs-1", "0", "0")
        assert front.post("/File/FolderCreate", {"name": "no spaces"})["result"] is False


class TestWebhooks:
    @pytest.mark.parametrize(("shape", "key"), [("tasklist", "tasklist"), ("task", "status")])
    def test_one_post_when_it_is_over(self, front, shape, key):
        front.engine.on().then(Success(notifications=Notifications(webhook=shape)))
        front.post("/Run/pruna/vace", {**PROMPT, "callbackUrl": "http://127.0.0.1:9/hook"})
        assert front.engine.webhooks() == []
        front.advance(60)
        ((posted, body),) = front.engine.webhooks()
        assert posted.url == "http://127.0.0.1:9/hook"
        assert key in json.loads(body)
        assert front.engine.webhooks(since=posted.number) == []
