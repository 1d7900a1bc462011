"""What type checkers take for a user's file with one call, as the number of models grows.

    python benchmarks/typecheck.py [--sizes 100,1000,5000] [--packages]

"Cold" is without a cache, "warm" with the one that the cold run left. A second file has one wrong
argument; the message about it is shown. `--packages` checks whole packages too, which takes minutes.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from imports import generate
from measuring import ROOT, describe_machine, show

RIGHT = """\
from wiro import Wiro
from wiro.models.owner_001 import Model0021

client = Wiro("key")
client.run(Model0021(prompt="a deer"))
client.models.owner_001.model_0021.run(prompt="a deer")
"""
WRONG = RIGHT.replace('run(prompt="a deer")', 'run(promt="a deer")')


class Project:
    """A user's folder, which has a package of so many models on its path."""

    def __init__(self, folder: Path, package: Path) -> None:
        self.folder, self.package = folder, package
        folder.mkdir()
        (folder / "right.py").write_text(RIGHT)
        (folder / "wrong.py").write_text(WRONG)
        venv = Path(sys.prefix)
        settings = {"typeCheckingMode": "strict", "venvPath": str(venv.parent), "venv": venv.name}
        paths = [str(package), str(ROOT / "runtime")]
        (folder / "pyrightconfig.json").write_text(json.dumps({**settings, "extraPaths": paths}))

    def mypy(self, *what: str, cold: bool) -> tuple[float, str]:
        """Seconds, and what mypy says."""
        if cold:
            shutil.rmtree(self.folder / ".mypy_cache", ignore_errors=True)
        return self._run("mypy", "--strict", "--no-error-summary", *what)

    def pyright(self, *what: str) -> tuple[float, str]:
        """Seconds, and what pyright says."""
        return self._run("basedpyright", "--level", "error", *what)

    def _run(self, *command: str) -> tuple[float, str]:
        paths = os.pathsep.join([str(self.package), str(ROOT / "runtime")])
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self.folder,
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, "MYPYPATH": paths, "PYTHONPATH": paths},
        )
        return time.perf_counter() - began, done.stdout.strip()


def main(scratch: Path) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,1000,5000")
    parser.add_argument("--packages", action="store_true")
    arguments = parser.parse_args()
    print(describe_machine())
    rows: list[list[str]] = []
    for size in map(int, arguments.sizes.split(",")):
        project = Project(scratch / f"user-{size}", generate(scratch, size))
        took = {
            "mypy --strict, cold": min(project.mypy("right.py", cold=True) for _ in range(2)),
            "mypy --strict, warm": min(project.mypy("right.py", cold=False) for _ in range(2)),
            "pyright strict": min(project.pyright("right.py") for _ in range(2)),
        }
        if arguments.packages:
            took["mypy --strict, the package, cold"] = project.mypy("-p", "wiro", cold=True)
            took["pyright strict, the package"] = project.pyright(str(project.package / "wiro"))
        for name, (_, said) in took.items():
            if "error:" in said or " - error" in said:
                raise SystemExit(f"{name}: {said}")
        rows.append([f"{size:,}", *(f"{seconds:.1f}" for seconds, _ in took.values())])
        if size == 1000:
            for said in (project.mypy("wrong.py", cold=False)[1], project.pyright("wrong.py")[1]):
                print(f"\none wrong argument:\n{said}")
    show("A user's file with two calls, seconds", ["models", *took], rows)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="wiro-benchmark-") as folder:
        main(Path(folder))
