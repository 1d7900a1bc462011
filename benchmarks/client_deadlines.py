"""By how much a deadline is overshot, for each operation under each fault that takes its time.

The cells are those of the fault matrix in `tests/`; here the exact time is what matters.
"""

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from runtime.faults import Plan
from runtime.test_fault_matrix import OPERATIONS, SLOW, Stopwatch, perform
from wiro_runtime import errors
from wiro_runtime.seam import clock

PROMISE = 0.2
"""Seconds."""


def overshoot(kind: str, operation: str, fault: str, deadline: float) -> float:
    subject = OPERATIONS[operation]
    plan = Plan(fault, subject.path, float("inf"), subject.status)
    with tempfile.TemporaryDirectory() as folder, clock.use(clock.SystemClock()):
        watch = Stopwatch()
        try:
            perform(kind, "sockets", plan, operation, Path(folder), deadline, watch)
        except errors.WiroError:
            return watch.seconds - deadline
    raise AssertionError(f"{operation} under {fault} was meant to fail")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deadline", type=float, default=0.5)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(
        f"Worst of {options.rounds} rounds, in milliseconds past a deadline of {options.deadline} s\n"
    )
    print(f"| operation | client | {' | '.join(SLOW)} |")
    print(f"|---|---|{'---|' * len(SLOW)}")
    worst = 0.0
    for operation in OPERATIONS:
        for kind in ("sync", "async"):
            row = []
            for fault in SLOW:
                over = max(
                    overshoot(kind, operation, fault, options.deadline)
                    for _ in range(options.rounds)
                )
                worst = max(worst, over)
                row.append(f"{over * 1000:.0f}")
            print(f"| {operation} | {kind} | {' | '.join(row)} |")
    print(f"\nWorst {worst * 1000:.0f} ms; promised {PROMISE * 1000:.0f} ms.")


if __name__ == "__main__":
    main()
