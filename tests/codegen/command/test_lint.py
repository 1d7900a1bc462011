"""`wirogen lint` refuses whatever `wirogen generate` would refuse."""

import pytest

from codegen.synthetic import write_specs
from wirogen.cli import main


@pytest.fixture
def specs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_specs(tmp_path / "specs", 2)
    return tmp_path / "specs" / "models"


def both(capsys):
    """Return the exit codes and errors of both commands."""
    lint = main(["lint"]), capsys.readouterr().err
    return lint, (main(["generate", "--workers", "1"]), capsys.readouterr().err)


def test_sound_specs_pass_both(specs, capsys):
    assert [code for code, _ in both(capsys)] == [0, 0]


def test_two_models_of_one_class_name_are_refused_by_both(specs, capsys):
    for path in sorted(specs.rglob("*.yaml")):
        path.write_text(
            path.read_text("utf-8").replace("inputs:", "class_name: Same\ninputs:"), "utf-8"
        )
    (lint_code, lint_error), (code, error) = both(capsys)
    assert lint_code == code == 5
    assert lint_error == error
    assert "would both be the class `Same`" in lint_error


def test_arguments_that_collide_are_refused_by_both(specs, capsys):
    path = min(specs.rglob("*.yaml"))
    path.write_text(
        path.read_text("utf-8") + "  - {name: aB, type: text}\n  - {name: a_b, type: text}\n",
        "utf-8",
    )
    (lint_code, lint_error), (code, error) = both(capsys)
    assert (lint_code, lint_error) == (code, error) == (5, error)


def test_a_published_name_that_would_change_is_refused_by_both(specs, capsys):
    assert main(["pin"]) == 0
    path = min(specs.rglob("*.yaml"))
    path.write_text(
        path.read_text("utf-8").replace("inputs:", "class_name: Other\ninputs:"), "utf-8"
    )
    capsys.readouterr()
    (lint_code, lint_error), (code, error) = both(capsys)
    assert (lint_code, lint_error) == (code, error)
    assert code == 5
