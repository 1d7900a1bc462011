"""Few looks, and the end noticed soon: design budget < 10 looks and < 1 s for 180 s."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiro_runtime.flow.history import Expectation, History
from wiro_runtime.flow.polling import next_delay, safety_delay
from wiro_runtime.task.snapshot import Stage, TaskSnapshot


def finished(seconds: float, **fields: str) -> TaskSnapshot:
    began = 1_734_513_810
    return TaskSnapshot.from_wire(
        {
            "status": "task_postprocess_end",
            "pexit": "0",
            "starttime": str(began),
            "postprocessendtime": str(int(began + seconds)),
            **fields,
        }
    )


def follow(runs: float, expected: Expectation | None, *, waits: float = 3.0) -> tuple[int, float]:
    """How often a task is looked at, and how late its end is noticed."""
    elapsed, looks = 1.0, 1
    while elapsed < waits + runs:
        stage = Stage.QUEUED if elapsed < waits else Stage.RUNNING
        begun = None if elapsed < waits else float(int(waits))
        elapsed += next_delay(
            elapsed=elapsed, stage=stage, begun=begun, ended=None, expected=expected
        )
        looks += 1
    return looks, elapsed - waits - runs


def learned(*seconds: float) -> Expectation | None:
    history = History()
    for value in seconds:
        history.record("m", finished(value))
    return history.expected("m")


@pytest.mark.parametrize("runs", [1.3, 4.0, 30.0, 60.0, 180.0, 600.0])
@pytest.mark.parametrize("waits", [0.4, 3.7])
def test_a_model_that_ran_before_is_looked_at_rarely_and_caught_soon(runs, waits):
    looks, late = follow(runs, learned(runs), waits=waits)
    assert looks < 14
    assert late < 1.0


def test_a_long_wait_in_the_queue_is_not_hammered():
    looks, late = follow(1.3, learned(1.3), waits=60.0)
    assert looks < 25
    assert late <= 6.0


def test_the_budget_for_three_minutes():
    looks, late = follow(180.0, learned(180.0))
    assert looks < 10
    assert late < 1.0


def test_a_model_never_seen_is_noticed_within_seconds():
    looks, late = follow(180.0, None)
    assert looks < 45
    assert late <= 6.0


def test_runs_that_vary_cost_a_bounded_number_of_looks():
    expected = learned(100.0, 200.0, 150.0)
    for runs in (100.0, 130.0, 170.0, 200.0, 260.0):
        looks, late = follow(runs, expected)
        assert looks < 40
        assert late <= 6.0


def test_a_failure_early_in_a_long_run_is_noticed_within_its_own_time_again():
    _, late = follow(20.0, learned(600.0))
    assert late <= 2 * 23.0


def test_the_end_is_near_when_the_process_is_over():
    over = {"stage": Stage.ENDING, "begun": 3.0, "expected": Expectation(500, 600)}
    assert next_delay(elapsed=100, ended=None, **over) < 1.0
    assert next_delay(elapsed=100, ended=99, **over) < 1.0
    assert next_delay(elapsed=130, ended=100, **over) == 6.0


@given(
    st.floats(0, 1e6),
    st.sampled_from(Stage),
    st.none() | st.floats(0, 1e5),
    st.none()
    | st.tuples(st.floats(0, 1e5), st.floats(0, 1e5)).map(lambda t: Expectation(*sorted(t))),
)
def test_a_delay_is_never_nothing_and_never_endless(elapsed, stage, begun, expected):
    delay = next_delay(elapsed=elapsed, stage=stage, begun=begun, ended=None, expected=expected)
    assert 0.5 <= delay <= max(6.0, 2 * elapsed)


def test_only_successes_are_recorded():
    history = History()
    history.record("m", finished(5, pexit="1"))
    history.record("m", finished(5, status="task_cancel"))
    history.record("m", finished(5, starttime="0"))
    assert history.expected("m") is None
    history.record("m", finished(5))
    assert history.expected("m") is not None
    assert history.expected("other") is None


def hinted(seconds: float) -> Expectation | None:
    history = History()
    history.hint("m", seconds)
    return history.expected("m")


@pytest.mark.parametrize("waits", [0.4, 3.0, 3.7])
@pytest.mark.parametrize("runs", [180.0, 180.2, 180.4])
def test_the_budget_for_three_minutes_holds_for_a_first_run_of_a_stated_time(runs, waits):
    looks, late = follow(runs, hinted(180.0), waits=waits)
    assert looks < 10
    assert late < 1.0


@pytest.mark.parametrize("runs", [4.0, 30.0, 60.0, 600.0])
def test_a_stated_time_that_is_true_is_caught_soon(runs):
    looks, late = follow(runs, hinted(runs))
    assert looks < 14
    assert late < 1.0


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7, 0.9, 1.2, 2.0])
def test_a_stated_time_that_is_untrue_costs_no_more_than_a_part_of_it(share):
    looks, late = follow(180.0 * share, hinted(180.0))
    assert looks <= follow(180.0 * share, None)[0]
    assert late <= max(6.0, 180.0 * 0.27)


def test_a_run_that_ended_here_says_more_than_the_catalog():
    history = History()
    history.hint("m", 500.0)
    history.record("m", finished(10.0))
    expected = history.expected("m")
    assert expected is not None
    assert expected.high < 15
    history.hint("other", 0.0)
    assert history.expected("other") is None


@given(st.floats(0.5, 3600.0))
def test_a_socket_that_sends_makes_status_calls_rare_but_not_absent(delay):
    assert 5.0 <= safety_delay(delay) <= 60.0


def test_the_catalog_is_newer_than_the_specification():
    history = History()
    assert history.expected("m", 60.0) == history.expected("m", 60.0)
    history.hint("m", 20.0)
    assert history.expected("m", 60.0) == hinted(20.0)


@given(st.floats(0, 1e6), st.none() | st.floats(0, 1e5), st.floats(0.1, 1e5))
def test_a_delay_to_a_stated_time_is_never_nothing_and_never_endless(elapsed, begun, stated):
    delay = next_delay(
        elapsed=elapsed, stage=Stage.RUNNING, begun=begun, ended=None, expected=hinted(stated)
    )
    assert 0.5 <= delay <= max(6.0, 3 * elapsed)
