"""What the `wiro` command costs a person who waits: processor time, as a ratio to `import click`.

    python benchmarks/command.py [20]

The cases take turns within one run, each in a fresh process. Processor time says the same on a busy machine;
the clock's time is listed as well, and is worth something on an idle one only.
"""

import os
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field

WIRO = "import sys; from wiro_runtime.cli import main; sys.exit(main())"


@dataclass
class Case:
    """One thing that a person waits for."""

    name: str
    words: list[str]
    budget: float | None = None
    variables: dict[str, str] = field(default_factory=dict[str, str])
    processor: list[float] = field(default_factory=list[float])
    clock: list[float] = field(default_factory=list[float])

    def measure(self) -> None:
        """Run it once."""
        begin, used = time.perf_counter(), _processor_time()
        subprocess.run(
            [sys.executable, *self.words],
            env={**os.environ, **self.variables},
            check=False,
            stdout=subprocess.DEVNULL,
        )
        self.clock.append(time.perf_counter() - begin)
        self.processor.append(_processor_time() - used)


def tab(name: str, typed: str, word: int) -> Case:
    """What a shell asks for when somebody presses TAB there."""
    asked = {"_WIRO_COMPLETE": "bash_complete", "COMP_WORDS": typed, "COMP_CWORD": str(word)}
    return Case(name, ["-c", WIRO], 2.5, asked)


def main(rounds: int) -> None:
    cases = [
        Case("import click", ["-c", "import click"]),
        Case("the same again: the noise", ["-c", "import click"]),
        Case("wiro run pruna/vace --help", ["-c", WIRO, "run", "pruna/vace", "--help"], 3.0),
        tab("TAB after `wiro run pruna/`", "wiro run pruna/", 2),
        tab("TAB after `… --reso`", "wiro run pruna/vace --reso", 3),
        tab("TAB after `… --resolution `", "wiro run pruna/vace --resolution ", 4),
    ]
    for _ in range(rounds):
        for case in cases:
            case.measure()
    base = statistics.median(cases[0].processor)
    print(f"load {os.getloadavg()[0]:.1f}\n")
    print("| | processor, ms | of `import click` | budget | clock, ms |\n|---|---|---|---|---|")
    for case in cases:
        processor, clock = (statistics.median(times) for times in (case.processor, case.clock))
        budget = "" if case.budget is None else f"{case.budget}"
        print(f"| {case.name} | {processor * 1000:.0f} | {processor / base:.2f} | {budget} | {clock * 1000:.0f} |")  # fmt: skip


def _processor_time() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 20)
