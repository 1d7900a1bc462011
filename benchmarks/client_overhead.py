"""What the client adds to one call, against bare httpx doing the same exchange.

    python benchmarks/client_overhead.py

Both talk to an `httpx.MockTransport` that answers with the same bytes. "The same exchange" is: make
the headers and the JSON body, POST, read the answer, decode its JSON. Time is the processor's.
"""

import asyncio
import hmac
import json
import time
from collections.abc import Awaitable, Callable

import httpx
from measuring import describe_machine, race, show

from wiro import AsyncWiro, Wiro
from wiro.models.pruna import Vace

BASE = "https://api.wiro.ai/v1"
KEY = "made-up"
TASK = {
    "id": "2221",
    "uuid": "15bce51f-442f-4f44-a71d-13c6374a62bd",
    "socketaccesstoken": "eDcCm5yyUfIvMFspTwww49OUfgXkQt",
    "parameters": {"prompt": "a deer in snow", "resolution": "720p"},
    "status": "task_start",
    "pexit": None,
    "debugoutput": "",
    "debugerror": "",
    "createtime": "1734513807",
    "starttime": "1734513809",
    "endtime": "0",
    "elapsedseconds": "0",
    "totalcost": None,
    "outputs": [],
    "size": "202472",
}
DETAIL = json.dumps({"total": "1", "errors": [], "tasklist": [TASK], "result": True}).encode()
STARTED = json.dumps(
    {"errors": [], "taskid": "2221", "socketaccesstoken": TASK["socketaccesstoken"], "result": True}
).encode()


def answer(request: httpx.Request) -> httpx.Response:
    body = DETAIL if request.url.path.endswith("/Task/Detail") else STARTED
    return httpx.Response(200, headers={"content-type": "application/json"}, content=body)


def repeated(call: Callable[[], object]) -> Callable[[int], float]:
    def turn(calls: int) -> float:
        began = time.process_time()
        for _ in range(calls):
            call()
        return time.process_time() - began

    return turn


def repeated_async(call: Callable[[], Awaitable[object]]) -> Callable[[int], float]:
    loop = asyncio.new_event_loop()  # one for all turns, since a client keeps to its loop

    async def turn(calls: int) -> float:
        began = time.process_time()
        for _ in range(calls):
            await call()
        return time.process_time() - began

    return lambda calls: loop.run_until_complete(turn(calls))


def measure_blocking() -> dict[str, dict[str, Callable[[int], float]]]:
    plain = httpx.Client(transport=httpx.MockTransport(answer))
    headers = {"x-api-key": KEY}
    body = Vace(prompt="a deer in snow").to_wire()
    own = httpx.Client(transport=httpx.MockTransport(answer))
    client = Wiro(api_key=KEY, http_client=own)
    signed = Wiro(api_key=KEY, api_secret=KEY, http_client=own)
    model = Vace(prompt="a deer in snow")
    task, signed_task = client.submit(model), signed.submit(model)

    def look() -> object:
        return plain.post(f"{BASE}/Task/Detail", headers=headers, json={"taskid": "2221"}).json()

    def look_signed() -> object:
        nonce = str(int(time.time() * 1000))
        signature = hmac.new(KEY.encode(), (KEY + nonce).encode(), "sha256").hexdigest()
        proof = {**headers, "x-nonce": nonce, "x-signature": signature}
        return plain.post(f"{BASE}/Task/Detail", headers=proof, json={"taskid": "2221"}).json()

    def start() -> object:
        return plain.post(f"{BASE}/Run/pruna/vace", headers=headers, json=body).json()

    return {
        "one look at a task": {
            "bare httpx": repeated(look),
            "Task.refresh()": repeated(task.refresh),
        },
        "one look, signed": {
            "bare httpx": repeated(look_signed),
            "Task.refresh()": repeated(signed_task.refresh),
        },
        "starting a task": {
            "bare httpx": repeated(start),
            "Client.submit(request)": repeated(lambda: client.submit(model)),
            "the request made as well": repeated(
                lambda: client.submit(Vace(prompt="a deer in snow"))
            ),
        },
    }


def measure_async() -> dict[str, dict[str, Callable[[int], float]]]:
    plain = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    headers = {"x-api-key": KEY}
    body = Vace(prompt="a deer in snow").to_wire()
    client = AsyncWiro(
        api_key=KEY, http_client=httpx.AsyncClient(transport=httpx.MockTransport(answer))
    )
    model = Vace(prompt="a deer in snow")
    task = asyncio.run(client.submit(model))

    async def look() -> object:
        reply = await plain.post(f"{BASE}/Task/Detail", headers=headers, json={"taskid": "2221"})
        return reply.json()

    async def start() -> object:
        return (await plain.post(f"{BASE}/Run/pruna/vace", headers=headers, json=body)).json()

    return {
        "one look at a task, async": {
            "bare httpx": repeated_async(look),
            "AsyncTask.refresh()": repeated_async(task.refresh),
        },
        "starting a task, async": {
            "bare httpx": repeated_async(start),
            "AsyncClient.submit(request)": repeated_async(lambda: client.submit(model)),
        },
    }


def main() -> None:
    rows: list[tuple[object, ...]] = []
    for subject, contenders in {**measure_blocking(), **measure_async()}.items():
        for name, timing in race(contenders).items():
            rows.append((subject, name, f"{timing.seconds * 1e6:.0f}", f"{timing.ratio:.2f}"))
    show(
        "Overhead of one call (budget ≤ 1.15, in asyncio ≤ 1.2)",
        ("call", "who", "µs", "times bare httpx"),
        rows,
    )


if __name__ == "__main__":
    print(describe_machine())
    main()
