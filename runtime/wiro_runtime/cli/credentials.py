"""The key that `wiro login` keeps: in the system's keyring where there is one, else in a file of mode 0600."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol, cast

import click

__all__ = ["Credentials", "config_file", "find", "forget", "save"]

SERVICE: Final = "wiro-client"
"""The entry's name in the keyring."""
KEYRING: Final = "the system's keyring"


@dataclass(frozen=True)
class Credentials:
    """A key and where it came from."""

    api_key: str = field(repr=False)
    api_secret: str | None = field(default=None, repr=False)
    origin: str = ""
    """The place, for people."""

    def arguments(self) -> dict[str, str]:
        """Return `api_key=` and, where it is set, `api_secret=`, to call `Wiro` with."""
        secret = {} if self.api_secret is None else {"api_secret": self.api_secret}
        return {"api_key": self.api_key, **secret}


class _Keyring(Protocol):
    def get_password(self, service_name: str, username: str) -> str | None: ...
    def set_password(self, service_name: str, username: str, password: str) -> None: ...
    def delete_password(self, service_name: str, username: str) -> None: ...


def find() -> Credentials | None:
    """Return what was kept; None where the environment has a key, or nothing was kept.

    The environment wins, as it does for every client.
    """
    if (os.environ.get("WIRO_API_KEY") or "").strip():
        return None
    return _from_keyring() or _from_file()


def save(api_key: str, api_secret: str | None) -> Credentials:
    """Keep a key, replacing the one kept before.

    Returns:
        What was kept, with the place it is in.

    Raises:
        OSError: The file cannot be written.
    """
    text = json.dumps({"api_key": api_key, "api_secret": api_secret})
    if _kept_in_keyring(text):
        config_file().unlink(missing_ok=True)
        return Credentials(api_key, api_secret, KEYRING)
    _write(config_file(), text)
    return Credentials(api_key, api_secret, str(config_file()))


def forget() -> bool:
    """Remove what was kept.

    Returns:
        Whether there was anything.
    """
    was_kept = config_file().exists()
    config_file().unlink(missing_ok=True)
    keyring = _keyring()
    if keyring is not None:
        try:
            keyring.delete_password(SERVICE, "default")
        except Exception:  # noqa: BLE001 - nothing was kept there, or there is no keyring after all
            return was_kept
        return True
    return was_kept


def config_file() -> Path:
    """Return the file that keeps a key where there is no keyring."""
    return Path(click.get_app_dir("wiro")) / "credentials.json"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_suffix(".part")
    temporary.unlink(missing_ok=True)
    # Made with its mode, not given it afterwards: there is no moment at which others can read it.
    descriptor = os.open(
        temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR
    )
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    temporary.replace(path)


def _kept_in_keyring(text: str) -> bool:
    keyring = _keyring()
    if keyring is None:
        return False
    try:
        keyring.set_password(SERVICE, "default", text)
    except Exception:  # noqa: BLE001 - every backend has errors of its own; the file remains
        return False
    return True


def _from_file() -> Credentials | None:
    try:
        return _read(config_file().read_bytes(), str(config_file()))
    except OSError:
        return None


def _from_keyring() -> Credentials | None:
    keyring = _keyring()
    try:
        text = None if keyring is None else keyring.get_password(SERVICE, "default")
    except Exception:  # noqa: BLE001 - a locked or broken keyring is as good as none
        return None
    return None if text is None else _read(text, KEYRING)


def _read(text: str | bytes, origin: str) -> Credentials | None:
    try:
        kept: Any = json.loads(
            text
        )  # of bytes it knows the encoding, as editors of Windows write several
        return Credentials(str(kept["api_key"]), kept.get("api_secret") or None, origin)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None  # `wiro doctor` says that the file cannot be read


def _keyring() -> _Keyring | None:
    try:
        keyring: Any = import_module("keyring")
        nothing: Any = import_module("keyring.backends.fail")
    except ImportError:  # it is optional, and no extra of ours brings it
        return None
    return None if isinstance(keyring.get_keyring(), nothing.Keyring) else cast("_Keyring", keyring)
