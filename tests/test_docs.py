"""What the README and docs/ print runs and passes the strict checks of both type checkers.

Every Python block is executed in an empty folder, against the mock. One that needs more than that (a
tracer of one's own, another machine) is indented, not fenced; one with a title is a file beside others, and
test_recipes.py runs it.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).parent.parent
MADE = [ROOT / "docs" / name for name in ("models", "commands", "changelog.md")]
"""Made by docs/tools: test_site.py runs what is in them, and the strict build follows links to them."""
PAGES = [
    ROOT / "README.md",
    *(
        page
        for page in sorted((ROOT / "docs").rglob("*.md"))
        if not {page, *page.parents}.intersection(MADE)
    ),
]
FENCE = re.compile(r"^(?P<indent> *)```python\n(.*?)^(?P=indent)```", re.DOTALL | re.MULTILINE)
BLOCKS = [
    pytest.param(dedent(block), id=f"{page.stem}-{number}")
    for page in PAGES
    for number, (_, block) in enumerate(FENCE.findall(page.read_text(encoding="utf-8")), 1)
]
SCRIPTS = [each for each in BLOCKS if "def test_" not in each.values[0]]
TESTS = [each for each in BLOCKS if "def test_" in each.values[0]]
README = PAGES[0].read_text(encoding="utf-8")

RUN_OFFLINE = """
import sys
from contextlib import nullcontext
from wiromock import MockWiro
source = sys.stdin.read()
with nullcontext() if "MockWiro" in source else MockWiro():
    exec(compile(source, "page.md", "exec"), {"__name__": "__main__"})
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run Python in an empty folder, with a key in the environment."""
    monkeypatch.setenv("WIRO_API_KEY", "test")
    monkeypatch.delenv("WIRO_API_SECRET", raising=False)

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


@pytest.mark.parametrize("block", SCRIPTS)
def test_a_script_runs_as_printed(run, block):
    run("-W", "error", "-c", RUN_OFFLINE, source=block)


@pytest.mark.parametrize("block", TESTS)
def test_a_test_passes_as_printed(run, block, tmp_path):
    (tmp_path / "test_printed.py").write_text(block, encoding="utf-8")
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert f"{block.count('def test_')} passed" in done.stdout


@pytest.fixture
def printed(tmp_path) -> Path:
    """A folder with every block as a module of its own, as a user's project would hold them."""
    for block in BLOCKS:
        name = re.sub(r"\W", "_", block.id)
        (tmp_path / f"{name}.py").write_text(block.values[0], encoding="utf-8")
    return tmp_path


ROOTS = [str(ROOT / folder) for folder in ("runtime", "generated", "codegen", "mockserver")]


def test_every_block_passes_mypy(printed):
    (printed / "mypy.ini").write_text(
        f"[mypy]\nstrict = True\nmypy_path = {':'.join(ROOTS)}\n", encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *printed.glob("*.py")],
        capture_output=True,
        text=True,
        cwd=printed,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"in {len(BLOCKS)} source files" in done.stdout


def test_every_block_passes_basedpyright(printed):
    settings = {"typeCheckingMode": "strict", "pythonVersion": "3.11", "extraPaths": ROOTS}
    (printed / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable, "--outputjson"],
        capture_output=True,
        text=True,
        cwd=printed,
        check=False,
    )
    told = json.loads(done.stdout)
    assert told["generalDiagnostics"] == []
    assert told["summary"]["filesAnalyzed"] == len(BLOCKS)


LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)(?:#[^)]*)?\)")
CODE = re.compile(r"^```.*?^```|^    .*?$|`[^`\n]*`", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_inside_the_project_lead_somewhere(page):
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    led_to = [(page.parent / link).resolve() for link in LINK.findall(text)]
    kept = [path for path in led_to if not {path, *path.parents}.intersection(MADE)]
    assert [path for path in kept if not path.exists()] == []


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
