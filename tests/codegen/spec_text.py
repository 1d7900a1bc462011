"""Specs as text, typed by hand, in which any text can stand."""

import json

SOURCE = f'source: {{form: llms.txt, sha256: "{"0" * 64}"}}'


def quoted(text):
    """A YAML scalar that says exactly this; YAML reads JSON's escapes."""
    return json.dumps(text)


def spec(*inputs, model="acme/thing", more=""):
    listed = "".join(f"  - {{{field}}}\n" for field in inputs)
    return f"model: {quoted(model)}\ntitle: Thing\n{more}{SOURCE}\ninputs:{chr(10) + listed if inputs else ' []'}\n"


def named(*names):
    return spec(*(f"name: {quoted(name)}, type: text" for name in names))


def write(folder, files):
    for slug, text in files.items():
        path = folder / "specs/models" / f"{slug}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
