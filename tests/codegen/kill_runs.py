"""Kill `wirogen import` and `wirogen generate` at random moments, and see that the next run mends it.

Slow, so that it is no test: `python tests/codegen/kill_runs.py [RUNS]`. Each run starts from one of two
states, is killed by SIGKILL at a random moment, and is followed by a whole one, after which the tree must be
what an undisturbed run gives, byte for byte, `--check` must agree, and nothing else may lie there. At last,
two runs are started at once, which must both succeed.
"""

import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from codegen.synthetic import write_specs
from wirogen.output.files import STAGING
from wirogen.spec.folder import packaged_folder

MODELS = 60
WRITING = 0.06
"""Seconds in which an undisturbed run writes; half of the kills come then."""


def start(arguments: list[str], folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "wirogen", *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def run(arguments: list[str], folder: Path) -> None:
    process = start(arguments, folder)
    _, error = process.communicate()
    if process.returncode != 0:
        raise SystemExit(f"{arguments}: {process.returncode}: {error.decode()}")


def kill(arguments: list[str], folder: Path, output: Path, moment: float, *, writing: bool) -> bool:
    """Kill a run after some seconds, counted from its start or from when it begins to write."""
    process = start(arguments, folder)
    while writing and process.poll() is None and not (output / STAGING).exists():
        time.sleep(0.0005)
    deadline = time.perf_counter() + moment
    while process.poll() is None and time.perf_counter() < deadline:
        time.sleep(0.0005)
    is_killed = process.poll() is None
    process.kill()
    process.communicate()
    return is_killed


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in files
        if "__pycache__" not in path.parts
    }


def kill_again_and_again(
    name: str, arguments: list[str], states: list[Path], output: str, runs: int
) -> None:
    """Let one tree go back and forth between two states of its input, killed on the way."""
    work = states[0].parent / "work"
    wanted = []
    for state in states:
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(state, work)
        started = time.perf_counter()
        run(arguments, work)
        seconds = time.perf_counter() - started
        wanted.append(tree(work / output))
    chance = random.Random(5)  # noqa: S311 - kills need no secrecy, and must repeat
    killed = halfway = 0
    for number in range(runs):
        state = states[number % 2]
        shutil.copytree(state, work, dirs_exist_ok=True)
        before = tree(work / output)
        is_writing = number % 4 > 1
        moment = chance.uniform(0, WRITING if is_writing else seconds)
        if kill(arguments, work, work / output, moment, writing=is_writing):
            killed += 1
            halfway += tree(work / output) not in (before, wanted[number % 2])
        run(arguments, work)
        if tree(work / output) != wanted[number % 2]:
            raise SystemExit(f"{name}: run {number}: the tree is not what the input says")
        if name == "generate":
            run([*arguments, "--check"], work)
        left = [path for path in work.rglob("*") if path.name == STAGING or path.suffix == ".part"]
        if left:
            raise SystemExit(f"{name}: run {number}: left {left}")
    print(f"{name}: {runs} runs, {killed} killed, {halfway} in the middle of writing; all mended")


def run_twice_at_once(arguments: list[str], state: Path) -> None:
    work = state.parent / "work"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(state, work)
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "wirogen", *arguments], cwd=work, stdout=subprocess.DEVNULL
        )
        for _ in range(2)
    ]
    codes = [process.wait() for process in both]
    print(f"{arguments[0]}: two runs at once exit {codes}")
    if codes != [0, 0]:
        raise SystemExit(1)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as scratch:
        states = [Path(scratch, name) for name in ("one", "two")]
        for number, state in enumerate(states):
            write_specs(state / "specs", MODELS)
            for path in sorted((state / "specs/models").rglob("*.yaml")):
                text = path.read_text(encoding="utf-8")
                path.write_text(
                    text.replace("title: ", f"title: {'New ' * number}"), encoding="utf-8"
                )
            documents = state / "documents"
            documents.mkdir()
            source = (packaged_folder() / "documents/pruna/vace.llms.txt").read_text(
                encoding="utf-8"
            )
            for at in range(MODELS):
                text = source.replace("pruna/vace", f"acme/model-{at}")
                (documents / f"{at}.txt").write_text(
                    text.replace("label: Seed", f"label: Seed {number}"), encoding="utf-8"
                )
        imports = ["import", "documents", "--specs", "imported"]
        kill_again_and_again("import", imports, states, "imported", runs // 2)
        kill_again_and_again(
            "generate", ["generate", "--workers", "1"], states, "generated", runs // 2
        )
        run_twice_at_once(imports, states[0])
        run_twice_at_once(["generate"], states[0])


if __name__ == "__main__":
    main()
