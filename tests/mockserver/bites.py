"""Breaks that the suite must notice: each names a test that turns red when the break is made.

    python tests/mockserver/bites.py             # all of them, in a copy; a minute or two
    python tests/mockserver/bites.py nonce quota # those whose names contain one of the words

Client and mock are made from the same specs, so both could be wrong together and agree. Each bite makes
one such mistake in a temporary copy of the sources and runs one test against it. CI makes a few of them
(`test_bites.py`); all of them are for whoever changes the mock, the client or the specs.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOTS = ("runtime", "generated", "codegen", "mockserver")
COPIED = (*ROOTS, "specs", "tests", "pyproject.toml")
TIMEOUT = 300
"""Seconds that a test may take with a break in place."""
FAILED = 1
"""pytest's exit status when tests failed; anything else is no bite but an accident."""


@dataclass(frozen=True)
class Bite:
    """One break."""

    name: str
    file: str
    old: str
    new: str
    test: str
    """What turns red: a path, perhaps with `::name`."""


MOCK, CLIENT = "mockserver/wiromock", "runtime/wiro_runtime"
MOCK_TESTS, CLIENT_TESTS, BOTH = (
    "tests/mockserver",
    "tests/runtime",
    "tests/e2e/test_transcripts.py",
)
MACHINE = f"{MOCK_TESTS}/engine/test_state_machine.py"
LIFECYCLE = f"{MOCK_TESTS}/engine/test_lifecycle.py"
SOCKET = f"{MOCK_TESTS}/engine/test_connection.py"
BEHAVIOUR = f"{MOCK_TESTS}/adapter/test_front_ends.py"

BITES = (
    # the mock
    Bite(
        "mock: HMAC key and message swapped",
        f"{MOCK}/engine/auth.py",
        "return _hmac(key=api_key, message=api_secret + nonce)",
        "return _hmac(key=api_secret + nonce, message=api_key)",
        f"{MOCK_TESTS}/engine/test_auth.py",
    ),
    Bite(
        "mock: nonce after secret swapped",
        f"{MOCK}/engine/auth.py",
        "message=api_secret + nonce)",
        "message=nonce + api_secret)",
        f"{MOCK_TESTS}/engine/test_auth.py",
    ),
    Bite(
        "mock: authentication failures are 200",
        f"{MOCK}/wire/refusal.py",
        "return ErrorEntry(stated.code, text, stated.http, explanation)",
        "return ErrorEntry(stated.code, text, 200, explanation)",
        f"{MOCK_TESTS}/engine/test_auth.py",
    ),
    Bite(
        "mock: Cancel works on running tasks",
        f"{MOCK}/engine/endpoint/task.py",
        "legal = status in allowed and",
        "legal = status not in TERMINAL and",
        LIFECYCLE,
    ),
    Bite(
        "mock: Kill works in the queue",
        "specs/platform.yaml",
        "  kill_during:\n",
        "  kill_during:\n    - task_queue\n",
        LIFECYCLE,
    ),
    Bite(
        "mock: quota off by one",
        f"{MOCK}/engine/endpoint/run.py",
        "world.ledger.running >= limit",
        "world.ledger.running > limit",
        MACHINE,
    ),
    Bite(
        "mock: failures are billed",
        f"{MOCK}/task/task.py",
        "return self.status == FINISHED and self._task.timeline.succeeds",
        "return self.status == FINISHED",
        LIFECYCLE,
    ),
    Bite(
        "mock: a cancelled task goes on",
        f"{MOCK}/task/timeline.py",
        'command.kind in {"cancel", "kill"}',
        'command.kind in {"kill"}',
        LIFECYCLE,
    ),
    Bite(
        "mock: unseeded names",
        f"{MOCK}/wire/ids.py",
        'of = f"{self.tenant}/" if self.tenant else ""',
        "import os\n        of = os.urandom(4).hex()",
        MACHINE,
    ),
    Bite(
        "mock: looking moves time",
        f"{MOCK}/engine/clock.py",
        '"""Stand still, whoever looks."""',
        "self.advance(0.3)",
        MACHINE,
    ),
    Bite(
        "mock: reset forgets the script",
        f"{MOCK}/engine/engine.py",
        "            self._script.clear(tenant)\n",
        "",
        f"{MOCK_TESTS}/engine/test_tenants.py",
    ),
    Bite(
        "mock: reset forgets the nonces",
        f"{MOCK}/engine/engine.py",
        "self._guard.reset()",
        "pass",
        f"{MOCK_TESTS}/engine/test_strict.py",
    ),
    Bite(
        "mock: the last socket message is dropped",
        f"{MOCK}/wire/frame.py",
        "if event.type not in notifications.omit:",
        'if event.type not in (*notifications.omit, "task_postprocess_end"):',
        SOCKET,
    ),
    Bite(
        "mock: binary frames split at the last bar",
        f"{MOCK}/wire/frame.py",
        "data.partition(SEPARATOR)",
        "data.rpartition(SEPARATOR)",
        f"{MOCK_TESTS}/engine/test_live_session.py",
    ),
    Bite(
        "mock: LLM text is a difference",
        f"{MOCK}/task/compile.py",
        "answer=speech.answer[: max(0, said - len(speech.thinking))]",
        "answer=speech.answer[max(0, said - 4 - len(speech.thinking)) : max(0, said - len(speech.thinking))]",
        SOCKET,
    ),
    Bite(
        "mock: outputs of a failed task",
        f"{MOCK}/task/task.py",
        "return self._task.outputs if self.succeeded and not self._task.is_emptied else ()",
        "return self._task.outputs if self.is_over else ()",
        MACHINE,
    ),
    Bite(
        "mock: a timeout is not honoured",
        f"{MOCK}/adapter/httpx.py",
        "if seconds > self._timeout:",
        "if seconds < 0:",
        BEHAVIOUR,
    ),
    Bite(
        "mock: a reset looks like a timeout",
        f"{MOCK}/adapter/httpx.py",
        "raise httpx.ReadError(",
        "raise httpx.ReadTimeout(",
        BEHAVIOUR,
    ),
    Bite(
        "mock: unknown parameters pass",
        f"{MOCK}/spec/validation.py",
        "return None if _is_common(self._spec, name) else _unknown(self._spec, name)",
        "return None",
        f"{MOCK_TESTS}/spec/test_validation.py",
    ),
    Bite(
        "mock: fields below data",
        f"{MOCK}/engine/endpoint/run.py",
        "to_json(names), delivery)",
        'to_json({"result": True, "errors": [], "data": names}), delivery)',
        f"{MOCK_TESTS}/wire/test_transcripts.py",
    ),
    # the specs: client and mock would change together, only what was typed by hand stays
    Bite(
        "spec: a field is renamed",
        "specs/models/pruna/vace.yaml",
        "  - name: frameNum\n",
        "  - name: frameNumber\n",
        f"{MOCK_TESTS}/wire/test_transcripts.py",
    ),
    Bite(
        "spec: an option is gone",
        "specs/models/pruna/vace.yaml",
        '      - value: "480p"\n',
        "",
        f"{MOCK_TESTS}/wire/test_transcripts.py",
    ),
    Bite(
        "spec: Cancel reads another field",
        "specs/platform.yaml",
        "    identify_by:\n      - taskid\n    answers:\n      - tasklist\n    source: the pruna/vace document, sections Cancel Task",
        "    identify_by:\n      - tasktoken\n    answers:\n      - tasklist\n    source: the pruna/vace document, sections Cancel Task",
        LIFECYCLE,
    ),
    Bite(
        "spec: the stages in another order",
        "specs/platform.yaml",
        "    - task_assign\n    - task_start\n    - task_output\n    - task_output_full\n    - task_end\n    - task_postprocess_start\n    - task_postprocess_end\n  terminal",
        "    - task_start\n    - task_assign\n    - task_output\n    - task_output_full\n    - task_end\n    - task_postprocess_start\n    - task_postprocess_end\n  terminal",
        LIFECYCLE,
    ),
    Bite(
        "spec: a code has another number",
        "specs/platform.yaml",
        "    code: 96\n",
        "    code: 69\n",
        f"{MOCK_TESTS}/scenario/test_scenario.py",
    ),
    # the client
    Bite(
        "client: nonce before secret",
        f"{CLIENT}/driver/auth.py",
        "(api_secret + nonce).encode()",
        "(nonce + api_secret).encode()",
        f"{CLIENT_TESTS}/driver/test_auth.py::test_the_worked_example",
    ),
    Bite(
        "client: any end is a success",
        f"{CLIENT}/task/snapshot.py",
        "if self._exit_missing else self.exit_code == 0",
        "if self._exit_missing else True",
        f"{CLIENT_TESTS}/task/test_snapshot.py",
    ),
    Bite(
        "client: a missing exit code is a failure",
        f"{CLIENT}/task/snapshot.py",
        "succeeded = bool(self.outputs) if self._exit_missing else self.exit_code == 0",
        "succeeded = self.exit_code == 0",
        BOTH,
    ),
    Bite(
        "client: a field has another wire name",
        "generated/wiro/models/pruna/vace.py",
        'wire.Text("frameNum")',
        'wire.Text("frame_num")',
        BOTH,
    ),
    Bite(
        "client: numbers travel as numbers",
        "generated/wiro/models/pruna/vace.py",
        'wire.Text("sampleSteps")',
        'wire.Number("sampleSteps")',
        BOTH,
    ),
    Bite(
        "client: one file instead of an array",
        f"{CLIENT}/request/file_encoding.py",
        "return [url_of(file) for file in value]",
        "return url_of(value[0])  # type: ignore",
        BOTH,
    ),
    Bite(
        "client: Cancel names the token",
        f"{CLIENT}/flow/tasks.py",
        'exchange(path, {"taskid": task.id}',
        'exchange(path, {"tasktoken": task.token}',
        f"{MOCK_TESTS}/adapter/test_client.py",
    ),
)
"""Every bite."""


def make_copy(folder: Path) -> None:
    """Copy what the tests need."""
    skipped = shutil.ignore_patterns("__pycache__", ".hypothesis", "golden")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=skipped)
        else:
            shutil.copy(source, folder / name)


def check(bite: Bite, folder: Path) -> str | None:
    """Make a break in a copy, run its test, and mend it; gives what is wrong, None if it was noticed."""
    path = folder / bite.file
    text = path.read_text(encoding="utf-8")
    if bite.old not in text:
        return f"{bite.file} does not hold {bite.old!r} any more; write the bite anew"
    path.write_text(text.replace(bite.old, bite.new, 1), encoding="utf-8")
    try:
        done = _test(bite.test, folder)
    except subprocess.TimeoutExpired:
        return f"{bite.test} took more than {TIMEOUT} seconds; name a quicker test"
    finally:
        path.write_text(text, encoding="utf-8")
    if done.returncode == FAILED:
        return None
    return f"{bite.test} stayed green (exit status {done.returncode})\n{done.stdout[-1000:]}"


def _test(test: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    paths = os.pathsep.join(str(folder / root) for root in ROOTS)
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    options = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist")
    return subprocess.run(
        # That a test fails is enough: looking for its shortest failure may take minutes.
        [sys.executable, "-m", "pytest", *options, "--hypothesis-profile=no-shrinking", test],
        cwd=folder,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )


def main(words: Sequence[str]) -> int:
    """Make the bites whose names contain one of the words; all without words."""
    chosen = [bite for bite in BITES if not words or any(word in bite.name for word in words)]
    unnoticed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_copy(folder)
        for bite in chosen:
            wrong = check(bite, folder)
            unnoticed += wrong is not None
            print(f"{'noticed' if wrong is None else 'NOT NOTICED':12} {bite.name}", flush=True)
            if wrong is not None:
                print(f"             {wrong}")
    print(f"{len(chosen) - unnoticed} of {len(chosen)} breaks were noticed")
    return int(unnoticed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
