"""What a call to the mock costs, in process, against the usual ways to fake httpx.

    python benchmarks/mock.py [calls lifecycles]

Every contender makes the same exchange: a POST of a small body, and the reply read as JSON. The ratios
are those of one run; `httpx.MockTransport` is 1.
"""

import argparse
import json
import time
from collections.abc import Callable

import client_lifecycles
import httpx
import respx
from measuring import describe_machine, race, show

from wiromock import Engine, ManualClock, MockWiro, Request
from wiromock.spec.catalog import FolderSpecs

URL = "https://api.wiro.ai/v1"
SOCKET_URL = "wss://socket.wiro.ai/v1"
HEADERS = {"x-api-key": "made-up"}
POLLS = 11
"""Looks at a task in one lifecycle of the engine alone."""


def answer() -> bytes:
    """The reply of a Detail, as the mock gives it."""
    engine, body = _with_task()
    return engine.handle(Request.to(f"{URL}/Task/Detail", headers=HEADERS, body=body)).body


def _with_task() -> tuple[Engine, bytes]:
    engine = Engine(FolderSpecs(), clock=ManualClock())
    run = Request.to(f"{URL}/Run/pruna/vace", headers=HEADERS, body=b'{"prompt": "a deer"}')
    task = engine.handle(run).json["taskid"]
    return engine, b'{"taskid": "%s"}' % task.encode()


def engine_step(calls: int) -> float:
    """The engine alone: a Detail of a running task."""
    engine, body = _with_task()
    request = Request.to(f"{URL}/Task/Detail", headers=HEADERS, body=body)
    return _timed(lambda: engine.handle(request), calls)


def mock_transport(calls: int) -> float:
    """httpx.MockTransport with a constant reply."""
    content = answer()
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=content))
    with httpx.Client(transport=transport) as http:
        return _posted(http, calls)


def respx_alone(calls: int) -> float:
    """Respx with one route and a constant reply."""
    content = answer()
    with respx.mock, httpx.Client() as http:
        respx.post(f"{URL}/Task/Detail").mock(return_value=httpx.Response(200, content=content))
        return _posted(http, calls)


def wiro_transport(calls: int) -> float:
    """The mock as a transport."""
    mock = MockWiro()
    with httpx.Client(transport=mock.transport) as http:
        return _posted(http, calls, _begin(http))


def wiro_respx(calls: int) -> float:
    """The mock in place of the network."""
    with MockWiro(), httpx.Client() as http:
        return _posted(http, calls, _begin(http))


def _begin(http: httpx.Client) -> str:
    body = {"prompt": "a deer"}
    reply = http.post(f"{URL}/Run/pruna/vace", json=body, headers=HEADERS)
    return str(reply.json()["taskid"])


def _posted(http: httpx.Client, calls: int, task: str = "2221") -> float:
    body = {"taskid": task}

    def post() -> None:
        http.post(f"{URL}/Task/Detail", json=body, headers=HEADERS).json()

    return _timed(post, calls)


def _timed(step: Callable[[], object], calls: int) -> float:
    began = time.process_time()
    for _ in range(calls):
        step()
    return time.process_time() - began


def engine_lifecycles(calls: int) -> float:
    """The engine alone: Run, and looks at the task until it has ended."""
    ticks = ManualClock()
    engine = Engine(FolderSpecs(), clock=ticks)
    run = Request.to(f"{URL}/Run/pruna/vace", headers=HEADERS, body=b'{"prompt": "a deer"}')

    def live() -> None:
        task = engine.handle(run).json["taskid"]
        body = b'{"taskid": "%s"}' % task.encode()
        look = Request.to(f"{URL}/Task/Detail", headers=HEADERS, body=body)
        for _ in range(POLLS):
            ticks.advance(2)
            engine.handle(look)

    return _timed(live, calls)


def part_of_the_mock(calls: int) -> float:
    """What the mock does in a run with the socket, without a client: Run, a look, every frame, a look."""
    mock, seconds = MockWiro(), 0.0
    for number in range(calls):
        run = _posting("Run/pruna/vace", {"prompt": f"a deer, number {number}"})
        began = time.process_time()
        started = mock.transport.handle_request(run)
        token = json.loads(started.read())["socketaccesstoken"]
        look = _posting("Task/Detail", {"tasktoken": token})
        mock.transport.handle_request(look).read()
        socket = mock.sockets.connect(SOCKET_URL, 10)
        socket.send(json.dumps({"type": "task_info", "tasktoken": token}))
        while '"task_postprocess_end"' not in (socket.receive(60) or ""):
            pass
        mock.transport.handle_request(look).read()
        socket.close()
        seconds += time.process_time() - began
    return seconds


def _posting(path: str, body: dict[str, str]) -> httpx.Request:
    return httpx.Request("POST", f"{URL}/{path}", json=body, headers=HEADERS)


def measure_calls() -> None:
    timed = race(
        {
            "httpx.MockTransport, constant reply": mock_transport,
            "the engine alone (budget 0.1)": engine_step,
            "the mock as a transport": wiro_transport,
            "respx alone, constant reply": respx_alone,
            "the mock in place of the network (budget 2.0)": wiro_respx,
        },
        rounds=9,
    )
    rows = [(name, f"{t.seconds * 1e6:.0f}", f"{t.ratio:.2f}") for name, t in timed.items()]
    show("One call in process", ("what", "µs", "ratio"), rows)


def measure_lifecycles() -> None:
    timed = race(
        {
            f"the engine alone, Run and {POLLS} looks": engine_lifecycles,
            "the mock's part of the next": part_of_the_mock,
            "the client, with the socket (budget 1,000 a second)": client_lifecycles.with_socket,
            "the client, polling": client_lifecycles.with_patch,
            "the client, polling, the mock as a transport": client_lifecycles.with_transport,
        },
        rounds=5,
        calls=60,
    )
    rows = [(name, f"{1 / t.seconds:.0f}", f"{t.ratio:.2f}") for name, t in timed.items()]
    show("Whole runs in virtual time", ("what", "runs/s", "ratio"), rows)


_SUBJECTS = {"calls": measure_calls, "lifecycles": measure_lifecycles}


def main() -> None:
    parser = argparse.ArgumentParser(description="What a call to the mock costs, in process.")
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=", ".join(_SUBJECTS))
    given = parser.parse_args()
    print(describe_machine())
    for subject in given.subjects or _SUBJECTS:
        _SUBJECTS[subject]()


if __name__ == "__main__":
    main()
