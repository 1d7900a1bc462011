"""The sizes of things: a module is one idea, a function fits the eye, a small module has a reason."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("runtime/wiro_runtime", "codegen/wirogen", "mockserver/wiromock")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

# Modules of under 25 lines, and why each stands alone.
SMALL = {
    "_version.py": "read by the build",
    "__main__.py": "what `python -m` runs",
    "secret.py": "one type, on the lowest floor",
    "console.py": "the one place that prints",
    "digest.py": "the one hash that several floors share",
    "duration.py": "one reader of free text",
    "customization.py": "one value that several floors pass on",
    "schema.py": "what editors read, apart from what validates",
    "violation.py": "one value that rules return",
    "words.py": "the one way to name near misses",
    "call.py": "one value that endpoints are given",
    "csrf.py": "one rule of safety",
    "kind.py": "one type that several floors share, and what categories say of it",
}


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    doc = ast.get_docstring(function, clean=False)
    return function.end_lineno - function.lineno + 1 - (doc.count("\n") + 1 if doc else 0)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_one_idea_and_its_functions_fit_the_eye(path):
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    lines = text.count("\n")
    assert lines <= 400
    assert lines >= 25 or path.name == "__init__.py" or path.name in SMALL
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert [f.name for f in functions if code_lines(f) > 40] == []


def test_every_reason_is_still_needed():
    small = {path.name for path in MODULES if path.read_text(encoding="utf-8").count("\n") < 25}
    assert SMALL.keys() - small == set()


def test_every_decision_has_a_number_of_its_own_and_stands_in_the_list():
    pages = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
    numbers = [page.name[:3] for page in pages]
    assert len(numbers) == len(set(numbers))
    listed = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    assert [page.name for page in pages if f"({page.name})" not in listed] == []


def words(text: str) -> set[str]:
    parts = re.findall(r"[A-Za-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", text))
    return {part.lower().removesuffix("s") for part in parts}


EMPTY = words(
    "a all an and by for from give gives in is it its of one return returns that the this to whether with"
)
"""Words that say nothing by themselves."""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_docstring_says_something_that_its_name_does_not(path):
    """One line of it holds two words at least that are in no name, or leads to where it is said."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    documented = [
        (node.name, text)
        for node in ast.walk(tree)
        if isinstance(node, kinds) and (text := ast.get_docstring(node))
    ]
    assert [
        name
        for name, text in documented
        if "\n" not in text
        and "()`" not in text
        and len(words(text) - words(name) - words(path.stem) - EMPTY) < 2
    ] == []
