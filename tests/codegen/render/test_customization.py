"""Packages written otherwise: a base class and templates of one's own, and nothing else of anybody's."""

import shutil
import subprocess
import sys

import pytest

from codegen.update_golden import SPECS as GOLDEN
from wirogen.cli import main
from wirogen.render.template import TEMPLATES

MODEL = "models/owner/model.py.jinja"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine/models/owner").mkdir(parents=True)
    return tmp_path


def generate(*arguments):
    return main(["generate", "--specs", str(GOLDEN), *arguments])


def python(code):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd="generated",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_mixin_is_the_first_base_of_every_request(here):
    (here / "generated").mkdir()
    (here / "generated/acme_base.py").write_text(
        "from wiro_runtime import binding_of\n"
        "class Logged:\n    def describe(self) -> str:\n        return binding_of(self).slug\n"
    )
    assert generate("--package", "acme_models", "--mixin", "acme_base:Logged") == 0
    code = "from acme_models.models.acme import NoInputs as F; print(F().describe(), F.__mro__[1])"
    assert python(code) == "acme/no-inputs <class 'acme_base.Logged'>\n"
    assert generate("--package", "acme_models", "--check", "--mixin", "acme_base:Logged") == 0
    assert generate("--package", "acme_models", "--check") == 1


@pytest.mark.parametrize(
    "text", ["", "Logged", "acme_base", "os:system()", "a-b:C", "a:b:c", "a:\nb"]
)
def test_a_mixin_is_named_as_module_and_class(here, capsys, text):
    assert generate("--mixin", text) == 2
    assert "write it like acme.base:Request" in capsys.readouterr().err


def test_a_template_of_ones_own_stands_in_for_ours_of_the_same_path(here):
    text = (TEMPLATES / MODEL).read_text().replace("__all__ =", "import os\n\n\n__all__ =")
    (here / "mine" / MODEL).write_text(text)
    assert generate("--templates", "mine") == 0
    assert "import os\n" in (here / "generated/wiro/models/acme/files.py").read_text()
    assert generate("--check", "--templates", "mine") == 0
    assert generate("--check") == 1


def test_a_changed_template_is_a_change(here):
    shutil.copy(TEMPLATES / MODEL, here / "mine" / MODEL)
    assert generate("--templates", "mine") == 0
    with (here / "mine" / MODEL).open("a") as stream:
        stream.write("# seen\n")
    assert generate("--check", "--templates", "mine") == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{{ keywords }}", 'model="acme/other"', "states another model"),
        ("{{ doc }}", "{{ model.summary }}", "has not passed an exit"),
        ("{{ doc }}", "{{ nothing }}", "model.py.jinja: cannot be filled in: "),
        ("{{ doc }}", "{% if %}", "mine/models/owner/model.py.jinja:"),
        (
            "{{ doc }}",
            "{% include '/etc/passwd' %}",
            "includes '/etc/passwd', which is no template",
        ),
        ("{{ doc }}", "{% include '../secret' %}", "includes '../secret', which is no template"),
        ("{{ doc }}", "{{ model.__class__ +", "mine/models/owner/model.py.jinja:"),
    ],
)
def test_67_a_wrong_template_is_reported_and_reads_nothing_else(here, capsys, old, new, said):
    (here / "secret").write_text("secret")
    text = (TEMPLATES / MODEL).read_text()
    assert old in text
    (here / "mine" / MODEL).write_text(text.replace(old, new))
    assert generate("--templates", "mine") in {2, 6}
    assert said in capsys.readouterr().err
    assert not (here / "generated").exists()


def test_67_a_folder_of_templates_holds_nothing_else(here, capsys):
    (here / "mine/models/owner/mode.py.jinja").write_text("")
    assert generate("--templates", "mine") == 2
    assert "stands in for no template; did you mean `models/owner/model.py.jinja`?" in (
        capsys.readouterr().err
    )
    (here / "mine/models/owner/mode.py.jinja").rename(here / "outside")
    (here / "mine" / MODEL).symlink_to(here / "outside")
    assert generate("--templates", "mine") == 2
    assert "is a link; copy what it points to" in capsys.readouterr().err
    assert generate("--templates", "nowhere") == 2
    assert "there is no such folder of templates" in capsys.readouterr().err
