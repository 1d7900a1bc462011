"""Hashes of everything that decides the output's bytes."""

import hashlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parent.parent
_STAGES: Final = ("spec", "plan", "render", "publish", "templates")
"""The folders of this package that turn specs into bytes; readers of documents come before them."""

_TOOLS: Final = ("datamodel-code-generator", "ruff")
"""The tools that write bytes, both pinned with `==`."""


def digest(content: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def hash_specs(specs: Path) -> dict[str, str]:
    """Hash every file of a specs folder that is read, by its path below the folder."""
    paths = [*specs.glob("models/*/*.yaml"), *specs.glob("platform.yaml")]
    return {path.relative_to(specs).as_posix(): _digest_text(path) for path in sorted(paths)}


def hash_generator() -> str:
    """Hash the generator's own sources and templates, and the versions of the tools it runs."""
    lines = [f"{tool} {_version(tool)}" for tool in _TOOLS]
    lines += [
        f"{path.relative_to(_PACKAGE).as_posix()} {_digest_text(path)}"
        for stage in _STAGES
        for path in sorted((_PACKAGE / stage).rglob("*"))
        if path.suffix in {".py", ".jinja"}
    ]
    return digest("\n".join(lines).encode())


def _digest_text(path: Path) -> str:
    """Hash a text whatever its line ends: a checkout with CRLF gives the same output."""
    return digest(path.read_bytes().replace(b"\r\n", b"\n"))


def _version(tool: str) -> str:
    try:
        return version(tool)
    except PackageNotFoundError:
        return "not installed"
