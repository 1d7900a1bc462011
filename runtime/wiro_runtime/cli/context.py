"""What every command is run with: the package it belongs to, and how its client is made."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wiro_runtime.catalog.bindings import Catalog

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from click.shell_completion import CompletionItem

    from wiro_runtime.catalog.bindings import Model
    from wiro_runtime.cli.result_options import ResultOptions
    from wiro_runtime.client.client import Client

__all__ = [
    "Context",
    "complete_variable",
    "completions",
    "context",
    "journal_file",
    "models_like",
    "slugs_like",
]


@dataclass
class Context:
    """One run of the command.

    Args:
        package: The import name of the generated package it serves.
        prog: How the command is called, for the lines it suggests.
        words: What was typed after its name.
        slug: The model of the command, where it has one.
        result_options: How the result of the command is shown, where it waits for one.
    """

    package: str = "wiro"
    prog: str = "wiro"
    words: tuple[str, ...] = ()
    slug: str | None = None
    result_options: ResultOptions | None = None

    @cached_property
    def catalog(self) -> Catalog:
        """The package's models as data; loads none of them."""
        return Catalog(self.package)

    def model(self, slug: str) -> Model | None:
        """Return the model of a slug, or None where the package has no class for it."""
        try:
            return self.catalog.get(slug)
        except LookupError:
            return None

    def client(self, **settings: Any) -> Client:
        """Make a client from the environment, else from what `wiro login` kept.

        Args:
            **settings: Arguments of the client that the command line decided.

        Raises:
            ConfigurationError: There is no key anywhere.
        """
        from wiro_runtime.cli import credentials  # noqa: PLC0415 - help and completion need no key

        given = credentials.find()
        make = import_module(self.package).Wiro
        client: Client = make(**({} if given is None else given.arguments()), **settings)
        return client


def context() -> Context:
    """Return the run that the current command belongs to."""
    return click.get_current_context().ensure_object(Context)


def journal_file(given: str | None) -> str | Path:
    """Return where keyed runs are written down: what was given, else `WIRO_JOURNAL`, else a file of this user's."""
    stated = given or os.environ.get("WIRO_JOURNAL")
    if stated:
        return stated
    folder = Path(click.get_app_dir("wiro"))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / "runs.sqlite"


def models_like(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Complete an argument that is a slug."""
    return slugs_like(context, incomplete)


def slugs_like(context: click.Context, incomplete: str) -> list[str]:
    """Return the slugs that begin so; loads the list of models and none of them."""
    models = context.ensure_object(Context).catalog.models()
    return [model.slug for model in models if model.slug.startswith(incomplete)]


def complete_variable(prog: str) -> str:
    """Return the variable by which a shell asks for completion, as click names it."""
    return f"_{prog}_COMPLETE".replace("-", "_").replace(".", "_").replace(" ", "_").upper()


def completions(
    values: Iterable[str], kind: str = "plain", helps: Mapping[str, str] | None = None
) -> list[CompletionItem]:
    """Return what the shell offers.

    Args:
        values: What it may offer.
        kind: "plain", or "file" for paths, which the shell then completes itself.
        helps: A word of help for some of the values.
    """
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - only for TAB

    return [CompletionItem(value, type=kind, help=(helps or {}).get(value)) for value in values]
