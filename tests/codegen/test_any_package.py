"""Any valid specs make a package that imports quietly and satisfies both type checkers.

Checkers take seconds to start, so all specs are drawn first and checked as one package.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings

import wiro_runtime
from codegen.kit import a_package, render_package
from codegen.test_any_spec import specs
from wirogen.plan.model import ModelPlan, plan_model

RUNTIME = Path(wiro_runtime.__file__).parents[1]
IMPORT_ALL = "import importlib, pathlib; [importlib.import_module('.'.join(p.with_suffix('').parts)) for p in sorted(pathlib.Path('any_models').rglob('*.py'))]"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A package of all models that could be made of the specs drawn."""
    drawn = []

    @settings(max_examples=120, deadline=None, derandomize=True, phases=[Phase.generate])
    @given(specs())
    def draw(spec):
        named = spec.model_copy(update={"model": f"any/model-{len(drawn)}"})
        if isinstance(plan_model(named), ModelPlan):
            drawn.append(named)

    draw()
    assert len(drawn) > 60
    folder = tmp_path_factory.mktemp("any")
    for path, content in render_package(a_package(*drawn, name="any_models")).items():
        (folder / "any_models" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "any_models" / path).write_bytes(content)
    return folder


def run(folder, *command):
    environment = {**os.environ, "MYPYPATH": str(RUNTIME), "PYTHONPATH": str(RUNTIME)}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_it_imports_quietly(folder):
    run(folder, "-W", "error", "-c", IMPORT_ALL)


def test_it_satisfies_mypy(folder):
    run(folder, "-m", "mypy", "--strict", "--cache-dir", ".mypy_cache", "-p", "any_models")


def test_it_satisfies_pyright(folder):
    (folder / "pyrightconfig.json").write_text(
        f'{{"typeCheckingMode": "strict", "pythonVersion": "3.11", "extraPaths": ["{RUNTIME}"]}}'
    )
    run(folder, "-m", "basedpyright", "--level", "error", "any_models")
