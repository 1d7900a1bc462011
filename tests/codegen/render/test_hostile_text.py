"""Whatever a spec says, it stays text: the package is valid, imports quietly, and keeps every byte.

The texts are known attacks on code generators: breaking out of docstrings, literals and comments,
templates inside templates, invisible and reordering characters.
"""

import json
import subprocess
import sys

import pytest

from codegen.kit import a_package, a_spec, an_input, render_package
from wirogen.spec.model import Option

CODE = "__import__('pathlib').Path('canary').touch()"

TEXTS = {
    "double-quotes": '"""',
    "single-quotes": "'''",
    "escaped-quotes": f'\\"""\n{CODE}\n"""',
    "ends-in-backslash": "text\\",
    "ends-in-quote": 'text"',
    "ends-in-two-quotes": 'text""',
    "ends-in-three-quotes": 'text"""',
    "ends-in-backslash-and-quote": 'text\\"',
    "only-a-quote": '"',
    "only-a-backslash": "\\",
    "seven-quotes": '"' * 7,
    "line-feed": f"a\n{CODE}",
    "carriage-return": f"a\r{CODE}",
    "both": f"a\r\n{CODE}",
    "vertical-tab": f"a\v{CODE}",
    "form-feed": f"a\f{CODE}",
    "next-line": f"a\x85{CODE}",
    "line-separator": f"a\u2028{CODE}",
    "paragraph-separator": f"a\u2029{CODE}",
    "escapes": r"\N{BULLET} \x41 \u0041 \s \d \8 \u \x",
    "null-byte": "a\0b",
    "colour": "\x1b[31mred\x1b[0m",
    "bell-and-delete": "\x07\x7f",
    "reordered": "\u202e\u2066 if admin \u2069\u200e\u200f\u061c",
    "invisible": "pass\u200d\u200bword\U000e0041\U000e0042\ufeff",
    "template-expression": "{{ 7*7 }}",
    "template-statement": "{% import 'os' as os %}{% include '/etc/passwd' %}",
    "template-comment": "{# gone #} ${x}",
    "format": "{0.__class__} {x!r} {}",
    "percent": "%s %(a)s %",
    "checker-comments": "# type: ignore  # fmt: off  # noqa",
    "coding": "# -*- coding: utf-7 -*-",
    "markup": "</script><img onerror=x> [x](javascript:y)\n.. raw:: html",
    "call": CODE,
    "closes-a-literal": f'"] ; {CODE} ; x = ["',
    "closes-a-call": f"'), {CODE}, wire.Text('",
    "f-string": "{" + CODE + "}",
    "spaces": " ",
    "empty": "",
    "none": "None",
    "emoji": "👨\u200d👩\u200d👧 🍊 \U0001fae8",
    "long-word": "x" * 5000,
    "tabs": "\t" * 5000,
}

PROBE = """
import importlib, json, sys, typing
from pathlib import Path
from wiro_runtime.request import wire

found = {}
for slug, module in json.load(sys.stdin).items():
    (cls,) = [v for v in vars(importlib.import_module(module)).values() if getattr(getattr(v, "_binding", None), "slug", "") == slug]
    fields = {}
    for name, hint in typing.get_type_hints(cls, include_extras=True).items():
        marks = [m for m in getattr(hint, "__metadata__", ()) if isinstance(m, wire.Encoding)]
        if marks:
            base = typing.get_args(hint)[0]
            literals = [typing.get_args(a) for a in (base, *typing.get_args(base)) if typing.get_origin(a) is typing.Literal]
            fields[name] = [marks[0].name, list(literals[0]) if literals else None, cls.model_fields[name].default]
    constants = {k: v for group in vars(cls).values() if isinstance(group, type) for k, v in vars(group).items() if k.isupper()}
    found[slug] = [cls.__doc__, fields, constants]
assert not Path("canary").exists()
print(json.dumps(found))
"""


def hostile(key, text):
    """One model that says the text wherever a spec has room for one."""
    value = Option(value=f"{text} ", label=text)
    return a_spec(
        an_input(f"{text[:50]} x", label=text, help=text, refine={"python_name": "named"}),
        an_input("helped", help=f"{text} is help"),
        an_input(
            "choice", "select", options=[value, Option(value="b c")], default=f"{text} ", label=text
        ),
        an_input("sent", default=text, label=text, refine={"default": "sent"} if text else {}),
        model=f"acme/{key}",
        title=text or "x",
        description=text,
        categories=[text],
    )


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """What a fresh interpreter, which takes warnings for errors, finds in the package."""
    folder = tmp_path_factory.mktemp("hostile")
    plan = a_package(*(hostile(key, text) for key, text in TEXTS.items()), name="hostile_models")
    for path, content in render_package(plan).items():
        (folder / "hostile_models" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "hostile_models" / path).write_bytes(content)
    modules = {m.slug.reveal(): f"hostile_models.models.acme.{m.module}" for m in plan.models}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROBE],
        cwd=folder,
        input=json.dumps(modules),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not (folder / "canary").exists()
    return json.loads(done.stdout)


@pytest.mark.parametrize("key", TEXTS)
def test_it_stays_text(imported, key):
    text = TEXTS[key]
    doc, fields, constants = imported[f"acme/{key}"]
    assert fields["named"][0] == f"{text[:50]} x"
    assert fields["choice"] == ["choice", [f"{text} ", "b c"], f"{text} "]
    assert fields["sent"] == ["sent", None, text or None]
    assert constants["B_C"] == "b c"
    assert all(c == "\n" or c.isprintable() or ord(c) > 0x1F000 for c in doc)


def test_what_readers_can_see_is_shown_as_it_is(imported):
    for key in ("escapes", "template-expression", "format", "percent", "markup", "call"):
        words = imported[f"acme/{key}"][0].split()
        shown = " ".join(words)
        assert " ".join(TEXTS[key].split()) in shown


def test_a_file_name_is_no_way_in(tmp_path):
    """The header names the slug, which has a pattern, and never the path of a file."""
    plan = a_package(a_spec(title="x\n# coding: utf-7"))
    source = render_package(plan)["models/acme/thing.py"].decode()
    assert source.splitlines()[0] == (
        "# Generated by `wirogen generate` from specs/models/acme/thing.yaml. Do not edit: change the spec."
    )
