"""The last look at what was rendered: is it the plan, the whole plan, and nothing but code of ours?

Independent of templates and encoders, so that a mistake in either cannot pass: every file is parsed
again, only known kinds of nodes and imports may occur, and what a model's module says is compared with the
plan (`verify_model`).
"""

import ast
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final, cast

from wirogen.errors import GenerateError, Problem
from wirogen.plan.model import ModelPlan
from wirogen.plan.package import PackagePlan
from wirogen.render.customization import Customization
from wirogen.render.verify_model import check_model, structures_of

_DATA: Final = (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.UnaryOp, ast.USub)
_NAMES: Final = (ast.Name, ast.Attribute, ast.Load, ast.Store, ast.keyword, ast.alias)
_STATEMENTS: Final = (ast.Module, ast.Expr, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.ClassDef)
_TYPES: Final = (ast.Subscript, ast.BinOp, ast.BitOr, ast.Call)

_IN_MODELS: Final = frozenset({*_DATA, *_NAMES, *_STATEMENTS, *_TYPES})
_IN_INDEXES: Final = _IN_MODELS | {
    *(ast.Import, ast.If, ast.Not, ast.Compare, ast.Eq, ast.In, ast.NotIn, ast.IfExp),
    *(ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Raise, ast.Starred, ast.AugAssign),
    *(ast.Add, ast.JoinedStr, ast.FormattedValue),
}
"""Lazy packages look names up; they hold no text of a spec but slugs."""

_MODULES: Final = frozenset(
    {"functools", "importlib", "pydantic", "typing", "typing_extensions", "wiro_runtime"}
)
_PLAIN: Final = Customization()


def check_package(
    package: PackagePlan, files: Mapping[str, bytes], customization: Customization = _PLAIN
) -> None:
    """Check every rendered file of a package.

    Args:
        package: what was planned.
        files: what was rendered, by path below the package.
        customization: how it was to be written. Templates of others may hold any Python; what their modules
            say about a model is still compared with the plan.

    Raises:
        GenerateError: with every finding; each is a fault of the generator, never of a spec.
    """
    plans = {
        f"models/{owner.package}/{model.module}.py": model
        for owner in package.owners
        for model in owner.models
    }
    findings = [
        Problem(finding, "this is a fault of the generator, please report it", file=path)
        for path, content in files.items()
        if path.endswith(".py")
        for finding in _check_file(content, _importable(package, customization), plans.get(path))
    ]
    if findings:
        raise GenerateError(findings)


def _importable(package: PackagePlan, customization: Customization) -> frozenset[str] | None:
    """What may be imported, by its first word; nothing where templates of others import."""
    if customization.templates is not None:
        return None
    mixin = customization.mixin_parts
    theirs = [mixin[0].split(".")[0]] if mixin else []
    return _MODULES.union([package.name], theirs)


def _check_file(
    content: bytes, importable: frozenset[str] | None, plan: ModelPlan | None
) -> Iterator[str]:
    source = content.decode()
    yield from _check_characters(source)
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        yield f"line {error.lineno} is not Python: {error.msg}"
        return
    if importable is not None:
        yield from _check_nodes(tree, importable, is_model=plan is not None)
    if plan is not None:
        yield from check_model(tree, plan)


def _check_nodes(tree: ast.Module, importable: frozenset[str], *, is_model: bool) -> Iterator[str]:
    allowed = _IN_MODELS if is_model else _IN_INDEXES
    for node in _walk(tree):
        if type(node) not in allowed:
            yield f"{_line(node)}holds a {type(node).__name__}"
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from _check_import(node, importable)
        if is_model and isinstance(node, ast.Call) and not _is_ours(node.func):
            yield f"{_line(node)}calls {ast.unparse(node.func)}"
    classes = [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
    classes = [name for name in classes if name not in structures_of(tree)]
    if is_model and len(classes) != 1:
        yield f"defines {classes}"


def _walk(tree: ast.Module) -> Iterator[ast.AST]:
    """Every node, as `ast.walk` yields them but in half its time: a package has half a million."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, ast.AST):
                waiting.append(value)
            elif isinstance(value, list):
                members = cast("list[object]", value)
                waiting += [member for member in members if isinstance(member, ast.AST)]


def _is_ours(called: ast.expr) -> bool:
    """Whether it is `Field` or `wire.Something`."""
    match called:
        case ast.Name(id="Field") | ast.Attribute(value=ast.Name(id="wire")):
            return True
        case _:
            return False


def _check_characters(source: str) -> Iterator[str]:
    for number, line in enumerate(source.split("\n"), start=1):
        if line.isprintable():
            continue
        for character in line:
            if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
                yield f"line {number} holds the invisible character U+{ord(character):04X}"


def _check_import(node: ast.AST, importable: frozenset[str]) -> Iterator[str]:
    names = (
        [alias.name for alias in node.names]
        if isinstance(node, ast.Import)
        else [getattr(node, "module", None) or "."]
    )
    for name in names:
        if name.split(".")[0] not in importable:
            yield f"{_line(node)}imports {name}"


def _line(node: ast.AST) -> str:
    number = getattr(node, "lineno", None)
    return f"line {number} " if number else ""
