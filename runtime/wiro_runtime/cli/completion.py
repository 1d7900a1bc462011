"""`wiro completion SHELL`: the script that makes TAB complete models, options and choices."""

from __future__ import annotations

import os
from typing import Final

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    ShellComplete,
    add_completion_class,
    get_completion_class,
    split_arg_string,
)

from wiro_runtime.cli import console
from wiro_runtime.cli.context import complete_variable

__all__ = ["PowerShellComplete", "completion"]

SHELLS: Final = ("bash", "zsh", "fish", "pwsh")
_WHERE: Final = {
    "bash": "~/.bashrc",
    "zsh": "~/.zshrc",
    "fish": "~/.config/fish/completions/{prog}.fish",
    "pwsh": "$PROFILE",
}

_POWERSHELL: Final = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($word, $ast, $position)
    $env:%(complete_var)s = "pwsh_complete"
    $env:COMP_WORDS = $ast.ToString()
    $env:COMP_CWORD = $word
    %(prog_name)s | ForEach-Object {
        $kind, $value, $text = $_ -split "`t", 3
        if (-not $text) { $text = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, "ParameterValue", $text)
    }
    Remove-Item Env:%(complete_var)s, Env:COMP_WORDS, Env:COMP_CWORD
}
"""


@add_completion_class
class PowerShellComplete(ShellComplete):
    """Completion for PowerShell, which click does not bring itself."""

    name = "pwsh"
    source_template = _POWERSHELL

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the cursor, and the one at it."""
        words = split_arg_string(os.environ.get("COMP_WORDS", ""))
        incomplete = os.environ.get("COMP_CWORD", "")
        args = words[1:]
        if incomplete and args and args[-1] == incomplete:
            args = args[:-1]
        return args, incomplete

    def format_completion(self, item: CompletionItem) -> str:
        """Return one line of what the script above reads."""
        return f"{item.type}\t{item.value}\t{item.help or ''}"


@add_completion_class
class _Bash(BashComplete):
    """Bash without click's check of its version, which starts a process each time."""

    name = "bash"

    @staticmethod
    def _check_version() -> None:
        return


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script of a SHELL; evaluate it in the file that your shell reads at its start."""
    root = ctx.find_root()
    prog = root.info_name or "wiro"
    kind = get_completion_class(shell)
    if kind is not None:  # click knows all of SHELLS: the two classes above, zsh and fish
        console.write_line(kind(root.command, {}, prog, complete_variable(prog)).source())
    where = _WHERE[shell].format(prog=prog)
    console.note(f"Add this output to {where}, or evaluate it there: {prog} completion {shell}")
