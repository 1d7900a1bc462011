"""A program that is killed after any of its steps, and started again, has paid once and lost nothing.

A flow is performed step by step and then dropped, as SIGKILL drops a process: nothing reacts to it.
`benchmarks/journal_kill.py` kills real processes at random moments.
"""

from typing import Any

import httpx
import pytest

from runtime.models import Vace
from wiro_runtime import Client
from wiro_runtime.flow.options import CallOptions
from wiro_runtime.journal.journal import Journal
from wiromock import MockWiro, Success

OPTIONS = CallOptions(key="scene-1", on_unknown="resubmit", tracking="polling")


def steps(client: Client, limit: int | None = None, prompt: str = "a deer in snow") -> int:
    """Perform a run until it ends or so many steps are done; how many were."""
    flow = client._calls.run(Vace(prompt=prompt), OPTIONS)
    answer: Any = None
    done = 0
    while limit is None or done < limit:
        try:
            effect = flow.send(answer)
        except StopIteration:
            break
        answer = client._driver.do(effect)
        done += 1
    flow.close()
    return done


@pytest.fixture
def location(tmp_path):
    return tmp_path / "runs.sqlite"


@pytest.fixture(scope="module")
def client():
    """Makes clients that share one HTTP client: a hundred of them are made here."""
    with httpx.Client() as shared:
        yield lambda location: Client(
            "key", journal=Journal(location, grace=5.0), http_client=shared
        )


def test_killed_once_after_each_step(tmp_path, client):
    with MockWiro() as wiro:
        wiro.on("pruna/vace").then(Success(duration=0.5, outputs=()))
        with client(tmp_path / "whole.sqlite") as first:
            whole = steps(first)
        assert whole > 10
        for number in range(whole + 1):
            location = tmp_path / f"{number}.sqlite"
            billed, running = wiro.ledger.billed, wiro.ledger.running
            with client(location) as victim:
                steps(victim, number, f"{number} deer")
            with client(location) as next_one:
                steps(next_one, prompt=f"{number} deer")
                assert next_one.journal.get("scene-1").state == "done"
                sent = len(wiro.journal.calls("Run"))
                steps(next_one, prompt=f"{number} deer")
                assert len(wiro.journal.calls("Run")) == sent, "a further start sends nothing"
            assert running == wiro.ledger.running == 0, f"killed after step {number}"
            assert wiro.ledger.billed == billed + 1, f"killed after step {number}"


def test_killed_again_and_again(location, client):
    """Each start gets one step further than the one before it."""
    with MockWiro() as wiro:
        wiro.on("pruna/vace").then(Success(duration=0.5, outputs=()))
        for number in range(30):
            with client(location) as victim:
                steps(victim, number)
        with client(location) as last:
            steps(last)
            assert last.journal.get("scene-1").state == "done"
        assert (wiro.ledger.billed, wiro.ledger.running) == (1, 0)
        assert len(wiro.journal.calls("Run")) == 1
