"""How often a task is asked about while it runs, and how late its end is noticed.

    python benchmarks/client_waiting.py

Runs of about 4, 30 and 180 seconds, each in five lengths a fraction of a second apart, since a single
length may happen to suit a rhythm. Time is virtual and an exchange takes 100 ms of it. A "known" model
has been run three times before by this client: in the same time, or in one that varied by 5 %.
"""

from collections.abc import Mapping
from itertools import product
from typing import Literal, TypeAlias, get_args

from measuring import describe_machine, show

from wiro import Wiro
from wiro.models.pruna import Vace
from wiromock import MockWiro, Pace, PassThrough, Success

LENGTHS = (4.0, 30.0, 180.0)
FRACTIONS = (0.0, 0.19, 0.42, 0.63, 0.87)
EXCHANGE = 0.1
_PACE = Pace(
    queue=0.5, accept=0.1, preprocess=0.3, prepared=0.1, assign=0.4, ended=0.1, postprocess=0.5
)
_AROUND = 2.0
"""Seconds of a run that are not the process."""


_Tracking: TypeAlias = Literal["auto", "polling"]


def stating(seconds: float) -> type[Vace]:
    """The model with a specification that states how long it takes, in whole seconds."""
    return type(Vace)(
        "Stated", (Vace,), {"__module__": __name__}, model="pruna/vace", computing_seconds=seconds
    )


def measure(
    length: float, earlier: tuple[float, ...], tracking: _Tracking, request: type[Vace] = Vace
) -> tuple[int, float]:
    """Status calls of one run and the seconds from its end to our return."""
    with MockWiro() as mock:
        client = Wiro(api_key="made-up", tracking=tracking)
        for operation in ("Run", "TaskDetail"):
            mock.on_call(operation).then(PassThrough(latency=EXCHANGE))
        for seconds in (*earlier, length):
            mock.on("pruna/vace").then(Success(duration=seconds - _AROUND, pace=_PACE, outputs=()))
            before = len(mock.journal.calls("TaskDetail"))
            result = client.run(request(prompt="a deer"))
        ended = mock.engine.moment("task_postprocess_end", result.task.id)
        return len(mock.journal.calls("TaskDetail")) - before, mock.clock.time() - ended


def summarize(runs: list[tuple[float, float]]) -> tuple[str, str]:
    """The mean of the calls and the worst of the overshoots."""
    calls = sum(calls for calls, _ in runs) / len(runs)
    return f"{calls:.1f}", f"{max(late for _, late in runs):.2f}"


_KNOWN: Mapping[str, tuple[float, ...]] = {
    "first run of a model": (),
    "first run, time stated": (),
    "known model": (1.0, 1.0, 1.0),
    "known, 5 % apart": (0.98, 1.03, 1.01),
}


def rows() -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for tracking, known in product(get_args(_Tracking), _KNOWN):
        columns: list[object] = []
        for length in LENGTHS:
            runs = [
                measure(
                    length + part,
                    tuple(length * share for share in _KNOWN[known]),
                    tracking,
                    stating(length) if "stated" in known else Vace,
                )
                for part in FRACTIONS
            ]
            columns += summarize(runs)
        rows.append(
            (f"wiro, {'polling' if tracking == 'polling' else 'socket'}: {known}", *columns)
        )
    return rows


HEADINGS = ("who", *(f"{length:g} s: {what}" for length in LENGTHS for what in ("calls", "late")))


def main() -> None:
    title = "Status calls (mean), and seconds from a task's end to its notice (worst)"
    show(f"{title}; budget at 180 s < 10, < 1 s", HEADINGS, rows())


if __name__ == "__main__":
    print(describe_machine())
    main()
