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
    # sockets local. Its page prints Python, so it asks the one place where Python names are made.
    "wiromock": (
        "wirogen.spec",
        "wirogen.errors",
        "wirogen.plan.names",
        "wiro_runtime.seam.clock",
        "wiro_runtime.seam.socket",
    ),
}

# The folders (or modules) of a package from top to bottom; one line is one floor. Whoever imports, imports
# from the same folder or from a floor below, `TYPE_CHECKING` imports included.
LAYERS = {
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

# Third-party packages that a base install has; the runtime and its output may use no others.
BASE = {"httpcore", "httpx", "pydantic", "pydantic_core", "websockets"}
# Modules that stand on an extra, and load it only when they are used.
EXTRAS = {"journal/postgres.py": {"psycopg"}, "cli": {"click", "rich"}}


def imports(path: Path) -> set[str]:
    """Every module that the file imports, anywhere in it, absolute."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


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


def _folder(name: str) -> str:
    """The step below the package: `render` for `wirogen.render.modules.render_models`."""
    return name.split(".")[1] if "." in name else ""


@pytest.mark.parametrize("package", LAYERS)
def test_arrows_inside_a_package_point_down(package):
    floor = {folder: at for at, row in enumerate(LAYERS[package]) for folder in row.split()}
    folders = {path.relative_to(PACKAGES[package]).parts[0] for path in modules(package)}
    assert {name.removesuffix(".py") for name in folders} - {"__init__"} == floor.keys()
    upward = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(package)
        for name in sorted(imports(path))
        if name.startswith(f"{package}.")
        and (own := path.relative_to(PACKAGES[package]).parts[0].removesuffix(".py")) != "__init__"
        and _folder(name) != own
        and floor[_folder(name)] <= floor[own]
    ]
    assert upward == []


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


def arrows(package: str) -> set[tuple[str, str]]:
    """Which module imports which within a package, TYPE_CHECKING included."""
    names = {
        path.relative_to(PACKAGES[package])
        .with_suffix("")
        .as_posix()
        .removesuffix("/__init__"): path
        for path in modules(package)
    }
    found: set[tuple[str, str]] = set()
    for name, path in names.items():
        for imported in imports(path):
            steps = imported.split(".")
            if steps[0] != package:
                continue
            below = "/".join(steps[1:])
            target = below if below in names else below.rpartition("/")[0]
            found.add((name, target if target in names else "__init__"))
    return {(name, target) for name, target in found if name != target}


@pytest.mark.parametrize("package", LAYERS)
def test_there_are_no_circles(package):
    below: dict[str, set[str]] = {}
    for name, target in arrows(package):
        below.setdefault(name, set()).add(target)
    tied = set(below)
    while ends := {
        name
        for name in tied
        if not below[name] & tied or not any(name in below[other] for other in tied)
    }:
        tied -= ends
    assert sorted(tied) == []
