"""Templates: ours, and in their place those of whoever generates.

Templates are code and trusted like code; text of specs is not, and reaches them as values that
refuse to be shown before they went through an exit of `wirogen.text.untrusted`.
"""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import jinja2
from jinja2 import Environment, FunctionLoader, StrictUndefined

from wirogen.errors import GenerateError, Problem, UsageError, suggest
from wirogen.render.customization import Customization
from wirogen.text import untrusted
from wirogen.text.untrusted import Untrusted

TEMPLATES: Final = Path(__file__).parent.parent / "templates"
_SUFFIX: Final = ".jinja"
_OF_THE_RUNTIME: Final = "responses.py.jinja"
"""Belongs to no package, so that nobody's template stands in for it."""


def render(path: str, customization: Customization, **context: Any) -> str:
    """Fill in the template of one file of a package.

    Args:
        path: of the file, below the package.
        customization: whose templates to take.
        context: finished values; the templates only arrange them.

    Raises:
        GenerateError: a template of theirs is wrong.
    """
    try:
        return (
            environment(customization.templates).get_template(f"{path}{_SUFFIX}").render(**context)
        )
    except (jinja2.TemplateError, TypeError, ValueError) as error:
        if customization.templates is None:
            raise
        raise GenerateError(_blame(error, f"{path}{_SUFFIX}", customization.templates)) from error


def check_templates(folder: Path) -> None:
    """Refuse a folder that holds anything but templates of ours in another wording.

    Raises:
        UsageError: with everything that is wrong with it.
    """
    if not folder.is_dir():
        raise UsageError(Problem("there is no such folder of templates", file=str(folder)))
    ours = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob(f"*{_SUFFIX}")}
    ours.discard(_OF_THE_RUNTIME)
    problems: list[Problem] = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            problems.append(Problem("is a link", "copy what it points to", file=str(path)))
        elif path.is_file() and name not in ours:
            hint = suggest(name, ours) or f"there are {', '.join(sorted(ours))}"
            problems.append(Problem("stands in for no template", hint, file=str(path)))
    if problems:
        raise UsageError(problems)


@cache
def environment(templates: Path | None) -> Environment:
    """Return the templates, theirs before ours."""
    made = Environment(  # noqa: S701 - writes Python, not HTML
        loader=FunctionLoader(lambda name: _load(name, templates)),
        undefined=StrictUndefined,
        finalize=_refuse_untrusted,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(ident=untrusted.identifier, lit=_literal, url=untrusted.url)
    return made


def _load(name: str, templates: Path | None) -> tuple[str, str, Callable[[], bool] | None] | None:
    """Read a template by its name, from nowhere but the two folders; theirs may change meanwhile."""
    for folder in (templates, TEMPLATES):
        if folder is None:
            continue
        path = folder / name
        if path.resolve().is_relative_to(folder.resolve()) and path.is_file():
            text = path.read_text(encoding="utf-8")
            is_current = partial(_reads, path, text) if folder == templates else None
            return text, str(path), is_current
    return None


def _reads(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def _blame(error: Exception, name: str, templates: Path) -> Problem:
    """Return an error that names the template that is wrong, and where."""
    line = getattr(error, "lineno", None)
    place = getattr(error, "filename", None) or str(templates / name)
    if isinstance(error, jinja2.TemplateNotFound):
        return Problem(
            f"includes {error.name!a}, which is no template", "see docs/own-models.md", file=place
        )
    return Problem(f"cannot be filled in: {error}", "see docs/own-models.md", place, line)


def _literal(value: Untrusted | str) -> str:
    """The `lit` filter: templates also quote names of ours."""
    return untrusted.literal(value if isinstance(value, Untrusted) else Untrusted(value))


def _refuse_untrusted(value: Any) -> Any:
    if isinstance(value, Untrusted):
        raise TypeError("a template shows text from a spec that has not passed an exit")
    return value
