"""`wiro models` and `wiro show`: find a model, and see how to call it. No key needed, nothing spent."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

import click

from wiro_runtime.cli import console, snippet
from wiro_runtime.cli.context import context, models_like

if TYPE_CHECKING:
    from wiro_runtime.catalog.bindings import Input, Model

__all__ = ["models", "show"]


_SHOWN_DEFAULT: Final = 24
"""Characters of a default that the table has room for."""


@click.command()
@click.argument("words", nargs=-1)
@click.option("--kind", type=click.Choice(["media", "text", "realtime"]), help="What it makes.")
@click.option("--owner", metavar="NAME", help="Only models of this owner.")
@click.option("--category", metavar="NAME", help="Only of this category, like text-to-video.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def models(
    words: tuple[str, ...], *, kind: Any, owner: str | None, category: str | None, as_json: bool
) -> None:
    """List the models that have options of their own, or those that match all WORDS."""
    matching = [
        model
        for model in context().catalog.models(owner=owner, kind=kind, category=category)
        if all(word.lower() in _searched(model) for word in words)
    ]
    if as_json:
        console.write_json([_summary(model) for model in matching])
    elif matching:
        console.table(
            ("model", "kind", "what it is"),
            [(model.slug, model.kind, _described(model)) for model in matching],
        )
    else:
        console.note("No model matches. Fewer words find more; `wiro models` lists all.")


@click.command()
@click.argument("slug", metavar="OWNER/MODEL", shell_complete=models_like)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def show(slug: str, *, as_json: bool) -> None:
    """Show a model's inputs, their limits, and code to copy for Python, shell and curl."""
    ctx = context()
    try:
        model = ctx.catalog.get(slug)
    except LookupError as unknown:
        likely = get_close_matches(slug, [model.slug for model in ctx.catalog.models()], 3, 0.4)
        hint = f" Did you mean {' or '.join(likely)}?" if likely else ""
        raise click.UsageError(
            f"there is no model {slug!r} here.{hint} `{ctx.prog} models` lists them."
        ) from unknown
    if as_json:
        console.write_json({**_summary(model), "inputs": [_facts(field) for field in model.inputs]})
        return
    console.write_line(f"{click.style(model.title, bold=True)}  {model.slug}")
    console.write_line(", ".join([model.kind, *model.categories]))
    console.write_line("")
    console.table(
        ("input", "type", "default", "what it takes"),
        [
            (field.name, field.type, _default(field), snippet.values(field))
            for field in model.inputs
        ],
    )
    for title, lines in (
        ("Python", snippet.python(model, ctx.package)),
        ("Shell", snippet.shell(model, ctx.prog)),
        ("curl", snippet.curl(model)),
    ):
        console.write_line(f"\n{click.style(title, bold=True)}\n{lines}")


def _searched(model: Model) -> str:
    return " ".join([model.slug, model.title, model.summary, *model.categories]).lower()


def _described(model: Model) -> str:
    categories = ", ".join(model.categories)
    return f"{model.title}{f' ({categories})' if categories else ''}"


def _summary(model: Model) -> dict[str, Any]:
    return {
        "model": model.slug,
        "title": model.title,
        "summary": model.summary,
        "kind": model.kind,
        "categories": list(model.categories),
        "python": f"{model.module}.{model.class_name}",
    }


def _facts(field: Input) -> dict[str, Any]:
    facts = {
        "name": field.name,
        "wire_name": field.wire_name,
        "type": field.type,
        "label": field.label,
        "required": field.required,
        "default": field.default,
        "sent": field.sent,
        "choices": [choice.value for choice in field.choices],
        "minimum": field.minimum,
        "maximum": field.maximum,
        "step": field.step,
        "doc": field.doc,
    }
    return {name: fact for name, fact in facts.items() if fact not in (None, [], ())}


def _default(field: Input) -> str:
    if field.required:
        return "required"
    text = "" if field.default is None else console.printable(str(field.default))
    return text if len(text) <= _SHOWN_DEFAULT else f"{text[: _SHOWN_DEFAULT - 1]}…"
