"""Hashes of everything that decides the output's bytes."""

import os
import stat
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from wirogen.digest import digest
from wirogen.spec.location import find_platform

UNREADABLE: Final = ""
"""Stands for what is no file to read: a pipe, a folder, something enormous. Nothing may rely on it."""

_PACKAGE: Final = Path(__file__).resolve().parent.parent
STAGES: Final = ("build", "compat", "output", "plan", "render", "spec", "templates", "text")
"""The folders of this package that turn specs into bytes; readers of documents come before them."""

_TOOLS: Final = ("datamodel-code-generator", "ruff")
"""The tools that write bytes, both pinned with `==`."""

_LARGEST: Final = 16 * 1024 * 1024
"""No spec may be so large; `names.json` may grow to it."""


def hash_specs(specs: Path) -> dict[str, str]:
    """Hash every file that is read for a specs folder, by its path below the folder.

    The packaged `platform.yaml` stands in for one that the folder does not have.
    """
    hashes = {
        f"models/{owner.name}/{name}": digest_text(os.path.join(owner.path, name))  # noqa: PTH118 - thousands of them
        for owner in _folders(specs / "models")
        for name in sorted(os.listdir(owner.path))  # noqa: PTH208 - thousands of them
        if name.endswith(".yaml")
    }
    hashes["platform.yaml"] = digest_text(find_platform(specs))
    if (specs / "names.json").exists():
        hashes["names.json"] = digest_text(specs / "names.json")
    return hashes


def hash_generator(templates: Path | None = None, mixin: str | None = None) -> str:
    """Hash the generator's own sources and templates, the versions of its tools, and its owner's customization.

    Args:
        templates: the folder with templates of theirs.
        mixin: the class of theirs that request classes derive from.
    """
    lines = [f"{tool} {_version(tool)}" for tool in _TOOLS]
    lines += [line for stage in STAGES for line in _hash_folder(_PACKAGE / stage, stage)]
    lines += [] if templates is None else _hash_folder(templates, "theirs")
    lines += [] if mixin is None else [f"mixin {mixin}"]
    return digest("\n".join(lines).encode())


def _hash_folder(folder: Path, name: str) -> list[str]:
    return [
        f"{name}/{path.relative_to(folder).as_posix()} {digest_text(path)}"
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".py", ".jinja"}
    ]


def _folders(models: Path) -> list[os.DirEntry[str]]:
    if not models.is_dir():
        return []
    with os.scandir(models) as entries:
        return sorted((entry for entry in entries if entry.is_dir()), key=lambda entry: entry.name)


def digest_text(path: str | Path) -> str:
    """Hash a text whatever its line ends: a checkout with CRLF gives the same output."""
    try:
        status = os.stat(path)  # noqa: PTH116 - thousands of them
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
            return UNREADABLE
        with open(path, "rb") as stream:  # noqa: PTH123 - thousands of them
            return digest(stream.read().replace(b"\r\n", b"\n"))
    except OSError:
        return UNREADABLE


def _version(tool: str) -> str:
    try:
        return version(tool)
    except PackageNotFoundError:
        return "not installed"
