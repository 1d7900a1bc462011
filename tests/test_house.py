"""The sizes of things: a module is one idea, a function fits the eye, a small module has a reason."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("runtime/wiro_runtime", "codegen/wirogen", "mockserver/wiromock")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

# Modules of under 25 lines, and why each stands alone.
SMALL = {
    "codegen/wirogen/__main__.py": "what `python -m` runs",
    "codegen/wirogen/console.py": "the one place that prints",
    "codegen/wirogen/command/specs_option.py": "one option that several commands have",
    "codegen/wirogen/digest.py": "the one hash that several layers share",
    "codegen/wirogen/plan/duration.py": "one reader of free text",
    "codegen/wirogen/render/customization.py": "one value that several layers pass on",
    "codegen/wirogen/spec/violation.py": "one value that rules return",
    "codegen/wirogen/text/words.py": "the words of a name, for naming and for guessing",
    "mockserver/wiromock/adapter/patch.py": "one step of two patches",
    "mockserver/wiromock/engine/call.py": "one value that endpoints take",
    "mockserver/wiromock/server/csrf.py": "one rule of safety",
    "runtime/wiro_runtime/_version.py": "read by the build",
    "runtime/wiro_runtime/secret.py": "one type, on the lowest layer",
    "runtime/wiro_runtime/task/kind.py": "one type that several layers share, and what categories say of it",
}

# Names that several modules of a package have: what each is about, which its folder makes plain.
SHARED = {
    "codegen/wirogen": {
        "file.py": "a spec file · an input that takes files",
        "model.py": "what a spec says · what is planned from it",
        "package.py": "planned · rendered · built: the stages of one thing",
        "price.py": "read from documents · planned · compared",
        "schema.py": "the command `wirogen schema` · what it writes",
        "structure.py": "the type of a structure · two of them compared",
        "widget.py": "the platform's words · the types that they get",
    },
    "mockserver/wiromock": {
        "clock.py": "the engine's time · the server's",
        "fault.py": "what can be scripted · how it is answered",
        "openapi.py": "the platform's document · the mock server's own",
        "options.py": "of a scenario · of the server",
        "price.py": "a model's prices · what a run is charged",
        "socket.py": "in this process · behind a server",
        "task.py": "its life · its scenario · its form on the wire · its endpoints",
    },
    "runtime/wiro_runtime": {
        # `cli` has a module for each command, and `client` one for each resource; both are named after
        # what they offer, whose logic has the same name in `flow`.
        "catalog.py": "`client.catalog` · its flows",
        "deadline.py": "of a call · of a socket",
        "journal.py": "the journal · `client.journal` · its flows · `wiro log`",
        "map.py": "`client.map()` · its schedule",
        "result.py": "what a run returns · how the command shows it",
        "task.py": "a handle on a task · the commands about tasks",
        "tasks.py": "`client.tasks` · its flows",
        "upload.py": "the flow of an upload · `wiro upload`",
    },
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
    place = path.relative_to(ROOT).as_posix()
    assert lines >= 25 or path.name == "__init__.py" or place in SMALL
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert [f.name for f in functions if code_lines(f) > 40] == []


def test_a_file_of_tests_has_at_most_400_lines():
    files = (ROOT / "tests").rglob("*.py")
    lines = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8").count("\n")
        for path in files
    }
    assert {name: count for name, count in lines.items() if count > 400} == {}


def test_every_reason_is_still_needed():
    short = (path for path in MODULES if path.read_text(encoding="utf-8").count("\n") < 25)
    assert SMALL.keys() - {path.relative_to(ROOT).as_posix() for path in short} == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_a_name_is_that_of_one_module_unless_it_is_said_how_they_differ(package):
    names = Counter(path.name for path in (ROOT / package).rglob("*.py"))
    several = {name: times for name, times in names.items() if times > 1 and name != "__init__.py"}
    assert several == {name: len(uses.split(" · ")) for name, uses in SHARED[package].items()}


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
    "a all an and args by for from give gives in is it its of one raises return returns that the this to whether with"
)
"""Words that say nothing by themselves."""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_docstring_says_something_that_its_name_does_not(path):
    """It holds two words at least that are in no name, or leads to where it is said."""
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
        if "()`" not in text and len(words(text) - words(name) - words(path.stem) - EMPTY) < 2
    ] == []
