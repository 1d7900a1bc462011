"""`docs/own-models.md`, done with the wheel alone: specs of one's own, a package, and a run with it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from e2e.conftest import ROOT, run
from transcripts.server import CONTENT, serve

PROGRAM = """
import importlib.util, sys
assert importlib.util.find_spec("jinja2") is None, "a user of the package needs no generator"
from acme_models import Wiro, catalog
from acme_models.models.pruna import Vace
import acme_models, wiro_runtime
assert "site-packages" in wiro_runtime.__file__
assert Vace.__mro__[1].__name__ == "Logged"
with Wiro("key", base_url=sys.argv[1]) as client:
    result = client.run(Vace(prompt="a deer in snow"))
    print(Vace(prompt="x").describe(), len(catalog.get("pruna/vace").inputs))
    print(*result.outputs.save(sys.argv[2]))
"""


@pytest.fixture
def project(tmp_path) -> Path:
    """A folder with two specs and no platform: one from a document, one written by hand."""
    for source, slug in (
        (ROOT / "specs/models/pruna/vace.yaml", "pruna/vace"),
        (ROOT / "tests/codegen/golden/specs/models/acme/choices.yaml", "acme/choices"),
    ):
        target = tmp_path / f"my_specs/models/{slug}.yaml"
        target.parent.mkdir(parents=True)
        shutil.copy(source, target)
    (tmp_path / "src").mkdir()
    (tmp_path / "src/acme_base.py").write_text(
        "from wiro_runtime import binding_of\n"
        "class Logged:\n"
        "    def describe(self) -> str:\n"
        '        return f"{type(self).__name__} for {binding_of(self).slug}"\n'
    )
    return tmp_path


def test_the_how_to_works_from_the_wheel(generating, environment, project):
    wirogen = generating / "wirogen"
    style = ("--mixin", "acme_base:Logged")
    own = ("--specs", "my_specs", "--out", "src", "--package", "acme_models", *style)
    variables = {"WIROGEN_CACHE": str(project / "cache"), "PATH": "/usr/bin:/bin"}
    printed = run(wirogen, "generate", *own, cwd=project, env=variables).stdout
    assert printed.startswith("src/acme_models: ")
    assert run(wirogen, "generate", *own, cwd=project, env=variables).stdout == (
        "src/acme_models: current\n"
    )
    run(wirogen, "generate", "--check", "--force", "--no-cache", *own, cwd=project, env=variables)
    run(wirogen, "pin", "--specs", "my_specs", cwd=project, env=variables)
    run(wirogen, "generate", *own, cwd=project, env=variables)

    with serve() as server:
        command = [environment / "python", "-W", "error", "-c", PROGRAM]
        done = run(
            *command, server.base_url, project / "saved", cwd=project, env={"PYTHONPATH": "src"}
        )
    first, second = done.stdout.splitlines()
    assert first == "Vace for pruna/vace 11"
    assert Path(second).read_bytes() == CONTENT


def test_no_change_is_known_from_the_packaged_specs_without_anything_heavy(generating, tmp_path):
    """In a folder without specs, `wirogen generate` makes the packaged models."""
    run(generating / "wirogen", "generate", "--no-cache", cwd=tmp_path)
    code = (
        "import sys; from wirogen.cli import main\n"
        "assert main(['generate', '--check']) == 0\n"
        "assert not {'pydantic', 'yaml', 'jinja2', 'datamodel_code_generator'} & set(sys.modules)"
    )
    done = subprocess.run(
        [generating / "python", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "generated/wiro: current\n"), done.stderr
