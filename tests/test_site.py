"""The documentation site: pages of models are a function of the catalog, and what they print runs."""

import re
import subprocess
import sys
import threading
import tomllib
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import chromium
import wirogen.cli
from accessibility import (
    AXE,
    PROGRAM,
    SCHEMES,
    WIDTHS,
    find_violations,
)
from wiro import catalog
from wiro_runtime.cli.command import COMMANDS

ROOT = Path(__file__).parent.parent
TOOLS = ROOT / "docs/tools"
SEEN = {
    "front": "/",
    "index": "/models/",
    "model": "/models/pruna/vace/",
    "chat-model": "/models/google/gemini-3-flash/",
    "guide": "/files/",
    "reference": "/reference/client/",
    "command": "/commands/wiro/",
    "where": "/where/",
}
"""A page of each kind."""


def tool(name):
    """A script of docs/tools as a module."""
    sys.path.insert(0, str(TOOLS))
    try:
        return import_module(name)
    finally:
        sys.path.remove(str(TOOLS))


@pytest.fixture(scope="module")
def pages():
    return tool("model_pages")


def test_every_model_has_a_page_and_stands_in_both_indexes(pages):
    written = pages.pages("wiro")
    for model in catalog.models():
        assert model.slug in written["index.md"]
        assert model.slug in written[f"{model.owner}/index.md"]
        assert f"`{model.slug}`" in written[f"{model.slug}.md"]


def test_a_page_names_every_input(pages):
    page = pages.pages("wiro")["pruna/vace.md"]
    for field in catalog.get("pruna/vace").inputs:
        assert f"| `{field.name}` |" in page


def test_check_reports_changed_missing_and_stray_pages(pages, tmp_path, capsys):
    words = ["--out", str(tmp_path)]
    assert pages.main([*words, "--check"]) == 1
    assert pages.main(words) == 0
    assert pages.main([*words, "--check"]) == 0
    (tmp_path / "pruna/vace.md").write_text("edited")
    (tmp_path / "stray.md").write_text("stray")
    capsys.readouterr()
    assert pages.main([*words, "--check"]) == 1
    printed = capsys.readouterr().err
    assert "vace.md" in printed
    assert "stray.md" in printed


def test_the_python_of_every_page_runs(pages):
    """Each against the mock, in one process; the blocks differ in nothing but the model."""
    blocks = [
        block.replace("\n    ", "\n")
        for path, page in pages.pages("wiro").items()
        if path.count("/") == 1 and not path.endswith("index.md")
        for block in re.findall(r"```python\n    (.*?)\n    ```", page, re.DOTALL)
    ]
    assert len(blocks) == 2 * len(catalog.models())
    program = (
        "import json, sys\n"
        "from wiromock import MockWiro\n"
        "for block in json.load(sys.stdin):\n"
        "    with MockWiro() as mock:\n"
        "        exec(compile(block, block, 'exec'), {})\n"
        "        assert mock.ledger.billed == 1, block\n"
    )
    import json

    done = subprocess.run(
        [sys.executable, "-c", program], input=json.dumps(blocks), capture_output=True, text=True, check=False, env={"WIRO_API_KEY": "test"}
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("a|b", r"a\|b"),
        ("**bold** [x](javascript:y)", r"\*\*bold\*\* \[x\](javascript:y)"),
        ("# no heading", r"\# no heading"),
        ("two\n\nlines", "two lines"),
    ],
)
def test_text_of_documents_does_nothing_on_a_page(pages, value, shown):
    assert pages.text(value) == shown


def test_code_of_documents_ends_where_it_should(pages):
    assert pages.code("a `b` c") == "`` a `b` c ``"
    assert pages.code("") == "*empty*"


def test_the_index_finds_a_model_by_what_it_does(pages):
    index = pages.pages("wiro")["index.md"]
    for model in catalog.models():
        for category in set(model.categories) - {"tool"}:
            (row,) = re.findall(rf"^\*\*{category}\*\*: (.*)$", index, re.MULTILINE)
            assert f"]({model.slug}.md)" in row


def test_the_index_lists_every_model_below_its_kind(pages):
    sections = dict(
        part.split("\n", 1) for part in pages.pages("wiro")["index.md"].split("\n## ")[1:]
    )
    for model in catalog.models():
        assert f"]({model.slug}.md)" in sections[pages.KINDS[model.kind]]


def test_every_command_shows_its_help_as_it_prints_it():
    written = tool("command_pages").pages()
    for page in written.values():
        assert "Traceback" not in page
    for command in wirogen.cli.COMMANDS:
        section = written["wirogen"].partition(f"## `wirogen {command.name}`")[2]
        assert f"usage: wirogen {command.name}" in section
    for name in COMMANDS:
        assert f"Usage: wiro {name}" in written["wiro"].partition(f"## `wiro {name}`")[2]
    assert "--speed N" in written["wiromock"]


def test_the_check_of_command_pages_reports_an_edited_page(tmp_path, capsys):
    pages = tool("command_pages")
    words = ["--out", str(tmp_path)]
    assert pages.main(words) == 0
    assert pages.main([*words, "--check"]) == 0
    (tmp_path / "wiro.md").write_text("edited")
    assert pages.main([*words, "--check"]) == 1
    assert "wiro.md" in capsys.readouterr().err


SVG = "{http://www.w3.org/2000/svg}"


def test_the_picture_of_a_tasks_life_is_what_the_spec_says():
    drawn = tool("task_life")
    assert drawn.main(["--check"]) == 0
    lifecycle = yaml.safe_load(drawn.SPEC.read_text("utf-8"))["lifecycle"]
    root = ET.fromstring(drawn.OUT.read_text("utf-8"))  # noqa: S314 - our own file
    rectangles = root.findall(f"{SVG}rect")[1:]
    names = [text.text for text in root.findall(f"{SVG}text") if "class" not in text.attrib]
    classes = dict(zip(names, (each.get("class") for each in rectangles), strict=True))
    column = [name for name in names if name in lifecycle["order"]]
    assert column == lifecycle["order"]
    assert set(lifecycle["terminal"]) == {
        n for n, c in classes.items() if c in ("terminal", "stopped")
    }
    assert {n for n, c in classes.items() if "optional" in c} == set(lifecycle["optional"]) & set(
        column
    )
    printed = {text.text for text in root.iter(f"{SVG}text")}
    assert printed >= {*lifecycle["running"], *lifecycle["terminal"]}


def test_a_changed_lifecycle_changes_the_picture(tmp_path, monkeypatch, capsys):
    drawn = tool("task_life")
    lifecycle = yaml.safe_load(drawn.SPEC.read_text("utf-8"))["lifecycle"]
    before = drawn.picture(lifecycle)
    assert drawn.picture({**lifecycle, "kill_during": ["task_start"]}) != before
    monkeypatch.setattr(drawn, "OUT", tmp_path / "life.svg")
    drawn.OUT.write_text(before.replace("task_queue", "task_line"), "utf-8")
    assert drawn.main(["--check"]) == 1
    assert "is not what platform.yaml says" in capsys.readouterr().err


@contextmanager
def served(folder: Path):
    """A folder at an address of this machine."""
    quiet = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(quiet, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(timeout=60)


def test_the_site_builds_strictly_and_axe_finds_nothing():
    """One test, because the site is built in its one folder; what is seen needs a browser besides."""
    pytest.importorskip("zensical", reason="needs the extra docs")
    done = subprocess.run(
        [sys.executable, TOOLS / "build_site.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    site = ROOT / "site"
    assert (site / "models/pruna/vace/index.html").is_file()
    assert (site / "models/pruna/vace.md").is_file()
    assert "models/pruna/vace.md" in (site / "llms.txt").read_text()
    for page in site.rglob("*.html"):
        loaded = r"<(?:link[^>]+(?:stylesheet|preconnect)|script|img)[^>]+https?://[^>]*"
        assert re.findall(loaded, page.read_text("utf-8")) == [], "asks another host"
    if PROGRAM is None or AXE is None:
        pytest.skip("all of it but what is seen, which needs Chromium and axe-core-python")
    with served(site) as address:
        pages = [(f"site-{name}", f"{address}{path}") for name, path in SEEN.items()]
        for scheme in SCHEMES:
            with chromium.Chromium(PROGRAM) as browser:
                for width in WIDTHS:
                    assert find_violations(browser, pages, width, scheme) == {}, (width, scheme)


def test_the_picture_of_the_terminal_is_what_the_commands_print():
    assert tool("terminal_picture").main(["--check"]) == 0


def _pinned_here():
    """The packages that the tested set has on this Python and system."""
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        pin = Requirement(line)
        if pin.marker is None or pin.marker.evaluate():
            yield canonicalize_name(pin.name)


def test_every_package_that_an_installation_brings_has_its_licence_listed():
    licences = tool("licences")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert {"", *project["optional-dependencies"]} - {"dev"} == set(licences.EXTRAS)
    listed = licences.OUT.read_text("utf-8")
    rows = re.findall(r"^\| (\S+) \| (.+?) \|", licences.page(), re.MULTILINE)
    pinned = set(_pinned_here())
    for name, licence in rows[1:]:
        # Other versions than those that are pinned may bring others.
        is_known = canonicalize_name(name) not in pinned or f"| {name} | " in listed
        assert is_known, "run: python docs/tools/licences.py"
        assert not re.search(r"\bA?GPL", licence), f"{name}: {licence} binds who installs it"
