"""`wirogen generate`: same bytes everywhere, exact reports, nothing half done."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wirogen.cli import main
from wirogen.output.tree import read_tree

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests/codegen/golden/specs"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with specs of its own and a package made from them."""
    shutil.copytree(GOLDEN, tmp_path / "specs")
    shutil.copy(ROOT / "specs" / "platform.yaml", tmp_path / "specs")
    monkeypatch.chdir(tmp_path)
    assert main(["generate"]) == 0
    return tmp_path


@pytest.fixture
def package(project, capsys):
    capsys.readouterr()
    return project / "generated" / "wiro"


def test_the_committed_package_is_what_the_specs_say(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert main(["generate", "--check", "--force"]) == 0, capsys.readouterr().err


def test_deleting_the_output_and_generating_brings_back_every_byte(package):
    before = read_tree(package)
    shutil.rmtree(package.parent)
    assert main(["generate"]) == 0
    assert read_tree(package) == before


@pytest.mark.parametrize("seed", ["0", "4242"])
def test_another_hash_seed_and_working_directory_give_the_same_bytes(package, tmp_path, seed):
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    (elsewhere / "ruff.toml").write_text("line-length = 20\n")
    (elsewhere / "pyproject.toml").write_text('[tool.datamodel-codegen]\nclass-name = "X"\n')
    command = [sys.executable, "-m", "wirogen", "generate", "--specs", "../specs", "--out", "made"]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    subprocess.run(command, cwd=elsewhere, env=environment, check=True)
    assert read_tree(elsewhere / "made" / "wiro") == read_tree(package)


def test_specs_with_other_line_ends_give_the_same_bytes(package, project):
    before = read_tree(package)
    for path in (project / "specs").rglob("*.yaml"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert main(["generate", "--check", "--force"]) == 0
    assert read_tree(package) == before


def test_nothing_changed_needs_nothing_but_the_standard_library(package):
    code = (
        "import sys; from wirogen.cli import main; status = main(['generate', '--check']);"
        "heavy = {'pydantic', 'yaml', 'jinja2', 'datamodel_code_generator', 'httpx'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else status)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"{Path('generated/wiro')}: current\n"), (
        done.stderr
    )


def test_a_changed_file_is_drift_with_a_diff(package, capsys):
    path = package / "errors.py"
    path.write_text(path.read_text() + "# mine\n")
    assert main(["generate", "--check"]) == 1
    printed = capsys.readouterr()
    assert "generated/wiro/errors.py: is not what the specs say" in printed.err
    assert "-# mine" in printed.err
    assert printed.out == "generated/wiro: 1 difference\n"
    assert path.read_text().endswith("# mine\n")


def test_a_missing_file_is_drift(package, capsys):
    (package / "models" / "acme" / "files.py").unlink()
    assert main(["generate", "--check"]) == 1
    assert "generated/wiro/models/acme/files.py: is missing" in capsys.readouterr().err
    assert not (package / "models" / "acme" / "files.py").exists()


def test_a_stray_file_is_drift(package, capsys):
    (package / "mine.py").write_text("x = 1\n")
    assert main(["generate", "--check"]) == 1
    assert "generated/wiro/mine.py: was not written by wirogen" in capsys.readouterr().err
    assert (package / "mine.py").exists()


def test_a_spec_that_is_gone_leaves_a_stale_file(package, project, capsys):
    (project / "specs/models/acme/files.yaml").unlink()
    assert main(["generate", "--check"]) == 1
    assert "files.py: belongs to no spec any more" in capsys.readouterr().err
    assert main(["generate"]) == 0
    assert not (package / "models/acme/files.py").exists()
    assert main(["generate", "--check", "--force"]) == 0


def test_a_changed_spec_changes_its_own_module_and_no_other(package, project):
    before = read_tree(package)
    path = project / "specs/models/acme/files.yaml"
    path.write_text(path.read_text().replace("label: Mask", "label: Another mask"))
    assert main(["generate", "--check"]) == 1
    assert main(["generate"]) == 0
    after = read_tree(package)
    changed = {path for path in after if after[path] != before[path]}
    assert changed == {"models/acme/files.py", "_catalog/acme.json", "_manifest.json"}


def test_a_hand_edit_is_refused_with_the_way_out(package, project, capsys):
    (package / "errors.py").write_text("x = 1\n")
    assert main(["generate"]) == 6
    assert capsys.readouterr().err == (
        "wirogen: generated/wiro/errors.py: was edited by hand since it was generated, or is not ours; "
        "move the change into a spec or out of the package, or give --force to lose it\n"
    )
    assert main(["generate", "--force"]) == 0
    assert main(["generate", "--check"]) == 0


def test_a_report_can_be_read_by_programs(package, project, capsys):
    (package / "errors.py").unlink()
    assert main(["generate", "--check", "--json"]) == 1
    printed = capsys.readouterr()
    assert printed.err == ""
    report = json.loads(printed.out)
    assert report.pop("models") == len(list((project / "specs/models").rglob("*.yaml")))
    assert report.pop("unpinned") > 0
    assert report == {
        "package": "generated/wiro",
        "check": True,
        "made": 0,
        "changed": [],
        "missing": ["errors.py"],
        "stale": [],
        "stray": [],
    }


def test_a_package_of_ones_own_stands_beside_the_first(package, project):
    assert main(["generate", "--out", "src", "--package", "acme_models"]) == 0
    own = (project / "src/acme_models/__init__.py").read_text()
    assert "from acme_models._client import Wiro" in own
    assert "wiro.models" not in own


@pytest.mark.parametrize("name", ["yaml", "pydantic"])
def test_the_name_of_an_installed_package_is_refused(project, capsys, name):
    assert main(["generate", "--package", name]) == 2
    assert f"the package name {name} is that of an installed package" in capsys.readouterr().err


@pytest.mark.parametrize("workers", ["0", "-1", "many", "9" * 5000])
def test_a_number_of_workers_that_is_none_is_reported_in_words(project, capsys, workers):
    with pytest.raises(SystemExit):
        main(["generate", "--workers", workers])
    assert "expected a whole number from 1" in capsys.readouterr().err


def test_a_folder_without_models_says_how_to_get_one(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "specs" / "models").mkdir(parents=True)
    assert main(["generate"]) == 5
    printed = capsys.readouterr().err
    assert (
        printed == "wirogen: specs/models: there is no model; read one in with `wirogen import`\n"
    )
    assert not (tmp_path / "generated").exists()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../x", "cannot be imported"),
        ("a.b", "cannot be imported"),
        ("class", "cannot be imported"),
        ("Wiro", "cannot be imported"),
        ("", "cannot be imported"),
        ("a\nb", "cannot be imported"),
        ("json", "is taken"),
        ("wiro_runtime", "is taken"),
    ],
)
def test_a_package_name_must_be_importable_and_free(project, capsys, name, reason):
    assert main(["generate", "--package", name]) == 2
    assert reason in capsys.readouterr().err
    assert sorted(path.name for path in (project / "generated").iterdir()) == ["wiro"]
