"""The `wiro` command: a list of commands, and one boundary for everything that goes wrong."""

from __future__ import annotations

import os
import re
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import click

from wiro_runtime._version import __version__
from wiro_runtime.cli import console, exit_code
from wiro_runtime.cli.arguments import OWN_OPTIONS, option_name
from wiro_runtime.cli.context import Context, complete_variable, completions
from wiro_runtime.cli.interrupt import attach_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from click.shell_completion import CompletionItem

    from wiro_runtime.errors import WiroError

__all__ = ["COMMANDS", "Commands", "build", "main"]

COMMANDS: Final = {
    "run": ("run", "run a model and wait for what it makes"),
    "submit": ("run", "start a task and leave it running"),
    "batch": ("batch", "run a file of jobs, and go on where it stopped"),
    "attach": ("task", "pick a task up again, from anywhere"),
    "status": ("task", "show the state of a task"),
    "cancel": ("task", "stop a task"),
    "events": ("task", "follow a task as JSON lines"),
    "outputs": ("task", "print or save what a task made"),
    "tasks": ("task", "list the newest tasks"),
    "models": ("models", "find a model"),
    "show": ("models", "show a model's inputs and how to call it"),
    "log": ("journal", "list keyed runs, and what they cost"),
    "spend": ("journal", "add up what keyed runs cost"),
    "adopt": ("journal", "record which task a keyed run with a lost answer has started"),
    "rerun": ("journal", "send a keyed run's exact body again, under a new key"),
    "upload": ("upload", "upload files and print their URLs"),
    "login": ("login", "keep the API key"),
    "logout": ("login", "forget the API key"),
    "doctor": ("doctor", "check key, clock, network and versions"),
    "completion": ("completion", "print the completion script of a shell"),
}
"""Each command's module and its line of help: the module is loaded when the command is asked for."""


class Commands(click.Group):
    """The list of commands; makes none of them before it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of the help."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command when it is asked for; None if there is no such command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"wiro_runtime.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; it is done, too, when the reader of its output has seen enough.

        To click that is a failure, whose status would say here that nothing was billed.
        """
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return exit_code.DONE

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list without loading the commands."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete names of commands without loading them."""
        names = {name: text for name, (_, text) in COMMANDS.items() if name.startswith(incomplete)}
        return [
            *completions(names, helps=names),
            *click.Command.shell_complete(self, ctx, incomplete),
        ]


def build(package: str = "wiro", prog: str = "wiro", words: Sequence[str] = ()) -> Commands:
    """Make the command of a generated package.

    Args:
        package: Its import name.
        prog: How it is called.
        words: What stands after its name, for the lines it suggests.
    """
    return Commands(
        prog,
        params=[_version_option(prog)],
        context_settings={
            "obj": Context(package, prog, tuple(words)),
            "help_option_names": ["-h", "--help"],
            "max_content_width": 100,
        },
        help=(
            "Run generative models from the shell, and know what they cost.\n\n"
            f"\b\n  {prog} models video               find a model\n"
            f"  {prog} show pruna/vace            its inputs, and code to copy\n"
            f'  {prog} run pruna/vace --prompt "a deer in snow" --save out/\n\n' + exit_code.TABLE
        ),
        epilog=(
            "The key comes from WIRO_API_KEY (and WIRO_API_SECRET), else from what `wiro login` kept. "
            "Results go to standard output, everything else to standard error."
        ),
    )


def main(package: str = "wiro", arguments: Sequence[str] | None = None, prog: str = "wiro") -> int:
    """Run the command once.

    Args:
        package: Import name of the generated package whose models it runs.
        arguments: What stands after the command's name; None takes `sys.argv`.
        prog: How it is called.

    Returns:
        The exit status; `--help` lists them.
    """
    words = sys.argv[1:] if arguments is None else [*arguments]
    command = build(package, prog, words)
    if os.environ.get(complete_variable(prog)):
        import_module("wiro_runtime.cli.completion")  # adds the shells that click does not know
    try:
        status = command.main(words, prog_name=prog, standalone_mode=False)
    except (KeyboardInterrupt, click.Abort) as interrupt:
        console.note(str(interrupt.__cause__ or interrupt) or "Interrupted.")  # click wraps it
        return exit_code.INTERRUPTED
    except click.ClickException as wrong:
        wrong.show()
        return exit_code.USAGE
    except Exception as raised:  # noqa: BLE001 - what is not ours is raised again
        return _explain(raised, command.context_settings["obj"])
    return status if isinstance(status, int) else exit_code.DONE


def _explain(raised: Exception, ctx: Context) -> int:
    """Write one of our errors as a sentence, and return its exit status; raise all others again."""
    from wiro_runtime.errors import InvalidRequest, WiroError  # noqa: PLC0415 - only for failures

    if isinstance(raised, OSError) and not isinstance(raised, WiroError):
        console.note(f"Error: {raised}")  # a disk that is full, a folder that nobody may write to
        return exit_code.UNKNOWN
    if not isinstance(raised, WiroError):
        raise raised
    if isinstance(raised, InvalidRequest) and raised.problems:
        for problem in raised.problems:
            console.note(f"Error: {_option(problem.argument, ctx)}: {problem.message}")
        console.note(f"Nothing was sent. `{ctx.prog} show OWNER/MODEL` lists a model's inputs.")
    else:
        console.note(f"Error: {_text(raised, ctx)}")
    return exit_code.exit_code(raised)


def _option(argument: str, ctx: Context) -> str:
    """Return how an argument is written on the command line; a problem may be that of several."""
    model = None if ctx.slug is None else ctx.model(ctx.slug)
    inputs: set[str] = set() if model is None else {field.name for field in model.inputs}
    names = [name for name in re.findall(r"\w+", argument) if name != "or"]
    plain = {name: f"--{name.replace('_', '-')}" for name in names}
    return " or ".join(
        plain[name] if name not in inputs and plain[name] in OWN_OPTIONS else option_name(name)
        for name in names
    )


def _text(error: WiroError, ctx: Context) -> str:
    """Return the message, with a line of shell where it has one of Python."""
    text = re.sub(
        r"client\.journal\.adopt\((.+?), id=…\)", rf"`{ctx.prog} adopt \1 ID`", str(error)
    )
    if error.resume is None or error.task is None or not error.task.id:
        return text
    text = text.replace(f" Pick the task up again with {error.resume}.", "")
    return (
        f"{text}\nPick it up again with:\n  {attach_line(ctx, error.task.id, ctx.result_options)}"
    )


def _version_option(prog: str) -> click.Option:
    def show(ctx: click.Context, _: click.Parameter, value: Any) -> None:
        if value and not ctx.resilient_parsing:
            console.write_line(f"{prog} {__version__}")
            ctx.exit()

    return click.Option(
        ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=show, help="Show the version."
    )  # fmt: skip
