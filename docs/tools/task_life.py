"""A task's life as a picture, drawn from the lifecycle that specs/platform.yaml states.

python docs/tools/task_life.py               # writes docs/images/task-life.svg
python docs/tools/task_life.py --check       # exits 1 unless it shows what the spec says
"""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml
from pages_on_disk import main_of_one

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT: Final = Path(__file__).parents[2]
SPEC: Final = ROOT / "specs/platform.yaml"
OUT: Final = ROOT / "docs/images/task-life.svg"

_STEP, _HIGH, _WIDE, _LEFT, _TOP = 46, 30, 230, 190, 20
_TOTAL: Final = 640
_ASIDE: Final = _LEFT + _WIDE + 24
_STYLE: Final = """\
  <style>
    .card { fill: #fff; stroke: #c9ccd6 }
    text { font: 14px ui-sans-serif, system-ui, sans-serif; fill: #1c2030 }
    .note { font-size: 12px; fill: #4a5066 }
    .status { fill: #eef1fb; stroke: #3d4fb5; stroke-width: 1.5 }
    .optional { stroke-dasharray: 5 4 }
    .terminal { fill: #d9f0e1; stroke: #1c6b3c; stroke-width: 2.5 }
    .stopped { fill: #fbe6dc; stroke: #9a3d12; stroke-width: 2.5 }
    .arrow { stroke: #4a5066; stroke-width: 1.5; fill: none; marker-end: url(#head) }
    .bracket { stroke: #9a3d12; stroke-width: 1.5; fill: none }
  </style>
  <marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#4a5066"/></marker>"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the picture, or compare it.

    Args:
        arguments: What stands after the command; None takes `sys.argv`.

    Returns:
        0, or 1 where --check found a difference.
    """
    why = f"is not what {SPEC.name} says; run {Path(__file__).name}"
    return main_of_one(OUT, make, doc=__doc__, why=why, arguments=arguments)


def make() -> str:
    """Return the picture of the life that the spec of the platform states."""
    return picture(yaml.safe_load(SPEC.read_text(encoding="utf-8"))["lifecycle"])


def picture(lifecycle: Mapping[str, Any]) -> str:
    """Return a lifecycle as an SVG.

    Args:
        lifecycle: `order`, `terminal`, `optional`, `cancel_during` and `kill_during`, as in the spec.
    """
    order: list[str] = lifecycle["order"]
    aside = [name for name in lifecycle["running"] if name not in order]
    stopped = [name for name in lifecycle["terminal"] if name not in order]
    height = _TOP * 2 + _STEP * len(order) + 44
    rows = [_status(name, _LEFT, _y(order, name), lifecycle) for name in order]
    rows += [_arrow(_y(order, name) + _HIGH, _y(order, name) + _STEP) for name in order[:-1]]
    rows += [_notes(order, aside), _stop(order, stopped, lifecycle)]
    body = "\n".join(rows)
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_TOTAL} {height}" role="img" aria-labelledby="title">
  <title id="title">A task's life: {escape(", ".join(order))}</title>
{_STYLE}
  <rect class="card" x="1" y="1" width="{_TOTAL - 2}" height="{height - 2}" rx="10"/>
{body}
</svg>
"""


def _y(order: list[str], name: str) -> int:
    return _TOP + _STEP * order.index(name)


def _status(name: str, x: int, y: int, lifecycle: Mapping[str, Any]) -> str:
    kind = "terminal" if name in lifecycle["terminal"] else "status"
    kind += " optional" if name in lifecycle["optional"] else ""
    return _box(name, kind, x, y, _WIDE)


def _box(name: str, kind: str, x: int, y: int, wide: int) -> str:
    return (
        f'  <rect class="{kind}" x="{x}" y="{y}" width="{wide}" height="{_HIGH}" rx="6"/>'
        f'<text x="{x + wide // 2}" y="{y + 20}" text-anchor="middle">{escape(name)}</text>'
    )


def _arrow(start: int, end: int) -> str:
    middle = _LEFT + _WIDE // 2
    return f'  <path class="arrow" d="M{middle} {start}V{end}"/>'


def _notes(order: list[str], aside: list[str]) -> str:
    """Write what stands beside and below the column."""
    end = _y(order, order[-1]) + _HIGH
    lines = [
        (_LEFT, end + 22, 'pexit "0": it succeeded and is billed. Any other: it failed, free.'),
        (_LEFT, end + 40, "Dashed: not of every task, and not always told."),
    ]
    if aside:
        y = _y(order, order[len(order) // 2])
        lines.append((_ASIDE, y + 12, "beside these, a model that"))
        lines.append((_ASIDE, y + 28, "complains shows"))
        lines += [(_ASIDE, y + 44 + 16 * n, name) for n, name in enumerate(aside)]
    return "\n".join(
        f'  <text class="note" x="{x}" y="{y}">{escape(text)}</text>' for x, y, text in lines
    )


def _stop(order: list[str], stopped: list[str], lifecycle: Mapping[str, Any]) -> str:
    """Write how a task is stopped: from which statuses, by which call."""
    rows: list[str] = []
    for call in ("cancel", "kill"):
        during = [_y(order, name) for name in lifecycle[f"{call}_during"]]
        top, bottom = min(during), max(during) + _HIGH
        middle = (top + bottom) // 2
        rows.append(
            f'  <path class="bracket" d="M{_LEFT - 8} {top}h-10V{bottom}h10"/>'
            f'<text class="note" x="{_LEFT - 26}" y="{middle + 4}" text-anchor="end">'
            f"{call.capitalize()}: free</text>"
        )
    for name in stopped:
        y = _y(order, order[0])
        rows.append(_box(name, "stopped", _ASIDE, y, _TOTAL - _ASIDE - 20))
        rows.append(
            f'  <text class="note" x="{_ASIDE}" y="{y + _HIGH + 18}">where a stopped task ends</text>'
        )
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
