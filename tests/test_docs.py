"""What the README and docs/ print runs and passes the strict checks of both type checkers.

Every Python block is executed in a folder of its own, against the mock. A file for an engine (such as DBOS) is
compiled here, and run by test_recipes.py.
"""

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from e2e.conftest import once
from printed import MADE, PAGES, ROOT, blocks, make_world

ALL = blocks()
LANGUAGES = {"python", "sh", "toml", "yaml", "json", "js", "text"}
BLOCKS = [pytest.param(each, id=each.name) for each in ALL if each.language == "python"]
SCRIPTS = [each for each in BLOCKS if "def test_" not in each.values[0].code]
TESTS = [each for each in BLOCKS if "def test_" in each.values[0].code]
README = PAGES[0].read_text(encoding="utf-8")

RUN_OFFLINE = """
import sys
from contextlib import nullcontext
from wiromock import MockWiro, Talks, Turn
source = sys.stdin.read()
own = "acme_models" in source or "owner/" in source
playing = MockWiro(specs="my_specs") if own else MockWiro()
if "Voice(" in source:
    playing.on("acme/voice").then(Talks(turns=(Turn(user="Hi", ai="Hello", seconds=0.6),)))
sys.path.insert(0, "")
with nullcontext() if "MockWiro" in source else playing:
    exec(compile(source, "page.md", "exec"), {"__name__": "__main__"})
"""


@pytest.fixture(scope="session")
def world(tmp_path_factory) -> Path:
    return once(tmp_path_factory, "printed-world", make_world)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run Python in an empty folder, with a key in the environment."""
    monkeypatch.setenv("WIRO_API_KEY", "test")
    monkeypatch.delenv("WIRO_API_SECRET", raising=False)
    monkeypatch.setenv("HOOK_SECRET", "s3cret")
    monkeypatch.setenv("PUBLIC_URL", "https://you.example")

    def run(*arguments, source=None) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, *arguments],
            input=source,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done

    return run


def test_there_are_blocks_of_both_kinds():
    assert len(SCRIPTS) >= 5
    assert TESTS


def test_no_block_escapes_by_being_indented_or_of_an_unknown_language():
    """What is indented, or of a language that nothing runs, is checked by nobody."""
    assert [each for each in ALL if each.language not in LANGUAGES] == []


@pytest.mark.parametrize("block", [each for each in ALL if each.language == "text"], ids=lambda each: each.name)  # fmt: skip
def test_what_is_said_to_be_text_is_no_program(block):
    first = block.code.split()[0]
    assert first not in {"wiro", "wirogen", "wiromock", "pip", "python", "import", "from"}
    with pytest.raises(SyntaxError):
        ast.parse(f"{block.code}\n...")


@pytest.mark.parametrize("block", SCRIPTS)
def test_a_script_runs_as_printed(run, block, tmp_path, world):
    compile(block.code, block.name, "exec")
    if block.engine:
        pytest.skip(f"test_recipes.py runs what is for {block.engine}")
    if "acme_models" in block.code or "owner/" in block.code:
        shutil.copytree(world, tmp_path, dirs_exist_ok=True)
    run("-W", "error", "-c", RUN_OFFLINE, source=block.code)


@pytest.mark.parametrize("block", TESTS)
def test_a_test_passes_as_printed(run, block, tmp_path):
    (tmp_path / "test_printed.py").write_text(block.code, encoding="utf-8")
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert f"{block.code.count('def test_')} passed" in done.stdout


CHECKED = [each.values[0] for each in BLOCKS if not each.values[0].is_unknown]


@pytest.fixture
def printed(tmp_path) -> Path:
    """A folder with every block as a module of its own, as a user's project would hold them."""
    for block in CHECKED:
        name = re.sub(r"\W", "_", block.name)
        (tmp_path / f"{name}.py").write_text(block.code, encoding="utf-8")
    return tmp_path


ROOTS = [str(ROOT / folder) for folder in ("runtime", "generated", "codegen", "mockserver")]


def test_every_block_passes_mypy(printed, world):
    (printed / "mypy.ini").write_text(
        f"[mypy]\nstrict = True\nmypy_path = {':'.join([*ROOTS, str(world)])}\n", encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *printed.glob("*.py")],
        capture_output=True,
        text=True,
        cwd=printed,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"in {len(CHECKED)} source files" in done.stdout


def test_every_block_passes_basedpyright(printed, world):
    settings = {
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        "extraPaths": [*ROOTS, str(world)],
    }
    (printed / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable, "--outputjson"],
        capture_output=True,
        text=True,
        cwd=printed,
        check=False,
    )
    report = json.loads(done.stdout)
    assert report["generalDiagnostics"] == []
    assert report["summary"]["filesAnalyzed"] == len(CHECKED)


LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)(?:#[^)]*)?\)")
CODE = re.compile(r"^```.*?^```|^    .*?$|`[^`\n]*`", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_inside_the_project_lead_somewhere(page):
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    led_to = [(page.parent / link).resolve() for link in LINK.findall(text)]
    kept = [path for path in led_to if not {path, *path.parents}.intersection(MADE)]
    assert [path for path in kept if not path.exists()] == []


NO_GUIDES = {"README", "CONTRIBUTING", "SECURITY", "glossary", "licences", "where", "decisions", "reference"}  # fmt: skip


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if not NO_GUIDES.intersection({page.stem, page.parent.name})],
    ids=lambda page: page.stem,
)
def test_a_guide_says_where_to_go_on(page):
    last = page.read_text(encoding="utf-8").rstrip().rpartition("\n\n")[2]
    assert LINK.search(last), "its last words lead nowhere"


def test_the_commands_without_make_are_the_makefiles():
    """README's list and the Makefile say the same, in the same order."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("$(BIN)", ".venv/bin")
    (pinned,) = re.findall(r"^PINNED := (.+)$", makefile, re.MULTILINE)
    install = f"{pinned} .venv/bin/python -m pip install --editable '.[dev]'"
    assert install in makefile.replace("$(PINNED)", pinned).replace(" --quiet", "")
    assert install in README.splitlines()
    recipes = {
        name: [line.strip() for line in body.splitlines()]
        for name, body in re.findall(r"^(demo|test):.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    }
    for name in ("demo", "test"):
        section = (
            README.split(f"What `make {name}` does", 1)[1].split("```sh\n", 1)[1].split("```")[0]
        )
        listed = [
            line
            for line in section.splitlines()
            if "venv .venv" not in line and "--editable" not in line
        ]
        assert listed == recipes[name]
