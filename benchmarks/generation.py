"""How long generating takes, as the number of models grows, compared with two other generators.

    python benchmarks/generation.py [--sizes 100,1000,5000] [--no-peers]

Every run is a process of its own, from its start to its end. "Cold" makes every model anew with no cache
and no output; "one changed" changes the default of one input (a new type to be asked for) or only a
sentence; the other generators get an OpenAPI document with one operation for each of the same models.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from measuring import ROOT, describe_machine, show
from peers import GENERATORS, environment, versions
from synthetic import slug, write_specs

ROUNDS = 3


@dataclass(frozen=True)
class Cost:
    """The best of some runs: what else the machine does only ever adds."""

    wall: float
    processor: float

    def __str__(self) -> str:
        return f"{self.wall:.2f} ({self.processor:.2f})"


def cost(command: list[str], prepare: Callable[[], object], rounds: int = ROUNDS) -> Cost:
    """Run a command a few times, each time prepared."""
    costs = []
    for _ in range(rounds):
        prepare()
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=_environment())
        wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        costs.append(Cost(wall, spent))
    return Cost(min(cost.wall for cost in costs), min(cost.processor for cost in costs))


def _environment() -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT / "codegen"),
        "WIROGEN_CACHE": str(WORK / "cache"),
        "PYTHONDONTWRITEBYTECODE": "",
    }


def ours(size: int) -> dict[str, Cost]:
    """What each way of running `wirogen generate` costs."""
    specs, out = WORK / f"specs-{size}", WORK / f"out-{size}"
    write_specs(specs, size)
    command = [
        sys.executable,
        "-m",
        "wirogen",
        "generate",
        "--specs",
        str(specs),
        "--out",
        str(out),
    ]
    fresh = lambda: shutil.rmtree(out, ignore_errors=True)  # noqa: E731
    costs = {
        "cold, one process": cost([*command, "--no-cache", "--workers", "1"], fresh, 1),
        "cold, two": cost([*command, "--no-cache", "--workers", "2"], fresh),
    }
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=_environment())
    costs["models kept, output gone"] = cost(command, fresh)
    costs["nothing changed"] = cost(command, lambda: None, 7)
    changed = specs / "models" / slug(0)[0] / f"{slug(0)[1]}.yaml"
    costs["one sentence changed"] = cost(command, lambda: _reword(changed), 5)
    costs["one type changed"] = cost(command, lambda: _retype(changed), 5)
    return costs


def _reword(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("help: What", "help: What, please, what"), encoding="utf-8")


def _retype(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("maximum: ", f"maximum: {time.time_ns() % 1000 + 1}"), encoding="utf-8"
    )


def theirs(size: int) -> dict[str, Cost]:
    """What the other generators take for the same models."""
    python = environment(*GENERATORS)
    print(f"\nbeside {versions(python, *GENERATORS)}")
    document = WORK / "openapi.json"
    document.write_text(json.dumps(openapi(WORK / f"specs-{size}")))
    client, models = WORK / "their-client", WORK / "their_models.py"
    settings = WORK / "settings.yaml"
    settings.write_text("post_hooks: [ruff check . --fix-only, ruff format .]\n")
    tool = str(python.parent / "openapi-python-client")
    opc = [tool, "generate", "--path", str(document), "--overwrite", "--config", str(settings)]
    dmcg = [str(python.parent / "datamodel-codegen"), "--input", str(document)]
    dmcg += ["--input-file-type", "openapi", "--output-model-type", "pydantic_v2.BaseModel"]
    dmcg += ["--enum-field-as-literal", "all", "--snake-case-field", "--disable-timestamp"]
    os.environ["PATH"] = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
    clear = lambda: shutil.rmtree(client, ignore_errors=True)  # noqa: E731
    return {
        "openapi-python-client, ruff": cost([*opc, "--output-path", str(client)], clear, 2),
        "datamodel-code-generator, one call, no formatter": cost(
            [*dmcg, "--output", str(models), "--no-formatters"], lambda: None, 2
        ),
        "datamodel-code-generator, one call, its own formatters": cost(
            [*dmcg, "--output", str(models)], lambda: None, 1
        ),
    }


def openapi(specs: Path) -> dict[str, Any]:
    """The same models as one OpenAPI document, a POST for each."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for path in sorted(specs.glob("models/*/*.yaml")):
        spec = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        name = spec["model"].title().replace("/", "").replace("-", "")
        schemas[name] = _schema(spec)
        reference = {"$ref": f"#/components/schemas/{name}"}
        paths[f"/Run/{spec['model']}"] = {
            "post": {
                "operationId": f"run{name}",
                "tags": [spec["model"].split("/")[0]],
                "requestBody": {"content": {"application/json": {"schema": reference}}},
                "responses": {"200": {"description": "done"}},
            }
        }
    head = {"openapi": "3.0.3", "info": {"title": "their client", "version": "1"}}
    return {**head, "paths": paths, "components": {"schemas": schemas}}


def _schema(spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": spec["description"],
        "required": ["prompt"],
        "properties": {field["name"]: _property(field) for field in spec["inputs"]},
    }


def _property(field: dict[str, Any]) -> dict[str, Any]:
    stated: dict[str, Any] = {"type": "number" if "maximum" in field else "string"}
    stated |= {key: field[key] for key in ("minimum", "maximum") if key in field}
    stated |= {"description": field["help"]} if "help" in field else {}
    if "options" in field:
        stated["enum"] = [option["value"] for option in field["options"]]
        stated["default"] = field["default"]
    return stated


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,1000,5000")
    parser.add_argument("--no-peers", action="store_true")
    arguments = parser.parse_args()
    sizes = [int(size) for size in arguments.sizes.split(",")]
    print(describe_machine())
    measured = {size: ours(size) for size in sizes}
    rows = [
        [name, *(measured[size][name] for size in sizes), _growth(measured, name, sizes)]
        for name in measured[sizes[0]]
    ]
    headings = ["wirogen generate", *(f"{size:,} models" for size in sizes), "growth"]
    show("Seconds of the clock (of all processors)", headings, rows)
    if not arguments.no_peers:
        size = 1000 if 1000 in sizes else sizes[-1]
        base = measured[size]["cold, two"]
        rows = [
            [
                name,
                found,
                f"{found.wall / base.wall:.1f}",
                f"{found.processor / base.processor:.1f}",
            ]
            for name, found in {"wirogen, cold, two": base, **theirs(size)}.items()
        ]
        show(
            f"{size:,} models, compared with others", ["", "s", "ratio, clock", "processors"], rows
        )


def _growth(measured: dict[int, dict[str, Cost]], name: str, sizes: list[int]) -> str:
    """How the cost of a model grows from the smallest size to the largest; 1 is linear."""
    first, last = sizes[0], sizes[-1]
    ratio = measured[last][name].wall / measured[first][name].wall
    return f"{last // first}x models, {ratio:.1f}x time"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="wirogen-benchmark-") as scratch:
        WORK = Path(scratch)
        main()
