"""Other generators and clients, in an environment of their own that is made once and kept.

It stands in the user's cache folder (`$WIRO_PEERS` names another place) and takes what the package
index offers; the versions are printed with every result.
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

GENERATORS = ("openapi-python-client", "datamodel-code-generator")
CLIENTS = ("openai", "replicate", "fal-client")


def environment(*packages: str) -> Path:
    """The interpreter of an environment that has these packages."""
    place = os.environ.get("WIRO_PEERS")
    folder = Path(place) if place else Path.home() / ".cache" / "wiro-client-peers"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    known = subprocess.run(
        [python, "-m", "pip", "--disable-pip-version-check", "list", "--format=freeze"],
        check=True, capture_output=True, text=True,
    ).stdout.lower().replace("_", "-")  # fmt: skip
    missing = [name for name in packages if f"\n{name}==" not in f"\n{known}"]
    if missing:
        print(f"installing {', '.join(missing)} into {folder}", file=sys.stderr)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *missing], check=True)
    return python


def versions(python: Path, *packages: str) -> str:
    """Which versions these are."""
    program = "import sys, importlib.metadata as m; print(*(f'{p} {m.version(p)}' for p in sys.argv[1:]), sep=', ')"
    done = subprocess.run(
        [python, "-c", program, *packages], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()
