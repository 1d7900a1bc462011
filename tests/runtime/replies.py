"""What the platform answers in the tests: tasks, refusals, and the reply to Run."""

import json
from typing import Any

from wiro_runtime.flow.effect import Reply

TOKEN = "eDcCm5yyUfIvMFspTwww49OUfgXkQt"


RUN_REPLY = {"errors": [], "taskid": "2221", "socketaccesstoken": TOKEN, "result": True}


def reply(payload: Any = None, status: int = 200, **headers: str) -> Reply:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return Reply(status, {name.replace("_", "-"): text for name, text in headers.items()}, body)


def refusal(message: str, code: int = 0) -> dict[str, Any]:
    return {"result": False, "errors": [{"code": code, "message": message}]}


def task(status: str = "task_start", **fields: Any) -> dict[str, Any]:
    return {"id": "2221", "socketaccesstoken": TOKEN, "status": status, "outputs": [], **fields}


def detail(status: str = "task_start", **fields: Any) -> dict[str, Any]:
    return {"result": True, "errors": [], "total": "1", "tasklist": [task(status, **fields)]}


DONE = detail("task_postprocess_end", pexit="0", totalcost="0.5")
