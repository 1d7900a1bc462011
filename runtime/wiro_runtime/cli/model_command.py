"""One click command per model, with one typed option per input, built from the catalog as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from wiro_runtime.cli.arguments import option_name
from wiro_runtime.cli.context import Context, completions, slugs_like
from wiro_runtime.cli.parameter import parameter_type

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from click.shell_completion import CompletionItem

    from wiro_runtime.catalog.bindings import Input, Model

__all__ = ["ModelCommand", "ModelGroup"]

_SHOWN_CHOICES: Final = 6
"""As many choices are listed in full; the shell completes the others."""
_SHOWN_DEFAULT: Final = 40
"""Characters of a default that a line of help has room for."""


class ModelCommand(click.Command):
    """The command of one model; its help lists the model's inputs before its own options."""

    def __init__(self, *args: Any, inputs: Sequence[click.Option] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._inputs = tuple(inputs)
        self.params = [*inputs, *self.params]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the two groups of options, one below the other."""
        own = [param for param in self.get_params(ctx) if param not in self._inputs]
        for title, params in (("Inputs", self._inputs), ("Options", own)):
            rows = [row for param in params if (row := param.get_help_record(ctx)) is not None]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


class ModelGroup(click.Group):
    """A group whose commands are models, each made when it is asked for.

    Args:
        action: What a model's command does; called with the slug, the arguments that its inputs were
            given, and the values of the options below.
        own: Makes the options that every model's command has besides its inputs.
    """

    def __init__(
        self,
        *args: Any,
        action: Callable[..., None],
        own: Callable[[], list[click.Option]],
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("subcommand_metavar", "OWNER/MODEL [OPTIONS]...")
        super().__init__(*args, **kwargs)
        self._action = action
        self._own = own

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the slugs of the package's models."""
        return [model.slug for model in ctx.ensure_object(Context).catalog.models()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a model, known to the package or not; None for what is no slug."""
        owner, slash, name = cmd_name.partition("/")
        if not (owner and slash and name) or "/" in name:
            return None
        return _command(cmd_name, ctx.ensure_object(Context), self._own(), self._action)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the model, and say what one looks like where there is none."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            ctx.fail(
                f"{args[0]!r} is no model; expected OWNER/MODEL, like pruna/vace. "
                "`wiro models` lists them."
            )
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete slugs; click's own way would make every model's command to do so."""
        slugs = slugs_like(ctx, incomplete)
        return [*completions(slugs), *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write where the models are listed, instead of a thousand of them."""
        count = len(self.list_commands(ctx))
        with formatter.section("Models"):
            formatter.write_text(
                f"{count} have options of their own: `{ctx.command_path} OWNER/MODEL --help` shows them, "
                "`wiro models` lists the models. Any other model of the platform takes --set and --input, "
                "checked against its live description."
            )


def _command(
    slug: str, context: Context, own: list[click.Option], action: Callable[..., None]
) -> ModelCommand:
    model = context.model(slug)
    options = [] if model is None else [_option(field) for field in model.inputs]
    names = {option.name: field.name for option, field in zip(options, _fields(model), strict=True)}

    def run(**values: Any) -> None:
        given: dict[str, Any] = {
            argument: _listed(value)
            for name, argument in names.items()
            if (value := values.pop(str(name))) not in (None, ())
        }
        action(slug=slug, given=given, **values)

    return ModelCommand(
        slug,
        params=list(own),
        callback=run,
        inputs=options,
        help=_about(slug, model),
        short_help=None if model is None else model.summary,
    )


def _listed(value: Any) -> Any:
    """Return what an option that may be repeated gave as the list a request takes."""
    return [*value] if isinstance(value, tuple) else value


def _fields(model: Model | None) -> Sequence[Input]:
    return () if model is None else model.inputs


def _option(field: Input) -> click.Option:
    option = option_name(field.name)
    is_switch = field.type == "boolean"
    names = f"{option}/--no-{option[2:]}" if is_switch else option
    return click.Option(
        [names, f"input_{field.name}"],
        type=None if is_switch else parameter_type(field),
        multiple=field.type == "files",
        default=None,
        metavar=_metavar(field),
        help=_help(field),
    )


def _metavar(field: Input) -> str | None:
    if field.type == "boolean":
        return None
    if field.type == "choice" and len(field.choices) <= _SHOWN_CHOICES:
        return f"[{'|'.join(str(choice.value) for choice in field.choices)}]"
    return {"choice": "CHOICE", "file": "FILE", "files": "FILE"}.get(
        field.type, field.type.upper() if field.type != "string" else "TEXT"
    )


def _help(field: Input) -> str:
    parts = [] if field.label.lower() == field.name.replace("_", " ") else [f"{field.label}."]
    if field.required:
        parts.append("Required.")
    if field.type == "choice" and len(field.choices) > _SHOWN_CHOICES:
        first = ", ".join(str(choice.value) for choice in field.choices[:_SHOWN_CHOICES])
        parts.append(f"One of {len(field.choices)}: {first}, …")
    if field.type == "files":
        parts.append("Path, URL or -; may be given several times.")
    if field.type == "file":
        parts.append("Path, URL or -.")
    parts += [_range(field)] if _range(field) else []
    default = str(field.default) if field.default is not None else ""
    if default and len(default) <= _SHOWN_DEFAULT:
        parts.append(f"Default {default}." if field.sent else f"The model's default is {default}.")
    return " ".join(parts)


def _range(field: Input) -> str:
    low, high = (
        None if bound is None else f"{bound:g}" for bound in (field.minimum, field.maximum)
    )
    match low, high:
        case None, None:
            return ""
        case _, None:
            return f"At least {low}."
        case None, _:
            return f"At most {high}."
        case _:
            return f"{low} to {high}."


def _about(slug: str, model: Model | None) -> str:
    if model is None:
        return (
            f"{slug} has no options of its own here. Give its inputs with --set and --input; they are "
            "checked against the platform's live description before anything is sent."
        )
    return (
        f"{model.title}: {model.summary}"
        if model.summary.rstrip(".") != model.title
        else model.title
    )
