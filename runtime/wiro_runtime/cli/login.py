"""`wiro login` and `wiro logout`: keep a key for this user, or forget it."""

from __future__ import annotations

import sys

import click

from wiro_runtime.cli import console, credentials

__all__ = ["login", "logout"]


@click.command()
@click.option("--with-secret", is_flag=True, help="The project signs its requests: ask for its secret too.")  # fmt: skip
def login(*, with_secret: bool) -> None:
    """Keep the project's API key: in the system's keyring where there is one, else in a private file.

    Asks without showing what is typed. Away from a terminal the key, and below it the secret, are read
    from standard input. WIRO_API_KEY in the environment wins over what is kept.
    """
    if sys.stdin.isatty():
        key = click.prompt("API key", hide_input=True, err=True)
        secret = click.prompt("API secret", hide_input=True, err=True) if with_secret else None
    else:
        key, _, secret = sys.stdin.read().strip().partition("\n")
    key, secret = key.strip(), (secret or "").strip() or None
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise click.UsageError("that is no API key: it is one word of ASCII characters.")
    kept = credentials.save(key, secret)
    console.note(f"Kept in {kept.origin}. `wiro doctor` checks it.")


@click.command()
def logout() -> None:
    """Forget the key that `wiro login` kept."""
    was_kept = credentials.forget()
    console.note("Forgotten." if was_kept else "No key was kept.")
