"""Rewrites the module tables of docs/architecture.md from the modules' own docstrings.

`python tests/update_architecture_page.py` after adding, moving or renaming a module.
"""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs/architecture.md"
MARK = re.compile(r"(<!-- modules: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def current(text: str) -> str:
    """The page with every table made anew."""
    return MARK.sub(lambda found: f"{found[1]}{table(ROOT / found[2])}{found[3]}", text)


def table(package: Path) -> str:
    modules = [p for p in sorted(package.rglob("*.py")) if not p.name.startswith("__")]
    rows = "".join(f"| `{name(path, package)}` | {idea(path)} |\n" for path in modules)
    return f"\n| module | one idea |\n|---|---|\n{rows}\n"


def name(path: Path, package: Path) -> str:
    return path.relative_to(package).with_suffix("").as_posix()


def idea(path: Path) -> str:
    """The first sentence of a module's docstring."""
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(doc.split("\n\n")[0].split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(current(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
