"""Faults below HTTP reach a client as what they are, and never the next client."""

import json

import httpx
import pytest
from server_kit import KEY

DETAIL = {"taskid": "2221"}
SOON = httpx.Timeout(30, read=0.2)
"""What is late for a reader is so on a busy machine too; connecting may take its time."""


def scripted(served, **scenario):
    served.run()
    served.script(
        {"on_call": "TaskDetail", "then": [scenario], "after": "pass_through", "calls": [1]}
    )


@pytest.mark.parametrize(
    ("how", "error", "said"),
    [
        ("reset", httpx.ReadError, None),
        ("empty", httpx.RemoteProtocolError, None),
        ("truncated", httpx.RemoteProtocolError, r"\b7\b"),
        ("garbage", httpx.RemoteProtocolError, None),
    ],
)
def test_a_connection_breaks_in_the_manner_that_is_scripted(served, how, error, said):
    scripted(served, scenario="connection_lost", how=how, after=7)
    with pytest.raises(error, match=said):
        served.post("/Task/Detail", DETAIL)
    assert served.post("/Task/Detail", DETAIL).json()["result"] is True


def test_a_body_that_is_no_json_arrives_as_it_is(served):
    scripted(served, scenario="bad_json", body='{"result": tru')
    assert served.post("/Task/Detail", DETAIL).text == '{"result": tru'


def test_an_answer_that_never_comes_is_a_read_timeout(served):
    scripted(served, scenario="hangs")
    with pytest.raises(httpx.ReadTimeout):
        served.http.post("/v1/Task/Detail", json=DETAIL, headers=KEY, timeout=SOON)


def test_a_late_answer_waits_for_mock_time(served):
    scripted(served, scenario="pass_through", latency=600)
    with pytest.raises(httpx.ReadTimeout):
        served.http.post("/v1/Task/Detail", json=DETAIL, headers=KEY, timeout=SOON)
    scripted(served, scenario="pass_through", latency=600)
    served.push(speed=6000)
    assert served.post("/Task/Detail", DETAIL).status_code == 200


def test_a_dripping_answer_restarts_a_read_timeout_with_every_byte(served):
    """Only a deadline over the whole call helps against it."""
    scripted(served, scenario="pass_through", drip=1)
    with served.http.stream("POST", "/v1/Task/Detail", json=DETAIL, headers=KEY) as reply:
        body = reply.iter_raw()
        read = b""
        for _ in range(5):
            served.push(advance=1.5)  # a byte a second, counted from the one before
            byte = next(body)
            assert len(byte) == 1
            read += byte
        served.push(speed=1_000_000)
        read += b"".join(body)
    assert json.loads(read)["result"] is True


def test_a_http_error_says_when_to_come_back(served):
    scripted(served, scenario="http_fault", status=429, retry_after=3)
    reply = served.post("/Task/Detail", DETAIL)
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "3")


def test_a_run_whose_answer_is_lost_may_have_happened(served):
    rule = {
        "on": "*",
        "then": [{"scenario": "connection_lost", "accepted": True}],
        "after": "pass_through",
    }
    served.script(rule)
    with pytest.raises(httpx.ReadError):
        served.run()
    assert [task["id"] for task in served.control("GET", "/tasks")["tasks"]] == ["2221"]
