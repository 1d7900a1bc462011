"""What people see while they type: completion, signatures and hovers, in pyright's and jedi's services."""

import json
import sys
from pathlib import Path

import jedi
import pytest

from editor.language_server import LanguageServer

ROOT = Path(__file__).parents[2]
SOURCES = [str(ROOT / "runtime"), str(ROOT / "generated")]
SERVER = [
    sys.executable,
    "-c",
    "from basedpyright.langserver import main; main()",
    "basedpyright-langserver",
    "--stdio",
]

PROGRAM = """\
from wiro import AsyncWiro, Wiro
from wiro.models.pruna import Vace
client = Wiro()
Vace(prompt="a deer", )
Vace(resolution="")
client.models.
client.models.pruna.
client.models.pruna.vace.
client.models.pruna.vace.run(prompt="a deer", )
client.models.pruna.vace.run(ratio="")
AsyncWiro().models.pruna.vace.run()
client.run(Vace(prompt="a deer")).
Vace.SpeedMode.
"""
LINES = PROGRAM.splitlines()
ARGUMENTS = {"input_image", "resolution", "ratio", "frame_num", "speed_mode", "seed"}


def place(line, after):
    """Zero-based position right behind some text of a line."""
    number = LINES.index(line)
    return number, line.index(after) + len(after)


class Pyright:
    """Pyright's language server on the program."""

    def __init__(self, folder):
        venv = Path(sys.prefix)
        settings = {"extraPaths": SOURCES, "venvPath": str(venv.parent), "venv": venv.name}
        (folder / "pyrightconfig.json").write_text(json.dumps(settings))
        self.server = LanguageServer(SERVER, folder)
        self.document = self.server.open("program.py", PROGRAM)

    def _ask(self, method, line, after):
        number, character = place(line, after)
        position = {"line": number, "character": character}
        return self.server.ask(
            f"textDocument/{method}", textDocument=self.document, position=position
        )

    def completions(self, line, after):
        """What is offered there."""
        return {
            item["label"].strip("'\"=") for item in self._ask("completion", line, after)["items"]
        }

    def signature(self, line, after):
        """Label and documentation of the call there."""
        (found,) = self._ask("signatureHelp", line, after)["signatures"]
        return found["label"], found["documentation"]["value"]

    def hover(self, line, after):
        """What is shown there."""
        return self._ask("hover", line, after)["contents"]["value"]


@pytest.fixture(scope="module")
def pyright(tmp_path_factory):
    found = Pyright(tmp_path_factory.mktemp("project"))
    yield found
    found.server.close()


class TestPyright:
    def test_models_are_completed_step_by_step(self, pyright):
        assert {"pruna", "google"} <= pyright.completions("client.models.", "models.")
        assert {"vace", "p_image"} <= pyright.completions("client.models.pruna.", "pruna.")
        assert {"run", "submit"} <= pyright.completions("client.models.pruna.vace.", "vace.")

    @pytest.mark.parametrize(
        "line", ['Vace(prompt="a deer", )', 'client.models.pruna.vace.run(prompt="a deer", )']
    )
    def test_arguments_are_completed(self, pyright, line):
        offered = pyright.completions(line, '"a deer", ')
        assert offered >= ARGUMENTS
        assert "frameNum" not in offered

    def test_choices_are_completed(self, pyright):
        offered = pyright.completions('Vace(resolution="")', '="')
        assert {"480p", "720p"} <= offered
        offered = pyright.completions('client.models.pruna.vace.run(ratio="")', '="')
        assert {"auto", "16:9", "9:16"} <= offered
        assert "JUICED" in pyright.completions("Vace.SpeedMode.", "SpeedMode.")

    @pytest.mark.parametrize(
        ("line", "result"),
        [
            ('Vace(prompt="a deer", )', "Vace"),
            ('client.models.pruna.vace.run(prompt="a deer", )', "MediaResult"),
            ("AsyncWiro().models.pruna.vace.run()", "AsyncMediaResult"),
        ],
    )
    def test_a_signature_says_all_of_a_model(self, pyright, line, result):
        label, _ = pyright.signature(line, "Vace(" if line.startswith("Vace(") else "run(")
        assert label.startswith("(*, prompt: str, input_image: Files | None = None, resolution: ")
        assert "frame_num: int = 81" in label
        assert "-> " in label
        assert label.endswith((result, f"{result}]"))

    def test_a_constructor_shows_what_its_arguments_mean(self, pyright):
        _, text = pyright.signature('Vace(prompt="a deer", )', "Vace(")
        assert "frame_num: Number of frames to generate." in text
        assert "Running it returns a `MediaResult`: `video/*`." in " ".join(text.split())

    def test_a_hover_shows_the_document_of_a_class_and_the_arguments_of_a_call(self, pyright):
        text = pyright.hover("from wiro.models.pruna import Vace", "import V")
        assert text.startswith("class Vace(")
        assert "Vace powered by Pruna AI." in text
        text = pyright.hover('client.models.pruna.vace.run(prompt="a deer", )', ".r")
        assert "def run(" in text
        assert "frame_num: int = 81" in text
        text = pyright.hover('client.models.pruna.vace.run(prompt="a deer", )', ".v")
        assert "vace: Endpoint[(*, prompt: str" in text

    def test_a_result_offers_what_its_kind_has(self, pyright):
        offered = pyright.completions('client.run(Vace(prompt="a deer")).', ")).")
        assert {"outputs", "text", "cost", "task"} <= offered
        assert "segments" not in offered


class Jedi:
    """Jedi, which completes in IPython, Vim and Emacs."""

    def __init__(self, folder):
        project = jedi.Project(folder, added_sys_path=SOURCES, smart_sys_path=False)
        self.script = jedi.Script(PROGRAM, path=folder / "program.py", project=project)

    def completions(self, line, after):
        number, character = place(line, after)
        return {found.name.strip("=") for found in self.script.complete(number + 1, character)}

    def signature(self, line, after):
        number, character = place(line, after)
        (found,) = self.script.get_signatures(number + 1, character)
        return found


@pytest.fixture(scope="module")
def in_jedi(tmp_path_factory):
    return Jedi(tmp_path_factory.mktemp("project"))


class TestJedi:
    def test_models_are_completed_step_by_step(self, in_jedi):
        assert {"pruna", "google"} <= in_jedi.completions("client.models.", "models.")
        assert {"vace", "p_image"} <= in_jedi.completions("client.models.pruna.", "pruna.")
        assert {"run", "submit"} <= in_jedi.completions("client.models.pruna.vace.", "vace.")

    def test_arguments_of_a_class_are_completed(self, in_jedi):
        assert in_jedi.completions('Vace(prompt="a deer", )', '"a deer", ') >= ARGUMENTS

    def test_a_signature_says_all_of_a_model(self, in_jedi):
        found = in_jedi.signature('Vace(prompt="a deer", )', "Vace(")
        assert {each.name for each in found.params} > ARGUMENTS
        assert "frame_num: Number of frames to generate." in found.docstring()

    def test_a_result_offers_what_its_kind_has(self, in_jedi):
        offered = in_jedi.completions('client.run(Vace(prompt="a deer")).', ")).")
        assert {"outputs", "text", "cost", "task"} <= offered
        assert "segments" not in offered

    def test_attributes_of_models_are_found_though_jedi_knows_no_paramspec(self, in_jedi):
        found = in_jedi.signature('client.models.pruna.vace.run(prompt="a deer", )', "run(")
        assert found.name == "run"
        assert "as `client.run(request)` does" in found.docstring()
