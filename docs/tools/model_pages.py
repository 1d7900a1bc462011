"""A page for each model of a generated package, an index for each owner, and one of them all.

    python docs/tools/model_pages.py                 # writes docs/models/
    python docs/tools/model_pages.py --check         # exits 1 unless they are what the catalog says

Pages are a function of the package's catalog, which is a function of the specs. Text that comes from a
model's document is escaped: on a page it is text, whatever it looks like.
"""

from __future__ import annotations

import argparse
import re
import sys
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pages_on_disk import publish

from wiro_runtime.cli import snippet
from wiro_runtime.cli.arguments import option_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wiro_runtime.catalog.bindings import Input, Model

HERE: Final = Path(__file__).parent
KINDS: Final = {
    "media": "Files: images, video, sound, documents",
    "text": "Text: language models",
    "realtime": "Live sessions",
}
_SAY_NOTHING: Final = frozenset({"tool"})
"""Categories that most models have."""
_MARKUP: Final = re.compile(r"([\\`*_{}\[\]|~^]|^[#+=:>-]|^\d+(?=[.)]))")
_SHOWN_CHOICES: Final = 12
_SHOWN_DEFAULT: Final = 60


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages, or compare them.

    Args:
        arguments: What stands after the command; None takes `sys.argv`.

    Returns:
        0, or 1 where --check found a difference.
    """
    given = _parser().parse_args(arguments)
    return publish(
        {given.out / path: page for path, page in pages(given.package).items()},
        given.out,
        check=given.check,
        why=f"is not what the catalog says; run {Path(__file__).name}",
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--package", default="wiro", help="the generated package (default: wiro)")
    parser.add_argument(
        "--out",
        type=Path,
        default=HERE.parent / "models",
        help="their folder (default: docs/models)",
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 unless the pages are current"
    )
    return parser


def pages(package: str) -> dict[str, str]:
    """Return every page by its path below the folder of pages.

    Args:
        package: Import name of the generated package.
    """
    models: list[Model] = import_module(f"{package}.catalog").models()
    environment = _environment()
    index, owner_index, page = (
        environment.get_template(f"{name}.md.jinja") for name in ("index", "owner", "model")
    )
    by_kind = {
        title: rows
        for kind, title in KINDS.items()
        if (rows := [model for model in models if model.kind == kind])
    }
    written = {
        "index.md": index.render(
            by_kind=by_kind, by_category=_by_category(models), count=len(models)
        )
    }
    for owner, owned in groupby(models, key=lambda model: model.owner):
        group = list(owned)
        written[f"{owner}/index.md"] = owner_index.render(owner=owner, models=group)
        for model in group:
            written[f"{model.slug}.md"] = page.render(
                model=model, inputs=_rows(model), snippets=_snippets(model, package)
            )
    return written


def _by_category(models: list[Model]) -> dict[str, list[Model]]:
    """Return the models of each category, the largest first; without those that say nothing."""
    names = {name for model in models for name in model.categories} - _SAY_NOTHING
    found = {name: [model for model in models if name in model.categories] for name in names}
    return dict(sorted(found.items(), key=lambda each: (-len(each[1]), each[0])))


def _snippets(model: Model, package: str) -> dict[str, tuple[str, str]]:
    prog = "wiro" if package == "wiro" else f"python -m {package}"
    return {
        "Python": ("python", snippet.python(model, package)),
        "asyncio": ("python", snippet.python_async(model, package)),
        "Shell": ("sh", snippet.shell(model, prog)),
        "curl": ("sh", snippet.curl(model)),
    }


def _rows(model: Model) -> list[dict[str, Any]]:
    return [
        {
            "name": field.name,
            "option": option_name(field.name),
            "label": field.label,
            "default": _default(field),
            "takes": _takes(field),
        }
        for field in model.inputs
    ]


def _takes(field: Input) -> str:
    """What an input takes, as Markdown."""
    if field.choices:
        shown = [code(choice.value) for choice in field.choices[:_SHOWN_CHOICES]]
        more = len(field.choices) - len(shown)
        return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
    words = {"file": "a file", "files": "one file or several", "string": "text", "json": "JSON"}
    return words.get(field.type, f"{field.type} {snippet.limits(field)}".strip())


def _default(field: Input) -> str:
    if field.required:
        return "**required**"
    if field.default is None:
        return ""
    shown = str(field.default)
    cut = shown if len(shown) <= _SHOWN_DEFAULT else f"{shown[:_SHOWN_DEFAULT]}…"
    return f"{code(cut)}, {'sent' if field.sent else 'by the model itself'}"


def text(value: object) -> str:
    """Return somebody else's text as Markdown that shows it and does nothing."""
    shown = " ".join(str(value).split())
    plain = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKUP.sub(lambda match: "".join(f"\\{char}" for char in match[0]), plain)


def code(value: object) -> str:
    """Return a value as a span of code, whatever is in it."""
    shown = " ".join(str(value).split()).replace("|", "\\|")
    if not shown:
        return "*empty*"
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence, gap = "`" * (longest + 1), " " if longest else ""
    return f"{fence}{gap}{shown}{gap}{fence}"


def _environment() -> Environment:
    made = Environment(  # noqa: S701 - writes Markdown; `text` and `code` escape what is not ours
        loader=FileSystemLoader(HERE),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(text=text, code=code)
    return made


if __name__ == "__main__":
    sys.exit(main())
