"""Arrows go one way: generator → output → runtime; the mock shares no code with the client."""

import ast
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

# The folders (or modules) of a package from top to bottom; one line is one layer. Whoever imports, imports
# from the same folder or from a layer below, `TYPE_CHECKING` imports included. A module with a line of its
# own stands there and not with its folder; what a package shows its users stands on everything.
LAYERS = {
    "wiro_runtime": (
        "cli",
        "workflow",
        "client",
        "driver",
        "flow",
        "price",
        "journal",
        "config",
        "observe",
        "catalog",
        "request",
        "task.webhook call_check connected",  # refuse with an error that a caller sees
        "errors",
        "task",
        "check",
        "storage",
        "seam secret parse names response _version _lazy",
    ),
    "wiro": ("__main__", "_client", "models", "catalog errors"),
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
        "argument",  # what calls are given, checked in the words of `errors`
        "errors _extra strict_json",
    ),
}

# Third-party packages that a base install has; the runtime and its output may use no others.
BASE = {"httpcore", "httpx", "pydantic", "pydantic_core", "typing_extensions", "websockets"}
# Modules that stand on an extra, and load it only when they are used.
EXTRAS = {
    "cli": {
        "click",
        "rich",
        "keyring",
    },  # the last is no extra of ours: it is used where it is there
    "workflow/dbos.py": {"dbos"},
    "journal/postgres.py": {"psycopg"},
}


def imports(path: Path) -> set[str]:
    """Every module that the file imports: anywhere in it, for type checkers only, by its name in a text."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {name for node in ast.walk(tree) for name in imported(node)}


def imported(node: ast.AST) -> list[str]:
    """The modules that a statement or a call imports; a name out of a module counts as one."""
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(level=0, module=str(module), names=names):
            return [f"{module}.{alias.name}" for alias in names]
        case ast.ImportFrom(module=module, names=names):
            # What it stands for depends on the file; the name of no package begins with a dot.
            return [f".{module or ''}.{alias.name}" for alias in names]
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[first, *_]):
            return named(first) if name in {"import_module", "__import__"} else []
        case _:
            return []


def named(argument: ast.expr) -> list[str]:
    """The module that a text names, or `package.*` for any one of a package; nothing of a variable."""
    match argument:
        case ast.Constant(value=str(name)):
            return [name]
        case ast.JoinedStr(values=[ast.Constant(value=str(beginning)), *_]):
            return [f"{beginning.removesuffix('.')}.*"]
        case _:
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


def layer_of(module: str) -> int:
    """The layer of a module of ours, counted from the top of its package.

    Raises:
        LookupError: no line of `LAYERS` holds the module.
    """
    package, _, inside = module.partition(".")
    if not inside:
        return -1
    layers = {name: at for at, row in enumerate(LAYERS[package]) for name in row.split()}
    fitting = [name for name in layers if f"{inside}.".startswith(f"{name}.")]
    if not fitting:
        raise LookupError(f"no line of LAYERS[{package!r}] holds {module}")
    return layers[max(fitting, key=len)]


def shares_a_layer(module: str, other: str) -> bool:
    """Whether two modules of different folders share a layer: neither may import the other."""
    return layer_of(module) == layer_of(other) and module.split(".")[1] != other.split(".")[1]


@pytest.mark.parametrize("package", LAYERS)
def test_every_line_of_the_layers_holds_a_module(package):
    listed = {name for row in LAYERS[package] for name in row.split()}
    existing = [f"{module}." for module in graph(package)]
    assert [
        name for name in listed if not any(f"{package}.{name}." in module for module in existing)
    ] == []


@pytest.mark.parametrize("package", LAYERS)
def test_every_module_stands_on_a_floor(package):
    for module in graph(package):
        layer_of(module)  # raises for one that no line holds


@pytest.mark.parametrize("package", LAYERS)
def test_arrows_inside_a_package_point_down(package):
    """Imports inside functions and under `TYPE_CHECKING` included."""
    upward = {
        f"{module} imports {target}"
        for module, targets in graph(package).items()
        for target in targets
        if layer_of(target) < layer_of(module) or shares_a_layer(module, target)
    }
    assert sorted(upward) == [], "an arrow upward: move the module, or pass the value"


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_say_the_whole_name_of_a_module(package):
    """So that whoever moves a module finds them, and so does the test of the arrows."""
    relative = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(package)
        for name in imports(path)
        if name.startswith(".")
    }
    assert sorted(relative) == []


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
    forbidden = {"httpx", "respx", "asyncio", "socket", "ssl", "subprocess", "threading.Timer"}
    forbidden |= {"time", "datetime", "random", "secrets", "uuid.uuid1", "uuid.uuid4"}
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


def graph(package: str) -> dict[str, set[str]]:
    """Which modules of a package each of its modules imports."""
    root = PACKAGES[package].parent
    files = {
        path.relative_to(root).with_suffix("").as_posix().replace("/", "."): path
        for path in modules(package)
    }
    files = {name.removesuffix(".__init__"): path for name, path in files.items()}
    arrows: dict[str, set[str]] = {}
    for module, path in files.items():
        stated = imports(path)
        any_of = {name[:-1] for name in stated if name.endswith(".*")}
        names = {name if name in files else name.rpartition(".")[0] for name in stated}
        names -= {name[:-1] for name in any_of}
        names |= {name for name in files if name[: name.rfind(".") + 1] in any_of}
        arrows[module] = (names & files.keys()) - {module}
    return arrows


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


@pytest.mark.parametrize("package", LAYERS)
def test_there_are_no_circles(package):
    """Imports inside functions and under `TYPE_CHECKING` included."""
    assert in_circles(graph(package)) == set(), "a circle: move what both need to a layer below"


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
        ("def f():\n    import wirogen.errors as e", {"wirogen.errors"}),
        ("m = import_module('wirogen.errors')", {"wirogen.errors"}),
        ("m = importlib.import_module(f'wirogen.{name}')", {"wirogen.*"}),
        ("m = __import__('wirogen.errors')", {"wirogen.errors"}),
        ("m = import_module(name)", set()),
        ("from . import model", {"..model"}),
        ("from ..spec.model import Input", {".spec.model.Input"}),
    ],
)
def test_an_import_is_found_wherever_it_stands(tmp_path, text, found):
    (tmp_path / "a.py").write_text(text, encoding="utf-8")
    assert imports(tmp_path / "a.py") == found
