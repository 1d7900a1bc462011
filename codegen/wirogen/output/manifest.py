"""What a generated package was made of, committed with it as `_manifest.json`.

It answers two questions: did anything change since, and which files are still as we wrote them. It
holds nothing of this machine: no path, no date.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

NAME: Final = "_manifest.json"


@dataclass(frozen=True)
class Manifest:
    """What went in and what came out; hashes are SHA-256."""

    package: str
    """The import name that the files were written for."""
    generator: str
    """Hash of the generator's sources and tools."""
    inputs: Mapping[str, str]
    """Hash of each spec file, by its path below the specs folder."""
    outputs: Mapping[str, str]
    """Hash of each generated file but this one, by its path below the package."""

    def to_bytes(self) -> bytes:
        """The file's content."""
        stated = {
            "about": "Written by `wirogen generate`; do not edit.",
            "package": self.package,
            "generator": self.generator,
            "inputs": dict(sorted(self.inputs.items())),
            "outputs": dict(sorted(self.outputs.items())),
        }
        return (json.dumps(stated, indent=2) + "\n").encode()


def read_manifest(package: Path) -> Manifest | None:
    """Read the manifest of a generated package; nothing if there is none, or it was mangled.

    Without one, every file counts as somebody's own.
    """
    try:
        stated: Any = json.loads((package / NAME).read_bytes())
        manifest = Manifest(
            package=str(stated["package"]),
            generator=str(stated["generator"]),
            inputs=_hashes(stated["inputs"]),
            outputs=_hashes(stated["outputs"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return manifest


def _hashes(stated: Mapping[str, str]) -> dict[str, str]:
    return {str(path): str(value) for path, value in stated.items()}
