"""Arrows go one way: generator → output → runtime; the mock shares no code with the client."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = {
    "wiro_runtime": ROOT / "runtime/wiro_runtime",
    "wiro": ROOT / "generated/wiro",
    "wirogen": ROOT / "codegen/wirogen",
    "wiromock": ROOT / "mockserver/wiromock",
}

# What a package may import of ours, besides itself: module prefixes.
ALLOWED = {
    "wiro_runtime": (),
    "wiro": ("wiro_runtime",),
    "wirogen": (),
    # The mock reads specs and shares two things with the client: the seams that make time virtual and
    # sockets local. Its page prints Python, so it asks the one place where Python names are made; and its tasks
    # take as long as the client expects, so it asks the one place where such texts are read.
    "wiromock": (
        "wirogen.spec",
        "wirogen.errors",
        "wirogen.plan.duration",
        "wirogen.plan.names",
        "wiro_runtime.seam.clock",
        "wiro_runtime.seam.socket",
    ),
}

# The folders (or modules) of a package from top to bottom; one line is one floor. Whoever imports, imports
# from the same folder or from a floor below, `TYPE_CHECKING` imports included. A module with a line of its
# own stands there and not with its folder; what a package shows its users stands on everything.
LAYERS = {
    "wiro_runtime": (
        "cli",
        "engine",
        "client",
        "driver",
        "flow",
        "price",
        "journal",
        "config",
        "observe",
        "catalog",
        "request",
        "task.webhook usage",  # refuse with an error that a caller sees
        "errors",
        "task",
        "check",
        "seam storage secret parse names response _version _lazy",
    ),
    "wiro": ("_client", "models", "catalog errors"),
    "wirogen": (
        "__main__",
        "cli",
        "command",
        "importing",
        "source build",
        "document compat output",
        "render",
        "plan",
        "spec",
        "console digest",
        "errors",
        "text",
    ),
    "wiromock": (
        "cli plugin",
        "server",
        "adapter",
        "engine",
        "wire",
        "task",
        "scenario",
        "spec",
        "errors _extra",
    ),
}

# Arrows that still point upward, to be cut: the list only shrinks, and a line that is cut must go.
STILL_UPWARD: set[str] = {}

# Third-party packages that a base install has; the runtime and its output may use no others.
BASE = {"httpcore", "httpx", "pydantic", "pydantic_core", "typing_extensions", "websockets"}
# Modules that stand on an extra, and load it only when they are used.
EXTRAS = {
    "cli": {"click", "rich"},
    "engine/dbos.py": {"dbos"},
    "journal/postgres.py": {"psycopg"},
}


def imports(path: Path) -> set[str]:
    """Every module that the file imports, anywhere in it, absolute."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {name for node in ast.walk(tree) for name in imported(node)}


def imported(node: ast.AST) -> list[str]:
    """The modules that a statement imports; a name out of a module counts as one."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def modules(package: str) -> list[Path]:
    return sorted(PACKAGES[package].rglob("*.py"))


@pytest.mark.parametrize("package", PACKAGES)
def test_arrows_go_one_way(package):
    assert modules(package), f"no modules found for {package}"
    crossings = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(package)
        for name in sorted(imports(path))
        if (owner := name.split(".")[0]) in PACKAGES
        and owner != package
        and not any(f"{name}.".startswith(f"{prefix}.") for prefix in ALLOWED[package])
    ]
    assert crossings == []


def floor(module: str) -> int:
    """The floor that a module of ours stands on, counted from the top of its package.

    Raises:
        LookupError: no line of `LAYERS` holds the module.
    """
    package, _, inside = module.partition(".")
    if not inside:
        return -1
    floors = {name: at for at, row in enumerate(LAYERS[package]) for name in row.split()}
    fitting = [name for name in floors if f"{inside}.".startswith(f"{name}.")]
    if not fitting:
        raise LookupError(f"no line of LAYERS[{package!r}] holds {module}")
    return floors[max(fitting, key=len)]


def beside(module: str, other: str) -> bool:
    """Whether two modules of different folders share a floor: neither may import the other."""
    return floor(module) == floor(other) and module.split(".")[1] != other.split(".")[1]


@pytest.mark.parametrize("package", LAYERS)
def test_every_line_of_the_layers_holds_a_module(package):
    listed = {name for row in LAYERS[package] for name in row.split()}
    existing = [f"{module}." for module in graph(package)]
    assert [
        name for name in listed if not any(f"{package}.{name}." in module for module in existing)
    ] == []


@pytest.mark.parametrize("package", LAYERS)
def test_arrows_inside_a_package_point_down(package):
    """Imports inside functions and under `TYPE_CHECKING` included."""
    upward = {
        f"{module} imports {target}"
        for module, targets in graph(package).items()
        for target in targets
        if floor(target) < floor(module) or beside(module, target)
    }
    known = {arrow for arrow in STILL_UPWARD if arrow.startswith(f"{package}.")}
    assert sorted(upward - known) == [], "an arrow upward: move the module, or pass the value"
    assert sorted(known - upward) == [], "this one is cut: delete its line in STILL_UPWARD"


def _extras(path: Path) -> set[str]:
    """What a module's extra brings: its own row, or that of its folder."""
    return EXTRAS.get("/".join(path.parts[-2:]), set()) | EXTRAS.get(path.parts[-2], set())


@pytest.mark.parametrize("package", ["wiro_runtime", "wiro"])
def test_a_base_install_is_enough_for_the_client(package):
    import sys

    known = BASE | set(sys.stdlib_module_names) | {"wiro", "wiro_runtime"}
    foreign = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(package)
        for name in sorted(imports(path))
        if name.split(".")[0] not in known | _extras(path)
    ]
    assert foreign == []


def test_the_engine_of_the_mock_does_no_io():
    """No HTTP library, no event loop, no clock and no global randomness inside the engine."""
    forbidden = {"httpx", "respx", "asyncio", "socket", "time", "threading.Timer"}
    pure = [
        path
        for path in modules("wiromock")
        if not {"adapter", "server"}.intersection(path.parts)
        and path.name not in {"plugin.py", "cli.py", "__init__.py"}
    ]
    assert any(path.name == "engine.py" for path in pure)
    found = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in pure
        for name in sorted(imports(path))
        if name in forbidden or name.split(".")[0] in forbidden
    ]
    assert found == []


def graph(package: str, found_by: Callable[[Path], set[str]] = imports) -> dict[str, set[str]]:
    """Which modules of a package each of its modules imports, as `found_by` reads it from a file."""
    root = PACKAGES[package].parent
    files = {
        path.relative_to(root).with_suffix("").as_posix().replace("/", "."): path
        for path in modules(package)
    }
    files = {name.removesuffix(".__init__"): path for name, path in files.items()}
    arrows: dict[str, set[str]] = {}
    for module, path in files.items():
        names = {name if name in files else name.rpartition(".")[0] for name in found_by(path)}
        arrows[module] = (names & files.keys()) - {module}
    return arrows


def imports_when_loaded(path: Path) -> set[str]:
    """Every module that the file imports outside functions; those for type checkers count too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    later = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, functions)
        for node in ast.walk(function)
    }
    return {name for node in ast.walk(tree) if id(node) not in later for name in imported(node)}


def in_circles(arrows: dict[str, set[str]]) -> set[str]:
    """The modules that import themselves by way of others."""
    circles: set[str] = set()
    for module in arrows:
        found: set[str] = set()
        waiting = [module]
        while waiting:
            new = arrows[waiting.pop()] - found
            found |= new
            waiting += new
        if module in found:
            circles.add(module)
    return circles


CIRCLES: dict[str, set[str]] = {}
"""Modules that still tie each other, to be cut: the list only shrinks."""


@pytest.mark.parametrize("package", LAYERS)
def test_there_are_no_circles(package):
    """Imports under `TYPE_CHECKING` included."""
    found, known = in_circles(graph(package, imports_when_loaded)), CIRCLES.get(package, set())
    assert sorted(found - known) == [], "a circle: move what both need to a floor below them"
    assert sorted(known - found) == [], "this one is cut: delete its line in CIRCLES"


@pytest.mark.parametrize(
    ("arrows", "circles"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, set()),
        ({"a": {"b"}, "b": {"c"}, "c": {"b"}}, {"b", "c"}),
        ({"a": {"b"}, "b": {"a", "x"}, "x": {"c"}, "c": {"d"}, "d": {"c"}}, {"a", "b", "c", "d"}),
    ],
)
def test_a_circle_is_found_without_what_hangs_on_it(arrows, circles):
    assert in_circles(arrows) == circles


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("if TYPE_CHECKING:\n    from wirogen.spec import model", {"wirogen.spec.model"}),
        ("class A:\n    import wirogen.errors", {"wirogen.errors"}),
        ("def f():\n    import wirogen.errors", set()),
    ],
)
def test_what_is_imported_when_a_module_loads(tmp_path, text, found):
    (tmp_path / "a.py").write_text(text, encoding="utf-8")
    assert imports_when_loaded(tmp_path / "a.py") == found
