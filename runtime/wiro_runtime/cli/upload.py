"""`wiro upload`: a file onto the platform, to use its URL in many runs."""

from __future__ import annotations

from typing import Any

import click

from wiro_runtime.cli import console
from wiro_runtime.cli.context import context
from wiro_runtime.cli.parameter import FileValue

__all__ = ["upload"]


@click.command()
@click.argument("files", nargs=-1, required=True, type=FileValue(), metavar="FILE...")
@click.option("--folder", metavar="ID", help="The id of a folder on the platform.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def upload(files: tuple[Any, ...], *, folder: str | None, as_json: bool) -> None:
    """Upload files and print the URL of each. Costs nothing."""
    remote = [file for file in files if isinstance(file, str)]
    if remote:
        raise click.UsageError(f"{remote[0]} is a URL already; give it to a run as it is.")
    with context().client() as client:
        kept = [client.files.upload(_named(file), folder=folder) for file in files]
    if as_json:
        console.write_json(
            [{"name": file.name, "url": file.url, "size": file.size} for file in kept]
        )
    else:
        for file in kept:
            console.write_line(file.url)


def _named(file: Any) -> Any:
    return ("stdin.bin", file) if isinstance(file, bytes) else file
