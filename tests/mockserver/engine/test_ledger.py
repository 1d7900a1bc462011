"""Money follows from timelines: only success is billed, and the balance limits what runs at once."""

from decimal import Decimal

import pytest
from platform_kit import PROMPT, Platform

from wiromock import Fails, Success


def test_success_is_billed_when_it_happens_whether_or_not_anybody_looks(platform):
    task = platform.run()
    platform.clock.advance_until(platform.engine.moment("task_postprocess_end", task) - 0.001)
    assert platform.engine.ledger.billed == 0
    platform.clock.advance(0.002)
    (charge,) = platform.engine.ledger.charges
    assert (charge.task, f"{charge.amount:.12f}") == (task, platform.task(task)["totalcost"])
    assert platform.engine.ledger.balance == 1000 - charge.amount
    assert platform.engine.ledger.spent == charge.amount


def test_failures_and_cancelled_tasks_are_free(platform):
    platform.engine.on("pruna/vace").then(Fails())
    platform.run()
    platform.engine.on("pruna/vace").then(Success())
    cancelled = platform.run()
    platform.post("/Task/Cancel", {"taskid": cancelled})
    killed = platform.run()
    platform.until("task_output", killed)
    platform.post("/Task/Kill", {"taskid": killed})
    platform.clock.advance(3600)
    ledger = platform.engine.ledger
    assert (ledger.billed, ledger.spent, ledger.running) == (0, 0, 0)


@pytest.mark.parametrize(
    ("balance", "limit"),
    [(1, 1), (10, 1), (19.99, 1), (50, 5), (250, 25), ("250.01", None), (1000, None)],
)
def test_the_limit_is_a_tenth_of_the_balance(balance, limit):
    assert Platform(balance=str(balance)).engine.ledger.limit == limit


def test_too_many_tasks_at_once_until_one_ends():
    platform = Platform(balance=20)
    first, _ = platform.run(), platform.run()
    status, (message,), _ = platform.refusal("/Run/pruna/vace", PROMPT)
    assert status == 200
    assert "With your current balance of $20.00, you can run up to 2 tasks" in message
    platform.post("/Task/Cancel", {"taskid": first})
    platform.run()
    platform.refusal("/Run/pruna/vace", PROMPT)


def test_a_held_task_counts_until_it_ends():
    platform = Platform(balance=10)
    platform.engine.on("pruna/vace").then(Success(hold_at="task_queue"))
    task = platform.run()
    platform.clock.advance(86_400)
    assert platform.engine.ledger.running == 1
    platform.engine.release(task)
    platform.clock.advance(3600)
    assert (platform.engine.ledger.running, platform.engine.ledger.billed) == (0, 1)


def test_without_money_nothing_runs():
    platform = Platform(balance="0.49")
    assert platform.refusal("/Run/pruna/vace", PROMPT)[1] == ["Insufficient balance"]
    assert platform.post("/Run/pruna/vace", PROMPT).json["errors"][0]["code"] == 97


def test_a_run_that_spends_the_rest_is_the_last_one():
    platform = Platform(balance=1)
    platform.engine.on("pruna/vace").then(Success(cps="0.1"))
    platform.run()
    platform.clock.advance(3600)
    assert platform.engine.ledger.balance == Decimal(1) - Decimal("1.4")
    assert platform.refusal("/Run/pruna/vace", PROMPT)[1] == ["Insufficient balance"]
