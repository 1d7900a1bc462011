"""How many whole runs a second the client and the mock get through in virtual time.

    python benchmarks/client_lifecycles.py

A run is: a request made and checked, Run, every look at the task until it has ended, a result. What
it is compared with are the same number of exchanges by bare httpx on a MockTransport, so that the
ratio says what client and mock cost together.
"""

import asyncio
import json
import time
from collections.abc import Callable
from itertools import count
from typing import Literal

import httpx
from measuring import describe_machine, race, show

from wiro import AsyncWiro, Wiro
from wiro.models.pruna import Vace
from wiro_runtime.seam import clock
from wiromock import MockWiro

RUNS = 60
_PROMPTS = count()


def _request() -> Vace:
    """A request like no other before: nobody runs the same prompt again and again."""
    return Vace(prompt=f"a deer, number {next(_PROMPTS)}")


def with_patch(calls: int) -> float:
    """Through `MockWiro` as a test uses it: every httpx client of the process is patched."""
    return _patched("polling", calls)


def with_socket(calls: int) -> float:
    """The same, with the client's defaults: it listens to the task's socket."""
    return _patched("auto", calls)


def _patched(tracking: Literal["auto", "polling"], calls: int) -> float:
    with MockWiro():
        client = Wiro(api_key="made-up", tracking=tracking)
        client.run(Vace(prompt="a deer"))
        return _timed(lambda: client.run(_request()), calls)


def with_transport(calls: int) -> float:
    """Through the mock as the transport of one httpx client."""
    mock = MockWiro()
    with clock.use(mock.clock), httpx.Client(transport=mock.transport) as http:
        client = Wiro(api_key="made-up", http_client=http, tracking="polling")
        client.run(Vace(prompt="a deer"))
        return _timed(lambda: client.run(_request()), calls)


def with_asyncio(calls: int) -> float:
    """Through `MockWiro`, all runs at once in one event loop."""

    async def all_at_once() -> float:
        async with MockWiro(), AsyncWiro(api_key="made-up", tracking="polling") as client:
            await client.run(Vace(prompt="a deer"))
            began = time.process_time()
            await asyncio.gather(*(client.run(_request()) for _ in range(calls)))
            return time.process_time() - began

    return asyncio.run(all_at_once())


def exchanges_of_a_run() -> int:
    """Run and looks of one run, once the model is known."""
    with MockWiro() as mock:
        client = Wiro(api_key="made-up", tracking="polling")
        client.run(Vace(prompt="a deer"))
        before = len(mock.journal.calls())
        client.run(Vace(prompt="a deer"))
        return len(mock.journal.calls()) - before


def bare(exchanges: int) -> Callable[[int], float]:
    """As many exchanges by bare httpx."""
    body = json.dumps({"result": True, "errors": [], "tasklist": [{"id": "2221"}]}).encode()
    http = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, content=body)))

    def run() -> None:
        for _ in range(exchanges):
            http.post("https://api.wiro.ai/v1/Task/Detail", json={"taskid": "2221"}).json()

    return lambda calls: _timed(run, calls)


def _timed(run: Callable[[], object], calls: int) -> float:
    began = time.process_time()
    for _ in range(calls):
        run()
    return time.process_time() - began


def main() -> None:
    exchanges = exchanges_of_a_run()
    timed = race(
        {
            f"bare httpx, {exchanges} exchanges": bare(exchanges),
            "client and mock": with_socket,
            "client and mock, polling": with_patch,
            "polling, the mock as a transport": with_transport,
            "polling, asyncio, all at once": with_asyncio,
        },
        rounds=9,
        calls=RUNS,
    )
    rows = [(name, f"{1 / t.seconds:.0f}", f"{t.ratio:.2f}") for name, t in timed.items()]
    show("Whole runs in virtual time (budget ≥ 1,000 a second)", ("what", "runs/s", "ratio"), rows)


if __name__ == "__main__":
    print(describe_machine())
    main()
