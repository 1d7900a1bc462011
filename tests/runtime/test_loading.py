"""What an import costs: nothing that a later call would load anyway."""

import json
import subprocess
import sys

import pytest

import wiro_runtime
from wiro_runtime._lazy import HOMES

PROBE = "import sys, json; {}; print(json.dumps(sorted(sys.modules)))"


def loaded(program: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(program)], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("program", "absent"),
    [
        ("import wiro_runtime", {"httpx", "pydantic", "asyncio", "wiro_runtime.client.client"}),
        ("from wiro_runtime import clock", {"httpx", "pydantic", "asyncio"}),
        ("from wiro_runtime import errors", {"httpx", "pydantic", "asyncio"}),
        ("from wiro_runtime import Client; Client('key')", {"httpx", "pydantic"}),
        ("from wiro_runtime import AsyncClient; AsyncClient('key')", {"httpx", "pydantic"}),
        ("from wiro_runtime import MediaRequest", {"httpx", "wiro_runtime.client.client"}),
    ],
)
def test_heavy_libraries_wait_until_they_are_needed(program, absent):
    assert loaded(program) & absent == set()


def test_a_first_client_loads_what_sends_a_run_and_not_what_comes_after_it():
    """Following a task, events, results, files and money are each loaded when they are first needed."""
    modules = loaded("from wiro_runtime import Client; Client('key')")
    ours = {
        name.removeprefix("wiro_runtime.") for name in modules if name.startswith("wiro_runtime.")
    }
    assert ours - {"client", "driver", "errors", "flow", "request", "seam", "task"} == {
        *(
            "_lazy",
            "_version",
            "call_check",
            "check",
            "config",
            "connected",
            "names",
            "parse",
            "secret",
        ),
        *("client.base", "client.client", "client.runner", "client.spending", "client.task"),
        *(
            "driver.blocking",
            "driver.deadline",
            "driver.local",
            "driver.threads",
            "driver.websocket",
        ),
        *("errors.network_error", "errors.platform_error", "errors.task_error"),
        *("errors.usage_error", "errors.wiro_error"),
        *(
            "flow.calls",
            "flow.deadline",
            "flow.effect",
            "flow.exchange",
            "flow.history",
            "flow.options",
        ),
        *(
            "flow.outcome",
            "flow.reply",
            "flow.retry",
            "flow.socket_budget",
            "flow.submit",
            "flow.exception_notes",
        ),
        *("flow.upload", "request.binding", "request.body", "request.encoding", "request.file"),
        *("seam.clock", "seam.socket", "task.output", "task.snapshot"),
    }


def test_every_public_name_is_there_and_listed():
    for name in wiro_runtime.__all__:
        assert getattr(wiro_runtime, name) is not None
    assert dir(wiro_runtime) == sorted(wiro_runtime.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Cleint'"):
        _ = wiro_runtime.Cleint


def test_the_lazy_table_names_what_type_checkers_see():
    """The names under TYPE_CHECKING and those fetched at run time are the same."""
    import ast
    from pathlib import Path

    tree = ast.parse(Path(wiro_runtime.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {
        (alias.name, statement.module)
        for statement in block.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }
    fetched = {
        (name, f"wiro_runtime.{home}" if attribute else f"wiro_runtime.{home}".rpartition(".")[0])
        for name, (home, attribute) in HOMES.items()
    }
    assert seen == fetched
    assert {name for name, _ in seen} | {"__version__"} == set(wiro_runtime.__all__)
