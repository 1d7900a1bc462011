"""Start a run in one process and fetch its result in another: a task's token is all it takes.

`python examples/pick_up_later.py` does both; with a key, give the printed token to a second call.
"""

import sys

from _offline import mock_unless_there_is_a_key

from wiro import Wiro
from wiro.models.pruna import Vace


def start() -> str:
    with Wiro() as client:
        task = client.submit(Vace(prompt="a deer in snow"))
        print(f"started task {task.id}; pick it up with token {task.token}")
        return task.token or ""


def fetch(token: str) -> None:
    with Wiro() as client:
        task = client.attach(Vace, token=token)  # never bills
        result = task.wait(deadline=900, on_event=print)
        print(*result.outputs.save("demo-output"))


if __name__ == "__main__":
    with mock_unless_there_is_a_key():
        fetch(sys.argv[1] if len(sys.argv) > 1 else start())
