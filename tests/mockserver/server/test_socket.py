"""The WebSocket of a real server: what happens is sent when it happens."""

import json
from collections.abc import Iterator
from contextlib import suppress
from functools import partial

import pytest
from websockets.exceptions import ConnectionClosedError, ConnectionClosedOK, InvalidStatus
from websockets.sync.client import connect as open_socket

connect = partial(open_socket, open_timeout=60, close_timeout=60, ping_timeout=60)


@pytest.fixture
def socket(served):
    with connect(served.socket) as opened:
        yield opened


def register(socket, token: str) -> None:
    socket.send(json.dumps({"type": "task_info", "tasktoken": token}))


def types(socket) -> list[str]:
    """Everything until the platform closes."""
    return [message["type"] for message in messages(socket)]


def messages(socket) -> Iterator[dict]:
    with suppress(ConnectionClosedOK):
        while True:
            yield next_message(socket)


def next_message(socket) -> dict:
    return json.loads(socket.recv(timeout=60))


def test_a_task_is_reported_from_the_queue_to_its_end(served, socket):
    register(socket, served.run()["socketaccesstoken"])
    assert next_message(socket)["type"] == "task_queue"
    served.push(advance=3600)
    types_seen = types(socket)
    assert (types_seen[0], types_seen[-1]) == ("task_accept", "task_postprocess_end")
    assert socket.close_code == 1000


def test_outputs_on_the_socket_can_be_fetched(served, socket):
    register(socket, served.run()["socketaccesstoken"])
    served.push(advance=3600)
    *_, last = messages(socket)
    assert served.http.get(last["message"][0]["url"]).status_code == 200


def test_a_cancel_by_somebody_else_is_reported_at_once(served, socket):
    started = served.run()
    register(socket, started["socketaccesstoken"])
    assert next_message(socket)["type"] == "task_queue"
    served.post("/Task/Cancel", {"taskid": started["taskid"]})
    assert next_message(socket)["type"] == "task_cancel"


def test_a_socket_follows_time_that_runs_by_itself(served, socket):
    served.push(speed=1000)
    register(socket, served.run()["socketaccesstoken"])
    assert types(socket)[-1] == "task_postprocess_end"


def test_a_scripted_drop_breaks_the_connection_without_a_word(served, socket):
    rule = {"scenario": "success", "notifications": {"drop_after": "task_start"}}
    served.script({"on": "*", "then": [rule]})
    token = served.run()["socketaccesstoken"]
    register(socket, token)
    served.push(advance=3600)
    with pytest.raises(ConnectionClosedError) as broken:
        types(socket)
    assert broken.value.rcvd is None
    with connect(served.socket) as again:
        register(again, token)
        assert types(again)[-1] == "task_postprocess_end"


def test_an_unknown_token_is_shown_the_door(socket):
    register(socket, "nobody")
    with pytest.raises(ConnectionClosedError) as closed:
        next_message(socket)
    assert closed.value.rcvd.code == 1008


@pytest.mark.parametrize(
    "said", ["", "no json", "[]", "{}", '{"type": 1}', b"\x00|", b"x" * 70_000]
)
def test_garbage_is_noted_and_nothing_else(served, socket, said):
    socket.send(said)
    register(socket, served.run()["socketaccesstoken"])
    assert next_message(socket)["type"] == "task_queue"


def test_two_tasks_share_a_socket(served, socket):
    tokens = [served.run()["socketaccesstoken"] for _ in range(2)]
    for token in tokens:
        register(socket, token)
    types_seen = {next_message(socket)["tasktoken"] for _ in tokens}
    assert types_seen == set(tokens)


def test_a_caller_who_leaves_is_forgotten(served):
    token = served.run()["socketaccesstoken"]
    for _ in range(20):
        with connect(served.socket) as opened:
            register(opened, token)
            next_message(opened)
    served.push(advance=3600)
    with connect(served.socket) as opened:
        register(opened, token)
        assert types(opened)[-1] == "task_postprocess_end"


@pytest.mark.parametrize(
    ("scenario", "status"),
    [({"scenario": "http_fault", "status": 503}, 503), ({"scenario": "connection_lost"}, 403)],
)
def test_a_handshake_is_refused_as_scripted(served, scenario, status):
    served.script({"on_call": "Socket", "then": [scenario], "after": "pass_through"})
    with pytest.raises(InvalidStatus) as refused, connect(served.socket):
        pass
    assert refused.value.response.status_code == status
    with connect(served.socket) as again:
        register(again, served.run()["socketaccesstoken"])
        assert next_message(again)["type"] == "task_queue"
