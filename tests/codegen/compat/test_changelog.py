"""A changelog entry shows callers what to change, by the names that they wrote."""

from codegen.compat.kit import VACE, package, with_input, without
from wirogen.cli import main
from wirogen.compat.changelog import write_entry
from wirogen.compat.compare import compare
from wirogen.spec.folder import packaged_folder
from wirogen.spec.model import Option


def entry(old, new, name="wiro"):
    return write_entry(compare(package(old), package(new)), package(old), package(new), name)


def test_what_breaks_comes_first_then_what_is_new():
    new = without("seed").model_copy(
        update={
            "inputs": [
                each.model_copy(update={"options": [Option(value="720p"), Option(value="2k")]})
                if each.name == "resolution"
                else each
                for each in without("seed").inputs
            ]
        }
    )
    assert entry(VACE, new, "acme_models") == (
        "### Calls that must change\n"
        "\n"
        "- `acme_models.models.pruna.Vace` (pruna/vace):\n"
        "  - `resolution`: '480p' is no longer offered.\n"
        "  - `resolution`: a call that leaves it out asks for something else: '480p' before, nothing sent now.\n"
        "  - `seed`: the argument is gone.\n"
        "\n"
        "### New in generated clients\n"
        "\n"
        "- `acme_models.models.pruna.Vace` (pruna/vace): `resolution`: '2k' is offered now.\n"
    )


def test_wording_is_one_sentence():
    written = entry(VACE, with_input("seed", help="Another sentence"))
    assert written == "Documentation of 1 model is worded differently; calls stay as they are.\n"


def test_nothing_is_said_in_words():
    assert entry(VACE, VACE) == "No change for callers of the generated clients.\n"


def test_34_text_of_a_document_is_no_markup():
    hostile = Option(value="<img onerror=x> [x](javascript:y) *b*")
    old = with_input("resolution", options=[*VACE.inputs[2].options, hostile])
    assert VACE.inputs[2].name == "resolution"
    assert r"'&lt;img onerror=x> \[x](javascript:y) \*b\*'" in entry(old, VACE)


def test_the_command_prints_it(capsys):
    path = str(packaged_folder() / "models/pruna/vace.yaml")
    assert main(["diff", path, path, "--changelog"]) == 0
    assert capsys.readouterr().out == "No change for callers of the generated clients.\n"
