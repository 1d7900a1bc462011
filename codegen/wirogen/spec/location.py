"""Where specs are. Only the standard library: asked before anything heavy is imported."""

import os
from pathlib import Path
from typing import Final

from wirogen.errors import Problem, SpecError, UsageError

_PACKAGE: Final = Path(__file__).resolve().parents[1]
_PACKAGED: Final = _PACKAGE / "_specs"
"""In an installed wheel; a checkout has its own `specs/` two levels above the package."""


def find_specs(path: Path | None = None) -> Path:
    """Find a specs folder.

    Args:
        path: the folder; None takes `./specs` if there is one, else the packaged specs.

    Raises:
        SpecError: there is no such folder.
    """
    if path is None:
        here = Path("specs")
        path = here if (here / "models").is_dir() else packaged_folder()
    if not path.is_dir():
        raise SpecError(
            Problem("there is no such specs folder", "name one with --specs", file=str(path))
        )
    return path


def list_files(folder: Path) -> list[Path]:
    """List every file below a folder, sorted; nothing for a folder that is not there.

    Raises:
        UsageError: a folder in it cannot be listed: what it holds must not go missing unnoticed.
    """
    walked = os.walk(folder, onerror=_refuse)
    return sorted(Path(parent, name) for parent, _, names in walked for name in names)


def list_folder(folder: Path) -> list[Path]:
    """List what stands in a folder, sorted; nothing for a folder that is not there.

    Raises:
        UsageError: the folder cannot be listed.
    """
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        _refuse(error)
        return []


def _refuse(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        message = f"cannot be listed: {error.strerror}"
        remedy = "give this user the right to read it"
        raise UsageError(Problem(message, remedy, file=str(error.filename))) from error


def find_platform(specs: Path) -> Path:
    """Find the `platform.yaml` of a specs folder: its own, or the packaged one where it has none."""
    own = specs / "platform.yaml"
    return own if own.exists() else packaged_folder() / "platform.yaml"


def packaged_folder() -> Path:
    """Return the specs that came with this installation."""
    return _PACKAGED if _PACKAGED.is_dir() else _PACKAGE.parents[1] / "specs"
