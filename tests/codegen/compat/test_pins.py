"""Names that are published never change silently."""

import json

import pytest

from codegen.kit import a_plan, an_input
from wirogen.cli import main
from wirogen.compat import pins
from wirogen.errors import PlanError, SpecError

SPEC = """\
model: acme/thing
title: Thing
source: {{form: llms.txt, sha256: "{sha}"}}
inputs:
  - name: frameNum
    type: text
  - name: mood
    type: select
    options:
      - value: Very bright (day)
      - value: dark
"""


@pytest.fixture
def project(tmp_path, monkeypatch, capsys):
    """A folder with one published model."""
    path = tmp_path / "specs/models/acme/thing.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(SPEC.format(sha="0" * 64))
    monkeypatch.chdir(tmp_path)
    assert main(["pin"]) == 0
    capsys.readouterr()
    return path


def change(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_the_file_has_a_line_for_every_name(project):
    stated = json.loads((project.parents[2] / "names.json").read_text())
    assert stated["models"] == {
        "acme/thing": {
            "module": {"": "acme.thing"},
            "class": {"": "Thing"},
            "arguments": {"frameNum": "frame_num", "mood": "mood"},
            "constants": {
                "mood=Very bright (day)": "Mood.VERY_BRIGHT",
                "mood=dark": "Mood.DARK",
            },
        }
    }
    assert main(["generate"]) == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "title: Thing",
            "title: Thing\nclass_name: Gadget",
            "the class was published as `Thing` and would be `Gadget`; keep it with `class_name: Thing`",
        ),
        (
            "- name: frameNum\n",
            "- name: frameNum\n    refine: {why: a test, python_name: frames}\n",
            (
                "the argument of `frameNum` was published as `frame_num` and would be `frames`; "
                "keep it with `python_name: frame_num` in its `refine:`"
            ),
        ),
        (
            "      - value: dark\n",
            "      - value: dark\n      - value: Very bright (night)\n",
            (
                "the constant of `mood=Very bright (day)` was published as `Mood.VERY_BRIGHT` and "
                "would be `Mood.VERY_BRIGHT_DAY`; accept the new name"
            ),
        ),
        (
            "      - value: dark\n",
            "      - value: dark\n      - value: Dark!\n",
            (
                "the constant of `mood=dark` was published as `Mood.DARK` and would have no name, "
                "as another reads alike; accept the new name"
            ),
        ),
    ],
)
def test_a_rename_fails_naming_both_names_and_the_way_out(project, capsys, old, new, said):
    assert main(["generate"]) == 0
    before = sorted((p, p.read_bytes()) for p in project.parents[3].glob("generated/**/*.py"))
    change(project, old, new)
    capsys.readouterr()
    for command in (["generate"], ["generate", "--check"], ["pin"]):
        assert main(command) == PlanError.exit_code
        printed = capsys.readouterr().err
        assert f"specs/models/acme/thing.yaml: {said}" in printed
        assert "`wirogen pin --rename`" in printed
    assert (
        sorted((p, p.read_bytes()) for p in project.parents[3].glob("generated/**/*.py")) == before
    )


def test_a_rename_that_is_meant_is_accepted_by_an_explicit_step(project, capsys):
    change(project, "title: Thing", "title: Thing\nclass_name: Gadget")
    assert main(["pin", "--rename"]) == 0
    assert "renamed: specs/models/acme/thing.yaml: the class was" in capsys.readouterr().out
    assert main(["generate"]) == 0


def test_new_names_are_free_until_they_are_published(project, capsys):
    change(project, "  - name: mood", "  - name: seed\n    type: text\n  - name: mood")
    assert main(["generate", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["unpinned"] == 1
    assert main(["pin", "--check"]) == 1
    assert "new: acme/thing: argument seed" in capsys.readouterr().out
    assert main(["pin"]) == 0
    assert main(["pin", "--check"]) == 0


def test_what_is_gone_is_no_rename(project, capsys):
    change(project, "  - name: frameNum\n    type: text\n", "")
    assert main(["generate"]) == 0
    assert main(["pin"]) == 0
    assert "gone: acme/thing: argument frame_num" in capsys.readouterr().out


def test_a_changed_file_of_names_is_noticed_without_force(project):
    assert main(["generate"]) == 0
    path = project.parents[2] / "names.json"
    path.write_text(path.read_text().replace('"Thing"', '"OldThing"'))
    assert main(["generate"]) == PlanError.exit_code


@pytest.mark.parametrize("text", ["", "[]", '{"models": 1}', '{"models": {"a/b": 1}}', "[" * 99999])
def test_a_damaged_file_says_where_it_comes_from(project, capsys, text):
    (project.parents[2] / "names.json").write_text(text)
    assert main(["generate"]) == SpecError.exit_code
    assert "restore it from version control; `wirogen pin` writes it" in capsys.readouterr().err


def test_the_file_reads_back_and_has_one_order():
    found = {"b/x": pins.of(a_plan(an_input("z"), an_input("a"))), "a/x": pins.of(a_plan())}
    text = pins.to_bytes(found)
    assert text == pins.to_bytes(dict(reversed(found.items())))
    assert list(json.loads(text)["models"]) == ["a/x", "b/x"]
