"""Finding a model and seeing how it is called; help that needs neither key nor client."""

import subprocess
import sys

import pytest

from wiro import catalog
from wiro_runtime.cli.command import build


def test_models_are_found_by_words_kind_and_owner(wiro):
    assert "pruna/vace" in wiro("models", "vace").out
    assert {m["kind"] for m in wiro("models", "--kind", "text", "--json").document} == {"text"}
    assert {m["model"].split("/")[0] for m in wiro("models", "--owner", "pruna", "--json").document} == {"pruna"}  # fmt: skip
    assert len(wiro("models", "--json").document) == len(catalog.models())


def test_show_prints_lines_that_run(wiro):
    shown = wiro("show", "pruna/vace").out
    python = shown.partition("Python\n")[2].partition("\nShell\n")[0]
    source = f"from wiromock import MockWiro\nwith MockWiro():\n    {python.strip().replace(chr(10), chr(10) + '    ')}\n"
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "wiro run pruna/vace --prompt" in shown


def test_show_of_an_unknown_model_suggests_one(wiro):
    ran = wiro("show", "pruna/vase")
    assert ran.status == 2
    assert "pruna/vace" in ran.err


@pytest.mark.parametrize("model", catalog.models(), ids=lambda model: model.slug)
def test_every_model_has_a_command_with_an_option_for_each_input(wiro, model):
    shown = wiro("run", model.slug, "--help").out
    for field in model.inputs:
        option = f"--{field.name.rstrip('_').replace('_', '-')}"
        assert f"{option} " in shown or f"--input-{option[2:]}" in shown or f"{option} / " in shown, option  # fmt: skip


def test_help_loads_neither_pydantic_nor_httpx_nor_rich_nor_a_model():
    program = (
        "import sys; from wiro_runtime.cli import main; main('wiro', ['run', 'pruna/vace', '--help'])\n"
        "heavy = {'pydantic', 'httpx', 'rich', 'wiro.models.pruna.vace'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", build().list_commands(None))
def test_every_command_has_help(wiro, name):
    ran = wiro(name, "--help")
    assert ran.status == 0
    assert f" wiro {name}" in ran.out.splitlines()[0]
