"""Names, texts and slugs that were attacks on other generators: the package that is made of them imports, and says exactly that."""

import json
import subprocess
import sys

import pytest

from codegen.spec_text import named, quoted, spec, write
from wirogen.cli import main

SAFE_NAMES = {
    "15": ["class", "from", "async", "None", "print", "match", "type"],
    "16": ["self", "cls", "timeout", "extra_headers", "deadline", "request"],
    "17": ["model_config", "model_fields", "model_dump", "json", "copy", "schema", "dict"],
    "17 dunders": ["__class__", "__init__", "_x"],
    "18": ["str", "int", "list", "Literal", "Field", "Annotated", "Input", "wire"],
    "20": ["\u017f", "\ufb01le", "\uff46\uff4f\uff4f", "\u212a"],
    "21": ['a"]: pass\nimport os\nx["', "x: int = __import__('os')"],
    "22": ["a b", "a.c", "a[0]", "trailing "],
}
PAYLOADS = {
    "24": '"""',
    "24 escaped": '\\"""\nimport os',
    "25": "ends in \\",
    "25 quote": 'ends in "',
    "26": "a\nimport os",
    "27": r"\N{BULLET} \x41 \u0041 \s",
    "31": "{{ 7*7 }} {% import 'os' %} {# #} ${x}",
    "32": "{0.__class__} {x!r} %s %(a)s",
    "33": "# type: ignore # fmt: off # -*- coding: utf-7 -*-",
    "34": "</script><img onerror=x> [x](javascript:y)",
    "37": "__import__('os').system('id')",
    "44": '"] ; import os ; x = ["',
    "47 empty": "",
    "47 space": " ",
    "47": "None",
}
PROBE = """
import importlib, json, sys
from wiro_runtime import binding_of
found = {}
for slug, (module, name) in json.load(sys.stdin).items():
    made = getattr(importlib.import_module(f"safe.models.{module}"), name)
    known = {"x": "y"} if "x" in made.model_fields else {field: "y" for field in made.model_fields}
    if binding_of(made).encodings and getattr(made, "X", None) is None and "x" not in known:
        assert made.from_wire(made(**known).to_wire()) == made(**known)
    found[slug] = {encoding.name: field for field, encoding in binding_of(made).encodings.items()}
    found[slug + " default"] = made.model_fields["x"].default if "x" in made.model_fields else None
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """All harmless specs as one package, imported by an interpreter that takes warnings for errors."""
    folder = tmp_path_factory.mktemp("safe")
    files = {
        f"acme/{key.replace(' ', '-')}-names": named(*names) for key, names in SAFE_NAMES.items()
    }
    for key, text in PAYLOADS.items():
        value, label = quoted(text), quoted(text.replace("\n", " "))
        files[f"acme/{key.replace(' ', '-')}-text"] = spec(
            f"name: x, type: select, label: {label}, help: {value}, default: {value}, "
            f"options: [{{value: {value}, label: {label}}}, {{value: other}}]",
            more=f"description: {quoted(text or 'none')}\n",
        )
    for slug in ("class/import", "models/types", "errors/run", "none/close", "acme/with_options"):
        files[slug] = ""
    files["acme/3d-gen"] = ""
    named_alike = {
        slug: text.replace("acme/thing", slug) or spec(model=slug) for slug, text in files.items()
    }
    write(folder, named_alike)
    assert (
        main(
            [
                "generate",
                "--specs",
                str(folder / "specs"),
                "--out",
                str(folder),
                "--package",
                "safe",
            ]
        )
        == 0
    )
    listed = json.loads((folder / "safe/_catalog/index.json").read_text())
    modules = {row["slug"]: (row["module"], row["class_name"]) for row in listed}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROBE],
        cwd=folder,
        input=json.dumps(modules),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), modules


@pytest.mark.parametrize("key", SAFE_NAMES)
def test_a_name_is_renamed_and_its_wire_name_kept(imported, key):
    fields = imported[0][f"acme/{key.replace(' ', '-')}-names"]
    assert list(fields) == SAFE_NAMES[key]
    assert len(set(fields.values())) == len(fields)
    assert all(name.isascii() and name.isidentifier() for name in fields.values())


@pytest.mark.parametrize("key", PAYLOADS)
def test_a_text_stays_that_text(imported, key):
    assert imported[0][f"acme/{key.replace(' ', '-')}-text default"] == PAYLOADS[key]


@pytest.mark.parametrize(
    ("slug", "module"),
    [
        ("class/import", "class_.import_"),
        ("models/types", "models.types"),
        ("errors/run", "errors.run"),
        ("none/close", "none.close"),
        ("acme/3d-gen", "acme.m_3d_gen"),
        ("acme/with_options", "acme.with_options"),
    ],
    ids=["5", "6", "6 errors", "11", "9", "11 options"],
)
def test_a_slug_gets_a_module_of_its_own(imported, slug, module):
    assert imported[1][slug][0] == module
