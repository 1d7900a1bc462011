"""Measuring things side by side, and saying how far to trust it.

Machines differ and are busy, so nothing here is a bound in seconds: what is compared is measured in
turns within one run, and the first of them is measured twice. How far it is from itself is the noise.
"""

import gc
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "ROOT",
    "Timing",
    "describe_machine",
    "environment",
    "peak_resident",
    "race",
    "resident",
    "show",
]

ROOT = Path(__file__).parent.parent

_WORK = ("runtime", "generated", "codegen", "mockserver")


@dataclass(frozen=True)
class Timing:
    """How one contender did."""

    seconds: float
    """The median of its rounds, for one call."""
    ratio: float
    """The median, over the rounds, of its time against the first contender's in the same round."""


def race(
    contenders: Mapping[str, Callable[[int], float]], *, rounds: int = 15, calls: int = 300
) -> dict[str, Timing]:
    """Let contenders take turns.

    Args:
        contenders: By name; each makes so many calls and says how many seconds they took. The first is
            what the others are compared with; it runs once more as "<name>, again".
        rounds: How often each has its turn.
        calls: How many calls make a turn.
    """
    first = next(iter(contenders))
    field = {**contenders, f"{first}, again": contenders[first]}
    took: dict[str, list[float]] = {name: [] for name in field}
    for contender in field.values():
        contender(max(20, calls // 10))  # caches are filled, connections are made
    for _ in range(rounds):
        for name, contender in field.items():
            gc.collect()
            took[name].append(contender(calls) / calls)
    return {
        name: Timing(
            statistics.median(times),
            statistics.median(own / base for own, base in zip(times, took[first], strict=True)),
        )
        for name, times in took.items()
    }


def environment(first: Path | None = None) -> dict[str, str]:
    """The environment of another interpreter that shall find this checkout's packages.

    Args:
        first: A folder in which it looks before.
    """
    folders = [ROOT / name for name in _WORK] + [ROOT / "benchmarks"]
    paths = [str(folder) for folder in ([first] if first else []) + folders]
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": os.pathsep.join(paths)}


def resident() -> float:
    """KiB of memory that this process holds now. Linux only."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024


def peak_resident() -> float:
    """KiB of memory that this process held at most. Linux only.

    `getrusage` would not do: there, a new process begins with the peak of the one that started it.
    """
    status = Path("/proc/self/status").read_text()
    return float(status.partition("VmHWM:")[2].split(maxsplit=1)[0])


def describe_machine() -> str:
    """What this ran on, and how busy it was."""
    busy = ", ".join(f"{load:.2f}" for load in os.getloadavg())
    return (
        f"{platform.python_implementation()} {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs, load {busy}, "
        f"{time.strftime('%Y-%m-%d')}"
    )


def show(title: str, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table as Markdown."""
    cells = [tuple(map(str, headings)), *(tuple(map(str, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    print(f"\n### {title}\n")
    for number, row in enumerate(cells):
        print("| " + " | ".join(map(str.ljust, row, widths)) + " |")
        if number == 0:
            print("| " + " | ".join("-" * width for width in widths) + " |")
    sys.stdout.flush()
