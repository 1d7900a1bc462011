"""Formatting and import order: one pinned ruff over the whole staged tree.

`--isolated` with every setting spelled out: no configuration file above the output folder may
change a byte of it.
"""

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ruff import find_ruff_bin  # pyright: ignore[reportMissingTypeStubs]

from wirogen.errors import GenerateError, Problem

_SETTINGS: Final = (
    "line-length = 100",
    'target-version = "py311"',
    "format.docstring-code-format = false",
)


def format_files(files: Mapping[str, str], *, package: str) -> dict[str, bytes]:
    """Format a package.

    Args:
        files: text by path below the package.
        package: its import name; sorts its imports among our own.

    Raises:
        GenerateError: If ruff finds a file that is not Python: a fault of the templates.
    """
    if not files:
        return {}
    own = f'lint.isort.known-first-party = ["wiro_runtime", "{package}"]'
    with tempfile.TemporaryDirectory(prefix="wirogen-") as folder:
        root = Path(folder) / package
        for path, text in files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        _ruff(root, "check", "--fix", "--quiet", "--select=I", settings=(*_SETTINGS, own))
        _ruff(root, "format", "--quiet", settings=_SETTINGS)
        return {path: (root / path).read_bytes() for path in files}


def _ruff(root: Path, *command: str, settings: tuple[str, ...]) -> None:
    config = [part for setting in settings for part in ("--config", setting)]
    done = subprocess.run(  # noqa: S603 - our own arguments
        [find_ruff_bin(), *command, "--isolated", "--no-cache", *config, "."],
        cwd=root,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        raise GenerateError(
            Problem(
                f"ruff refused the rendered files: {(done.stdout + done.stderr).strip()}",
                "this is a fault of the generator's templates",
            )
        )
