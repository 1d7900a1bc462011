"""The tables of `docs/typing-rules.md`, written from the rules' own docstrings.

Run it to accept what the rules now say:

    python tests/codegen/plan/update_typing_page.py
"""

import inspect
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from wiro_runtime.request import wire
from wirogen.plan import defaults
from wirogen.plan.types.widget import UNKNOWN_RULES, rules_of
from wirogen.spec.widget import WIDGETS

PAGE = Path(__file__).parents[3] / "docs" / "typing-rules.md"


def updated(page: str) -> str:
    """The page with its tables as the rules say them now."""
    for name, rows in _tables().items():
        block = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        page, found = block.subn(lambda part, rows=rows: f"{part[1]}{_table(rows)}{part[2]}", page)
        assert found == 1, f"docs/typing-rules.md has no place for the table of {name}"
    return page


def _tables() -> dict[str, list[tuple[str, str]]]:
    together: dict[tuple[object, ...], list[str]] = {}
    for widget in WIDGETS:
        together.setdefault(rules_of(widget), []).append(widget)
    together[UNKNOWN_RULES] = ["any other"]
    return {
        "widgets": [
            ("widget", "rules"),
            *((", ".join(each), ", ".join(_named(asked))) for asked, each in together.items()),
        ],
        "rules": _rules("rule", (rule for asked in together for rule in asked)),
        "required": _rules("rule", defaults.REQUIRED),
        "defaults": _rules("rule", defaults.DEFAULTS),
        "encodings": _rules("encoding", (getattr(wire, name) for name in _encodings())),
    }


def _encodings() -> list[str]:
    made = [name for name in wire.__all__ if isinstance(getattr(wire, name), type)]
    return [name for name in made if not inspect.isabstract(getattr(wire, name))]


def _rules(title: str, rules: Iterable[Callable[..., object]]) -> list[tuple[str, str]]:
    return [(title, "says"), *((_named([rule])[0], _said(rule)) for rule in dict.fromkeys(rules))]


def _named(rules: Iterable[Callable[..., object]]) -> list[str]:
    return [f"`{rule.__name__}`" for rule in rules]


def _said(rule: Callable[..., object]) -> str:
    text = (inspect.getdoc(rule) or "").split("\n\nArgs:")[0]
    return " ".join(text.split()).replace("|", "\\|")


def _table(rows: list[tuple[str, str]]) -> str:
    head, *body = [f"| {left} | {right} |\n" for left, right in rows]
    return f"\n{head}|---|---|\n{''.join(body)}\n"


if __name__ == "__main__":
    PAGE.write_text(updated(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
