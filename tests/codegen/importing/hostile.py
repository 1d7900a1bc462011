"""What the tests of hostile input share: documents that say it, and a watch over what they cause."""

import os
import sys
from pathlib import Path

import pytest

from codegen.document import forms
from codegen.importing.kit import import_all
from wirogen.errors import DocumentError, SpecError
from wirogen.importing.importer import LoadedDocument
from wirogen.spec.file import read_model
from wirogen.spec.model import Endpoints, Input, ModelSpec, Option, Source, Statuses

WRITERS = {"llms": forms.as_llms, "openapi": forms.as_openapi, "tool": forms.as_tool}

_ACTS = {
    "os.system", "os.exec", "os.posix_spawn", "os.fork", "subprocess.Popen", "socket.connect",
    "socket.getaddrinfo", "pickle.find_class", "urllib.Request", "webbrowser.open", "os.symlink",
}  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_watched: list[Path] = []
_seen: list[str] = []


def _hook(event, arguments):
    if not _watched:
        return
    if event in _ACTS:
        _seen.append(f"{event} {arguments}")
    elif event in {"open", "os.rename", "os.mkdir"} and isinstance(arguments[0], str):
        is_write = event != "open" or bool((arguments[2] or 0) & _WRITING)
        path = Path(arguments[0]).absolute()
        if is_write and not path.is_relative_to(_watched[-1]):
            _seen.append(f"{event} {path}")


sys.addaudithook(_hook)


class Watch:
    """Fails a test in which anything ran, connected, or was written outside a folder."""

    def __init__(self, folder):
        self._folder = folder.absolute()

    def __enter__(self):
        _seen.clear()
        _watched.append(self._folder)

    def __exit__(self, *_):
        _watched.pop()
        assert _seen == []


def hostile(**changes):
    """Make a model whose one input says what is given; nothing is checked."""
    inner = {key: changes.pop(key) for key in list(changes) if key in Input.model_fields}
    field = Input.model_construct(**{"name": "x", "type": "text", **inner})
    values = {
        "model": "acme/model",
        "title": "A Model",
        "source": Source(form="llms.txt", sha256="0" * 64),
        "statuses": Statuses(completed=["task_cancel"], running=["task_queue"]),
        "endpoints": Endpoints.model_construct(run=""),
        "categories": ["tool"],
        "inputs": [field],
    }
    return ModelSpec.model_construct(**{**values, **changes})


def option(value, label=None):
    return Option.model_construct(value=value, label=label)


def take(folder, spec, form="openapi"):
    """Write the document, import it under watch, and read the spec that it became."""
    text = WRITERS[form](spec) if isinstance(spec, ModelSpec) else spec
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    with Watch(folder):
        (report,) = import_all([LoadedDocument("doc", data)], folder / "specs")
        made = read_model(report.path)
    assert report.path.resolve().is_relative_to((folder / "specs" / "models").resolve())
    return made, report


def refusal(folder, spec, form="openapi"):
    """Import what must be refused; give the words, having seen that nothing was written."""
    with pytest.raises(DocumentError) as caught:
        take(folder, spec, form)
    assert not (folder / "specs").exists()
    return str(caught.value)


def lint_refusal(folder, text, name="acme/model.yaml"):
    """Read YAML that must be refused; give the words."""
    path = folder / "specs" / "models" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    with Watch(folder), pytest.raises(SpecError) as caught:
        read_model(path)
    assert str(path) in str(caught.value)
    return str(caught.value)
