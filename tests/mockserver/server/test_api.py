"""The platform's API over real HTTP: the same words, on one origin."""

import httpx
import pytest
from server_kit import KEY, PROMPT

from wiromock.adapter.asgi import message
from wiromock.server.running_mock import run_server


def test_a_run_goes_through_its_stages_and_leaves_a_file(served):
    task = served.run()["taskid"]
    assert served.task(task)["status"] == "task_queue"
    served.push(until={"task": task, "status": "task_start"})
    assert served.task(task)["status"] == "task_start"
    served.push(until_all_is_over=True)
    detail = served.task(task)
    assert (detail["status"], detail["pexit"]) == ("task_postprocess_end", "0")
    (output,) = detail["outputs"]
    assert output["url"].startswith(f"{served.url}/outputs/")
    content = served.http.get(output["url"])
    assert (content.headers["content-type"], len(content.content)) == (
        "video/mp4",
        int(output["size"]),
    )


@pytest.fixture
def finished(served) -> str:
    """The URL of an output."""
    task = served.run()["taskid"]
    served.push(until_all_is_over=True)
    return served.task(task)["outputs"][0]["url"]


def test_a_part_of_an_output_can_be_asked_for(served, finished):
    whole = served.http.get(finished).content
    part = served.http.get(finished, headers={"range": "bytes=4-11"})
    assert (part.status_code, part.content) == (206, whole[4:12])
    assert part.headers["content-range"] == f"bytes 4-11/{len(whole)}"
    beyond = served.http.get(finished, headers={"range": f"bytes={len(whole)}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(whole)}")


def test_the_head_of_an_output_states_its_length(served, finished):
    head = served.http.head(finished)
    assert (head.content, int(head.headers["content-length"])) == (
        b"",
        len(served.http.get(finished).content),
    )


@pytest.mark.parametrize("host", ["mock:8080", "localhost", "[::1]:8080"])
def test_urls_lead_to_where_the_caller_reached_us(served, finished, host):
    """In a container the server has another name than the one it knows of itself."""
    reply = served.post("/Task/Detail", {"taskid": "2221"}, host=host).json()
    url = reply["tasklist"][0]["outputs"][0]["url"]
    assert url == finished.replace(served.url, f"http://{host}")


def test_a_host_that_is_none_is_not_repeated(served, finished):
    reply = served.post("/Task/Detail", {"taskid": "2221"}, host='x"><script>')
    assert "<script>" not in reply.text
    assert reply.status_code == 421


def test_an_uploaded_file_is_there_for_everybody(served):
    sent = served.http.post(
        "/v1/File/Upload", files={"file": ("a b.png", b"\x89PNG")}, headers=KEY
    ).json()
    url = sent["list"][0]["url"]
    assert url.startswith(f"{served.url}/v1/File/")
    assert served.http.get(url).content == b"\x89PNG"


def test_a_base_url_without_v1_is_explained(served):
    reply = served.http.post("/Run/pruna/vace", json=PROMPT, headers=KEY)
    assert reply.status_code == 404
    assert reply.json()["errors"] == [{"code": 0, "message": "Error parsing url."}]
    assert f"{served.url}/v1" in reply.headers["x-mock-explanation"]


def test_misuse_looks_like_nothing_that_is_ever_repeated(served):
    served.script(
        {"on": "*", "then": [{"scenario": "success"}, {"scenario": "success"}], "after": "error"}
    )
    served.run()
    served.run()
    reply = served.post("/Run/pruna/vace", PROMPT)
    assert (reply.status_code, reply.headers["content-type"]) == (599, "application/problem+json")
    assert "3rd time" in reply.json()["detail"]
    assert reply.headers["x-mock-error"].startswith("ScenarioExhausted")


def test_a_body_beyond_all_limits_is_turned_away(served, monkeypatch):
    monkeypatch.setattr(message.read_body, "__defaults__", (1000,))
    reply = served.http.post("/v1/Run/pruna/vace", content=iter([b"x" * 600] * 4), headers=KEY)
    assert reply.status_code == 413
    assert served.run()["taskid"] == "2221"


def test_a_sync_run_answers_when_the_task_is_over(served):
    served.push(speed=1000)
    reply = served.post("/Run/pruna/vace/sync", PROMPT).json()
    assert reply["tasklist"][0]["status"] == "task_postprocess_end"


def test_a_streamed_run_sends_its_events_and_ends(served):
    served.push(speed=1000)
    path = "/v1/Run/pruna/vace/sync?stream=true"
    with served.http.stream("POST", path, json=PROMPT, headers=KEY) as reply:
        events = [line[7:] for line in reply.iter_lines() if line.startswith("event: ")]
    assert (events[0], events[-1]) == ("start", "done")


class TestCredentials:
    def test_any_key_will_do_but_no_key_will_not(self, served):
        assert served.post("/Task/Detail", {"taskid": "1"}).status_code == 200
        assert served.http.post("/v1/Task/Detail", json={"taskid": "1"}).status_code == 401

    def test_a_server_with_a_secret_wants_signatures(self):
        server = run_server(api_key="K", api_secret="S", speed=0)
        with server as own, httpx.Client(timeout=60, trust_env=False) as http:
            bare = http.post(f"{own.base_url}/Run/pruna/vace", json=PROMPT, headers=KEY)
            assert bare.status_code == 401
            key = {"x-api-key": "K"}
            unsigned = http.post(f"{own.base_url}/Run/pruna/vace", json=PROMPT, headers=key)
            assert "signature" in unsigned.json()["errors"][0]["message"]


def test_two_tenants_do_not_see_one_another(served):
    mine = served.post("/Run/pruna/vace", PROMPT, x_mock_tenant="one").json()
    other = served.post(
        "/Task/Detail", {"tasktoken": mine["socketaccesstoken"]}, x_mock_tenant="two"
    )
    assert other.json()["result"] is False
    assert [
        task["id"] for task in served.control("GET", "/tasks", x_mock_tenant="one")["tasks"]
    ] == [mine["taskid"]]
    assert served.control("GET", "/tasks")["tasks"] == []
