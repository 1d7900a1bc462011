"""What importing costs: time and memory, up to the first client and up to the first call.

    python benchmarks/client_import.py [--models 1000]

Every row is a fresh interpreter in the peers' environment, so that all share one httpx and one
pydantic; rows take turns. Time is the processor's, since an import waits for nothing. Bytecode is
there already, as it is from the second start of an installed package on.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from measuring import ROOT, describe_machine, environment, show
from peers import environment as peer_environment
from peers import versions
from synthetic import write_specs

PACKAGES = ("fal-client", "replicate", "openai", "runwayml", "httpx", "pydantic", "websockets")
"""What has to be there: the peers, and what this client stands on."""

_EXCHANGE = """
import httpx
http = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200, json={
    "result": True, "errors": [], "taskid": "1", "socketaccesstoken": "made-up"})))
"""
_BASE = "import httpx, pydantic; httpx.Client()"
_OWN = "from wiro import Wiro; client = Wiro(api_key='made-up'); client.models"
_FIRST = "client.models.owner_000.model_0000.submit(prompt='a deer')"
_BARE = """
from typing import Literal
class Model(pydantic.BaseModel):
    prompt: str
    resolution: Literal["480p", "720p"] = "480p"
    steps: int = pydantic.Field(default=1, ge=1)
http.post("http://localhost/v1", json=Model(prompt="a deer").model_dump()).json()
httpx.Client()
"""
_CALLED = _EXCHANGE + _OWN.replace("made-up'", "made-up', http_client=http") + "\n" + _FIRST

_STARTS = {
    "httpx, pydantic, httpx.Client()": _BASE,
    "import wiro": "import wiro",
    "import wiro, first client": _OWN,
    "fal-client": "import fal_client; fal_client.SyncClient(key='x')",
    "replicate": "import replicate; replicate.Client(api_token='x')",
    "openai": "import openai; openai.OpenAI(api_key='x')",
    "runwayml": "import runwayml; runwayml.RunwayML(api_key='x')",
}
_CALLS = {
    "httpx and pydantic, one class, one post": f"import pydantic\n{_EXCHANGE}{_BARE}",
    "wiro: client, first call of one model": _CALLED,
}
_ON_TOP = {
    # What is timed comes after the line.
    "first call, after the client": f"import pydantic\n{_EXCHANGE}{_BARE}"
    + _OWN.replace("made-up'", "made-up', http_client=http")
    + f"\n#timed\n{_FIRST}",
    "first call, nothing of pydantic or httpx loaded": _OWN + f"\n#timed\n{_EXCHANGE}"
    "client = Wiro(api_key='made-up', http_client=http)\n" + _FIRST,
    "first call of a second model": _CALLED
    + "\n#timed\nclient.models.owner_000.model_0001.submit(prompt='a deer')",
}

_PROGRAM = """
import sys, time, os
{untimed}
began = time.process_time()
{timed}
took = time.process_time() - began
pages = int(open("/proc/self/statm").read().split()[1])
print(took, pages * os.sysconf("SC_PAGE_SIZE") / 2**20, len(sys.modules))
"""


def measure(
    python: Path, package: Path, programs: dict[str, str], rounds: int
) -> dict[str, tuple[float, float, float]]:
    """Milliseconds, MiB and modules of each program: medians of its rounds."""
    paths = environment(first=package)
    found: dict[str, list[list[float]]] = {name: [] for name in programs}
    for turn in range(rounds + 1):
        for name, program in programs.items():
            untimed, _, timed = program.rpartition("#timed\n")
            text = _PROGRAM.format(untimed=untimed, timed=timed)
            command = [str(python), "-W", "ignore", "-c", text]
            printed = subprocess.run(
                command, check=True, stdout=subprocess.PIPE, text=True, env=paths
            )
            if turn:  # the first one writes bytecode
                found[name].append([float(word) for word in printed.stdout.split()])
    return {
        name: (statistics.median(ms) * 1e3, statistics.median(mib), statistics.median(modules))
        for name, runs in found.items()
        for ms, mib, modules in [tuple(zip(*runs, strict=True))]
    }


@contextmanager
def generated(models: int) -> Iterator[Path]:
    """A package of many models, to be put before the checkout's own."""
    with tempfile.TemporaryDirectory(prefix="models-") as folder:
        specs, out = Path(folder, "specs"), Path(folder, "out")
        write_specs(specs, models)
        command = "import sys; from wirogen.cli import main; sys.exit(main())"
        options = ("generate", "--specs", str(specs), "--out", str(out))
        search = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        subprocess.run(
            [sys.executable, "-c", command, *options],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=ROOT,
            env={**environment(), "PATH": search},
        )
        yield out


def main(models: int = 1000, rounds: int = 9) -> None:
    python = peer_environment(*PACKAGES)
    print(f"\nPeers: {versions(python, *PACKAGES)}")
    with generated(models) as package:
        starts = measure(python, package, {**_STARTS, "the first, again": _BASE}, rounds)
        base = next(iter(starts.values()))
        rows = [
            (name, f"{ms:.0f}", f"{ms / base[0]:.2f}", f"{mib:.1f}", f"{modules:.0f}")
            for name, (ms, mib, modules) in starts.items()
        ]
        headings = ("what", "ms", "ratio (budget ≤ 0.5)", "MiB", "modules")
        show(f"Import and first client, {models} models", headings, rows)
        calls = measure(python, package, _CALLS | _ON_TOP, rounds)
        rows = [(name, f"{ms:.1f}", f"{mib:.1f}") for name, (ms, mib, _) in calls.items()]
        show(
            f"The first call, {models} models (budget ≤ 12 ms on top)", ("what", "ms", "MiB"), rows
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="What importing costs.")
    parser.add_argument("--models", type=int, default=1000)
    given = parser.parse_args()
    print(describe_machine())
    main(given.models)
