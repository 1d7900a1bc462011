"""Command lines that are wrong: each gets one clear sentence and a status, and nothing is sent."""

import io
import shlex

import pytest

from wiro_runtime.cli import exit_code
from wiromock import MockWiro

LINES = [
    ("frobnicate", 2, "No such command 'frobnicate'."),
    ("--frobnicate", 2, "No such option '--frobnicate'."),
    (
        "run vace",
        2,
        "'vace' is no model; expected OWNER/MODEL, like pruna/vace. `wiro models` lists them.",
    ),
    (
        "run pruna",
        2,
        "'pruna' is no model; expected OWNER/MODEL, like pruna/vace. `wiro models` lists them.",
    ),
    (
        "run pruna/",
        2,
        "'pruna/' is no model; expected OWNER/MODEL, like pruna/vace. `wiro models` lists them.",
    ),
    (
        "run /vace",
        2,
        "'/vace' is no model; expected OWNER/MODEL, like pruna/vace. `wiro models` lists them.",
    ),
    (
        "run a/b/c",
        2,
        "'a/b/c' is no model; expected OWNER/MODEL, like pruna/vace. `wiro models` lists them.",
    ),
    ("run pruna/vace", 2, "--prompt: is missing; give it text."),
    ("run pruna/vace extra", 2, "Got unexpected extra argument (extra)"),
    ("run pruna/vace --prompt", 2, "Option '--prompt' requires an argument."),
    (
        "run pruna/vace --promt x",
        2,
        "No such option '--promt'. (Did you mean one of: '--project-id', '--prompt'?)",
    ),
    (
        'run pruna/vace --prompt ""',
        2,
        "--prompt or --input-image: give at least one of them; without any the model has nothing to work on.",
    ),
    (
        "run pruna/vace --prompt x --resolution 9",
        2,
        "Invalid value for '--resolution': '9' is not one of '480p', '720p'.",
    ),
    (
        "run pruna/vace --prompt x --resolution 720P",
        2,
        "Invalid value for '--resolution': '720P' is not one of '480p', '720p'.",
    ),
    (
        "run pruna/vace --prompt x --frame-num many",
        2,
        "Invalid value for '--frame-num': 'many' is not a whole number.",
    ),
    (
        "run pruna/vace --prompt x --frame-num 1.5",
        2,
        "Invalid value for '--frame-num': '1.5' is not a whole number.",
    ),
    ("run pruna/vace --prompt x --frame-num -1", 2, "--frame-num: must be at least 1, got -1."),
    (
        "run pruna/vace --prompt x --input-image none.jpg",
        2,
        "Invalid value for '--input-image': there is no file 'none.jpg', and it is not a URL either.",
    ),
    (
        "run pruna/vace --prompt x --input-image dir",
        2,
        "Invalid value for '--input-image': there is no file 'dir', and it is not a URL either.",
    ),
    (
        "run pruna/vace --prompt x --input-image ftp://x/y.png",
        2,
        "Invalid value for '--input-image': there is no file 'ftp://x/y.png', and it is not a URL either.",
    ),
    (
        "run pruna/vace --prompt @none.txt",
        2,
        "Invalid value for '--prompt': the text of 'none.txt' cannot be read: No such file or directory. For text that begins with @ write @@.",
    ),
    (
        "run pruna/vace --prompt @bin.txt",
        2,
        "Invalid value for '--prompt': the text of 'bin.txt' cannot be read: it is not UTF-8 text. For text that begins with @ write @@.",
    ),
    (
        "run pruna/vace --prompt @dir",
        2,
        "Invalid value for '--prompt': the text of 'dir' cannot be read: Is a directory. For text that begins with @ write @@.",
    ),
    (
        "run pruna/vace --set prompt",
        2,
        "--set 'prompt' is no assignment; expected name=value, name:=JSON or name=@file.",
    ),
    (
        "run pruna/vace --set =x",
        2,
        "--set '=x' is no assignment; expected name=value, name:=JSON or name=@file.",
    ),
    (
        "run pruna/vace --set prompt:={",
        2,
        "--set prompt:: this is not JSON (Expecting property name enclosed in double quotes: line 1 column 2 (char 1)).",
    ),
    ("run pruna/vace --set promt=x", 2, "--prompt: is missing; give it text."),
    (
        "run pruna/vace --set prompt=x --set frameNum:=[1]",
        2,
        "--frame-num: expected a whole number, got [1].",
    ),
    ("run pruna/vace --input none.json", 2, "--input none.json: No such file or directory."),
    (
        "run pruna/vace --input bad.json",
        2,
        "--input bad.json is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1).",
    ),
    (
        "run pruna/vace --input list.json",
        2,
        '--input list.json holds no object; expected one like {"prompt": "a deer in snow"}.',
    ),
    ("run pruna/vace --input strange.json", 2, "--prompt: is missing; give it text."),
    ("run pruna/vace --input dir", 2, "--input dir: Is a directory."),
    (
        "run pruna/vace --input - --prompt -",
        2,
        "standard input can be read once, by one input or by --input; give the others a file.",
    ),
    (
        "run pruna/vace --prompt x --deadline 0",
        2,
        "Invalid value for '--deadline': give a number of seconds above 0; got '0'.",
    ),
    (
        "run pruna/vace --prompt x --deadline soon",
        2,
        "Invalid value for '--deadline': give a number of seconds above 0; got 'soon'.",
    ),
    (
        "run pruna/vace --prompt x --deadline nan",
        2,
        "Invalid value for '--deadline': give a number of seconds above 0; got 'nan'.",
    ),
    (
        "run pruna/vace --prompt x --deadline inf",
        2,
        "Invalid value for '--deadline': give a number of seconds above 0; got 'inf'.",
    ),
    (
        "run pruna/vace --prompt x --max-cost cheap",
        2,
        "give US dollars, 0 or more; got 'cheap'.",
    ),
    (
        "run pruna/vace --prompt x --max-cost -1",
        2,
        "give US dollars, 0 or more; got '-1'.",
    ),
    (
        "run pruna/vace --prompt x --on-abandon stop",
        2,
        "Invalid value for '--on-abandon': 'stop' is not one of 'detach', 'cancel'.",
    ),
    (
        "run pruna/vace --prompt x --name {nope} --save out",
        2,
        "--name: the template '{nope}' may hold {task}, {index}, {name}, {stem}, {ext}.",
    ),
    (
        "run pruna/vace --prompt x --name {task --save out",
        2,
        "--name: the template '{task' may hold {task}, {index}, {name}, {stem}, {ext}.",
    ),
    (
        "run pruna/vace --prompt x --name {index}",
        2,
        "--name goes with --save: it names the files that are saved.",
    ),
    (
        "run pruna/vace --prompt x --events",
        2,
        "--events goes with --json: each event is a line of JSON.",
    ),
    (
        "run pruna/vace --prompt x --callback-url nowhere",
        2,
        "--callback-url: give a URL of http or https without user name and fragment; got 'nowhere'.",
    ),
    (
        'run pruna/vace --prompt x --project-id ""',
        2,
        "--project-id: give a text or a number; got ''.",
    ),
    (
        'run pruna/vace --prompt x --key ""',
        2,
        "--key: give a text of up to 500 characters, like 'scene-12'; got ''.",
    ),
    ("run pruna/vace --prompt x --key k --journal dir", 3, "is not a file; give the path of one."),
    ("run pruna/vace --prompt x --key k --journal notdb.sqlite", 3, "file is not a database"),
    (
        "run pruna/vace --prompt x --key k --journal nosuch://x",
        2,
        "is neither the path of a file nor a URL of postgresql://",
    ),
    (
        "run pruna/vace --prompt x --detach --save out",
        2,
        "--detach leaves the task running, and nothing is there to save; wiro attach takes --save.",
    ),
    ("run nobody/unknown --prompt x", 2, "No such option '--prompt'. Did you mean '--project-id'?"),
    (
        "run nobody/unknown --set prompt=x",
        3,
        "The platform answered: slug-owner-project-not-exist (code 1, HTTP 200). Check the model's owner and name, and whether the account may see it.",
    ),
    ("submit pruna/vace", 2, "--prompt: is missing; give it text."),
    (
        "submit pruna/vace --prompt x --save out",
        2,
        "No such option '--save'. (Did you mean one of: '--seed', '--set'?)",
    ),
    ("attach", 2, "name one task: its id or its token. `wiro tasks` lists the newest."),
    ("attach 1 2", 2, "name one task: its id or its token. `wiro tasks` lists the newest."),
    ("attach pruna/vace", 2, "name one task: its id or its token. `wiro tasks` lists the newest."),
    (
        "attach 1 --deadline -5",
        2,
        "Invalid value for '--deadline': give a number of seconds above 0; got '-5'.",
    ),
    (
        "attach 1",
        3,
        "The platform answered: There is no task yet (code 1, HTTP 200). Check the id or token, and that the key belongs to the task's project.",
    ),
    (
        "attach no-such-token",
        3,
        "The platform answered: There is no task yet (code 1, HTTP 200). Check the id or token, and that the key belongs to the task's project.",
    ),
    ("status", 2, "name one task: its id or its token. `wiro tasks` lists the newest."),
    (
        "status 1",
        3,
        "The platform answered: There is no task yet (code 1, HTTP 200). Check the id or token, and that the key belongs to the task's project.",
    ),
    (
        "status 99999999999999999999999",
        3,
        "The platform answered: There is no task yet (code 1, HTTP 200). Check the id or token, and that the key belongs to the task's project.",
    ),
    (
        "cancel 1",
        3,
        "The platform answered: There is no task yet (code 1, HTTP 200). Check the id or token, and that the key belongs to the task's project.",
    ),
    (
        "events 1",
        3,
        "The platform answered: There is no task yet (code 1, HTTP 200). Check the id or token, and that the key belongs to the task's project.",
    ),
    (
        "outputs 1",
        3,
        "The platform answered: There is no task yet (code 1, HTTP 200). Check the id or token, and that the key belongs to the task's project.",
    ),
    (
        "outputs 1 --save f",
        3,
        "The platform answered: There is no task yet (code 1, HTTP 200). Check the id or token, and that the key belongs to the task's project.",
    ),
    ("tasks --limit 0", 2, "Invalid value for '--limit': 0 is not in the range x>=1."),
    ("tasks --limit many", 2, "Invalid value for '--limit': 'many' is not a valid whole number."),
    (
        "tasks --model vace",
        2,
        "--model: 'vace' is no model; expected OWNER/MODEL, like pruna/vace.",
    ),
    (
        "models --kind sculpture",
        2,
        "Invalid value for '--kind': 'sculpture' is not one of 'media', 'text', 'realtime'.",
    ),
    ("show", 2, "Missing argument 'OWNER/MODEL'."),
    (
        "show vace",
        2,
        "there is no model 'vace' here. Did you mean pruna/vace? `wiro models` lists them.",
    ),
    (
        "show nobody/unknown",
        2,
        "there is no model 'nobody/unknown' here. `wiro models` lists them.",
    ),
    ("upload", 2, "Missing argument 'FILE...'."),
    (
        "upload none.jpg",
        2,
        "Invalid value for 'FILE...': there is no file 'none.jpg', and it is not a URL either.",
    ),
    ("upload https://x/y.png", 2, "https://x/y.png is a URL already; give it to a run as it is."),
    (
        "upload dir",
        2,
        "Invalid value for 'FILE...': there is no file 'dir', and it is not a URL either.",
    ),
    ("login extra", 2, "Got unexpected extra argument (extra)"),
    ("logout extra", 2, "Got unexpected extra argument (extra)"),
    ("doctor extra", 2, "Got unexpected extra argument (extra)"),
    ("completion", 2, "Missing argument '{bash|zsh|fish|pwsh}'. Choose from:"),
    (
        "completion csh",
        2,
        "Invalid value for '{bash|zsh|fish|pwsh}': 'csh' is not one of 'bash', 'zsh', 'fish', 'pwsh'.",
    ),
    ("batch", 2, "Missing argument 'JOBS'."),
    (
        "batch none.jsonl --out r.jsonl",
        2,
        "Invalid value for 'JOBS': File 'none.jsonl' does not exist.",
    ),
    ("batch jobs.jsonl", 2, "Missing option '--out'."),
    ("batch jobs.jsonl --out r.jsonl", 2, "nothing was sent."),
    ("batch bad.jsonl --out r.jsonl", 2, "nothing was sent."),
    ("batch empty.jsonl --out r.jsonl", 2, "empty.jsonl holds no jobs."),
    ("batch jobs.jsonl --model nobody --out r.jsonl", 2, "nothing was sent."),
    (
        "batch jobs.jsonl --model pruna/vace --out dir",
        2,
        "Invalid value for '--out': File 'dir' is a directory.",
    ),
    (
        "batch jobs.jsonl --model pruna/vace --out nodir/r.jsonl",
        2,
        "--out: there is no folder nodir.",
    ),
    (
        "batch jobs.jsonl --model pruna/vace --out r.jsonl --budget lots",
        2,
        "give US dollars, 0 or more; got 'lots'.",
    ),
    (
        "batch jobs.jsonl --model pruna/vace --out r.jsonl --at-once 0",
        2,
        "Invalid value for '--at-once': 0 is not in the range x>=1.",
    ),
    (
        "batch jobs.jsonl --model pruna/vace --out jobs.jsonl",
        2,
        "--out is the file of jobs itself; give results a file of their own.",
    ),
    (
        "log --state open",
        2,
        "Invalid value for '--state': 'open' is not one of 'intent', 'accepted', 'done', 'failed', 'cancelled', 'unknown'.",
    ),
    ("log --journal dir", 3, "is not a file; give the path of one."),
    ("spend --days -1", 2, "Invalid value for '--days': give a number of days above 0; got '-1'."),
    ("spend --days x", 2, "Invalid value for '--days': give a number of days above 0; got 'x'."),
    ("rerun", 2, "Missing argument 'KEY'."),
    ("rerun nokey --journal j.sqlite", 2, "the journal has no run 'nokey'. `wiro log` lists them."),
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Files that are not what a line takes them for."""
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    (tmp_path / "dir").mkdir()
    for name, content in {
        "bin.txt": b"\xff\xfe\xff",
        "list.json": b"[1]",
        "bad.json": b"{",
        "strange.json": b'{"promt": "x"}',
        "jobs.jsonl": b'{"custom_id": "1", "inputs": {"prompt": "a"}}\n',
        "bad.jsonl": b'{"custom_id": 1}\nxx\n',
        "empty.jsonl": b"",
        "notdb.sqlite": b"this is no database" * 40,
    }.items():
        (tmp_path / name).write_bytes(content)


def test_there_are_many_of_them():
    assert len(LINES) >= 60


@pytest.mark.parametrize(("line", "status", "said"), LINES)
@pytest.mark.usefixtures("folder")
def test_a_wrong_line_is_one_clear_sentence(wiro, line, status, said):
    with MockWiro() as mock:
        ran = wiro(*shlex.split(line))
    assert ran.status == status
    assert said in ran.err
    assert ran.out == ""
    assert "Traceback" not in ran.err
    assert mock.journal.calls("Run") == []


@pytest.mark.parametrize("more", ["--save file/out", "--save file/out --json"])
def test_what_is_paid_and_cannot_be_saved_is_no_usage_error(wiro, tmp_path, more):
    """Its status says to look first, and the last line fetches it."""
    (tmp_path / "file").write_text("in the way of a folder")
    with MockWiro() as mock:
        ran = wiro("run", "pruna/vace", "--prompt", "x", *more.split())
    assert mock.ledger.billed == 1
    assert ran.status == exit_code.UNKNOWN
    assert ran.err.splitlines()[-1].startswith("  wiro outputs pruna/vace 2221 --save file/out")
