"""How long people wait for the `wiro` command, as ratios to `import click` in the same run.

python benchmarks/command.py [20]
"""

import os
import statistics
import subprocess
import sys
import time

WIRO = "import sys; from wiro_runtime.cli import main; sys.exit(main())"
CASES = {
    "import click": (["-c", "import click"], {}, None),
    "wiro run pruna/vace --help": (["-c", WIRO, "run", "pruna/vace", "--help"], {}, 3.0),
    "TAB after `wiro run pruna/`": (
        ["-c", WIRO],
        {"_WIRO_COMPLETE": "bash_complete", "COMP_WORDS": "wiro run pruna/", "COMP_CWORD": "2"},
        2.5,
    ),
    "TAB after `… --resolution `": (
        ["-c", WIRO],
        {
            "_WIRO_COMPLETE": "bash_complete",
            "COMP_WORDS": "wiro run pruna/vace --resolution ",
            "COMP_CWORD": "4",
        },
        2.5,
    ),
}


def main(rounds: int) -> None:
    taken: dict[str, list[float]] = {name: [] for name in CASES}
    for _ in range(rounds):  # in turns, so that a busy machine is busy for all of them
        for name, (words, variables, _budget) in CASES.items():
            begin = time.perf_counter()
            subprocess.run(
                [sys.executable, *words],
                env={**os.environ, **variables},
                check=False,
                stdout=subprocess.DEVNULL,
            )
            taken[name].append(time.perf_counter() - begin)
    base = statistics.median(taken["import click"])
    for name, (_, _, budget) in CASES.items():
        median = statistics.median(taken[name])
        within = "" if budget is None else f"   budget ≤ {budget}"
        print(f"{name:28} {median * 1000:6.0f} ms  {median / base:5.2f} x{within}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 20)
