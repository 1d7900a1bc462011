"""What is built: nothing missing, nothing stray, and typed for whoever installs it."""

import json
import subprocess
import sys
import tarfile
import zipfile
from email.parser import HeaderParser

import pytest
from hatch_build import index_readme

from e2e.conftest import ROOT, install, once, run

PACKAGES = {
    "wiro": ROOT / "generated/wiro",
    "wiro_runtime": ROOT / "runtime/wiro_runtime",
    "wirogen": ROOT / "codegen/wirogen",
    "wiromock": ROOT / "mockserver/wiromock",
}


@pytest.fixture(scope="session")
def sdist(tmp_path_factory):
    """The names in the built source distribution, below its folder."""

    def build(folder):
        run(
            sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", folder,
            cwd=ROOT,
        )  # fmt: skip

    (found,) = once(tmp_path_factory, "sdist", build).glob("*.tar.gz")
    return found


def committed(*folders) -> set[str]:
    """Files under version control, as paths below the root."""
    done = subprocess.run(
        ["git", "ls-files", *folders], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        pytest.skip("needs a git checkout, which says what belongs to the project")
    return {name for name in done.stdout.splitlines() if (ROOT / name).is_file()}


def test_the_wheel_holds_the_four_packages_the_specs_and_nothing_else(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        f"{package}/{(ROOT / name).relative_to(folder).as_posix()}"
        for package, folder in PACKAGES.items()
        for name in committed(folder.relative_to(ROOT))
    }
    expected |= {f"wirogen/_{name}" for name in committed("specs")}
    inside = {name for name in names if ".dist-info/" not in name}
    assert inside == expected
    about = {name.partition("/")[2] for name in names - inside}
    assert about == {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_says_that_it_is_typed(wheel, package):
    assert f"{package}/py.typed" in zipfile.ZipFile(wheel).namelist()


def test_the_sdist_holds_what_is_committed_and_nothing_else(sdist):
    with tarfile.open(sdist) as archive:
        names = {each.name.partition("/")[2] for each in archive if each.isfile()}
    # What starts with a dot serves the checkout: its editor, its CI, its version control.
    wanted = {name for name in committed(".") if not name.startswith(".")}
    assert names - {"PKG-INFO", ".gitignore"} == wanted


def test_the_index_page_has_no_link_that_leads_nowhere(wheel):
    archive = zipfile.ZipFile(wheel)
    (name,) = (each for each in archive.namelist() if each.endswith("dist-info/METADATA"))
    facts = HeaderParser().parsestr(archive.read(name).decode("utf-8"))
    assert facts["Description-Content-Type"] == "text/markdown"
    assert "](docs/" not in facts.get_payload()
    assert facts.get_payload().index("pip install wiro-client") < 1500
    assert facts.get_all("Project-URL")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (None, "see `docs/a.md`, the map (`docs/b.md`) and [web](https://x.y) "),
        (
            "https://h/p/",
            (
                "see [docs/a.md](https://h/p/docs/a.md), [the map](https://h/p/docs/b.md) and "
                "[web](https://x.y) ![p](https://h/p/p.svg)"
            ),
        ),
    ],
)
def test_links_of_the_readme_lead_to_the_source_or_name_the_file(source, shown):
    text = "see [docs/a.md](docs/a.md), [the map](docs/b.md) and [web](https://x.y) ![p](p.svg)"
    assert index_readme(text, source) == shown


PROGRAM = """\
from wiro import Wiro
from wiro.models.pruna import Vace
from wiromock import MockWiro


def make(mock: MockWiro) -> int:
    Wiro(api_key="test").run(Vace(prompt="a deer in snow", {argument}))
    return mock.ledger.billed
"""


@pytest.fixture(scope="session")
def typed(tmp_path_factory, wheel):
    """The Python of an environment with the wheel, the mock and both type checkers."""

    def make(folder):
        run(sys.executable, "-m", "venv", "--without-pip", folder / "venv")
        install(folder / "venv/bin/python", f"{wheel}[mock]", "mypy", "basedpyright")

    return once(tmp_path_factory, "typed-environment", make) / "venv/bin/python"


@pytest.mark.parametrize(("argument", "problems"), [("seed=1", 0), ('resolution="9k"', 1)])
def test_a_users_file_is_checked_against_the_installed_wheel(typed, tmp_path, argument, problems):
    (tmp_path / "mine.py").write_text(PROGRAM.format(argument=argument), encoding="utf-8")
    (tmp_path / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}')
    mypy, pyright = (
        subprocess.run(
            [typed, "-m", *words], cwd=tmp_path, capture_output=True, text=True, check=False
        ).stdout
        for words in (
            ("mypy", "--strict", "mine.py"),
            ("basedpyright", "--pythonpath", typed, "--outputjson"),
        )
    )
    assert mypy.count(": error:") == problems, mypy
    assert json.loads(pyright)["summary"]["errorCount"] == problems, pyright
