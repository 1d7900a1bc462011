"""What importing costs as the number of models grows, compared with other clients.

    python benchmarks/imports.py [--sizes 100,1000,5000] [--no-peers]

Each measurement is a fresh interpreter; contenders take turns, and the best of their rounds counts.
Times are the processor's, which a busy machine distorts less.
The floor is what any client of pydantic and httpx has to load; ratios are against it.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from measuring import ROOT, describe_machine, show
from peers import CLIENTS, environment, versions
from synthetic import write_specs

ROUNDS = 9
PROBE = """
import sys, time
before = len(sys.modules)
began = time.process_time()
{program}
took = time.process_time() - began
import json, resource
print(json.dumps([took * 1000, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, len(sys.modules) - before]))
"""
FLOOR = "import httpx; from pydantic import BaseModel; httpx.Client()"
CLIENT = "from wiro import Wiro; client = Wiro('key')"
CALL = "request = client.models.owner_001.model_0021(prompt='a deer')"


@dataclass(frozen=True)
class Contender:
    """A program and the interpreter it runs in."""

    program: str
    python: str = sys.executable
    package: Path | None = None
    """The folder that holds the generated package."""


def measure(contenders: dict[str, Contender]) -> dict[str, list[float]]:
    """Milliseconds of the processor, MB at most and modules of each; the quickest round of each."""
    found: dict[str, list[list[float]]] = {name: [] for name in contenders}
    for _ in range(ROUNDS + 1):
        for name, contender in contenders.items():
            found[name].append(_probe(contender))
    return {name: min(rounds[1:]) for name, rounds in found.items()}  # the first compiles


def _probe(contender: Contender) -> list[float]:
    paths = [contender.package, ROOT / "runtime"] if contender.package else []
    done = subprocess.run(
        [contender.python, "-c", PROBE.format(program=contender.program)],
        check=True,
        capture_output=True,
        text=True,
        env={**_environment(), "PYTHONPATH": os.pathsep.join(map(str, paths))},
    )
    probed: list[float] = json.loads(done.stdout)
    return probed


def _environment() -> dict[str, str]:
    """This process's, but with compiled files kept: an import that compiles measures the compiler."""
    unwanted = {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH"}
    return {name: value for name, value in os.environ.items() if name not in unwanted}


def generate(folder: Path, size: int) -> Path:
    """A package of so many models."""
    write_specs(folder / f"specs-{size}", size)
    command = [sys.executable, "-m", "wirogen", "generate", "--no-cache"]
    command += ["--specs", str(folder / f"specs-{size}"), "--out", str(folder / f"out-{size}")]
    paths = {"PYTHONPATH": str(ROOT / "codegen")}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **paths})
    return folder / f"out-{size}"


def main(scratch: Path) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,1000,5000")
    parser.add_argument("--no-peers", action="store_true")
    arguments = parser.parse_args()
    contenders = {"httpx with a Client, and pydantic.BaseModel (the floor)": Contender(FLOOR)}
    for size in map(int, arguments.sizes.split(",")):
        package = generate(scratch, size)
        for title, program in {
            "import wiro": "import wiro",
            "… and a client": CLIENT,
            "… and the floor": f"{CLIENT}; {FLOOR}",
            "… and a first request": f"{CLIENT}; {FLOOR}; {CALL}",
            "catalog: list all": "from wiro import catalog; catalog.models()",
        }.items():
            contenders[f"{size:,} models: {title}"] = Contender(program, package=package)
    if not arguments.no_peers:
        python = environment(*CLIENTS)
        print(f"compared with {versions(python, *CLIENTS)}")
        peers = {
            "openai": "import openai; openai.OpenAI(api_key='key')",
            "replicate": "import replicate; replicate.Client(api_token='key')",
            "fal_client": "import fal_client; fal_client.SyncClient(key='key')",
        }
        for name, program in peers.items():
            contenders[f"{name} and a client"] = Contender(program, str(python))
    print(describe_machine())
    measured = measure(contenders)
    floor = next(iter(measured.values()))[0]
    rows = [
        [name, f"{took:.1f}", f"{took / floor:.2f}", f"{memory:.0f}", f"{modules:.0f}"]
        for name, (took, memory, modules) in measured.items()
    ]
    show("Importing", ["", "ms", "ratio", "MB at most", "modules"], rows)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="wiro-benchmark-") as folder:
        main(Path(folder))
