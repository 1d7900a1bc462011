"""Ten thousand damaged documents of every form: a spec or a DocumentError, and nothing else."""

import functools
import random

import pytest

from codegen.document import forms
from codegen.document.llms_writer import flatten
from codegen.importing.damage import damage, damage_tree
from wirogen.document.detect import read_document
from wirogen.errors import DocumentError
from wirogen.importing.importer import Importer, ImportOptions, LoadedDocument
from wirogen.spec.folder import SpecFolder
from wirogen.spec.model import Endpoints, Input, ModelSpec, Option, Source, Statuses

CHUNKS = 10
EACH = 1000

SPEC = ModelSpec(
    model="acme/model",
    title="A Model",
    description="Makes things.",
    categories=["tool", "image"],
    computing_time="20 seconds",
    source=Source(form="llms.txt", sha256="0" * 64),
    endpoints=Endpoints(run="https://api.wiro.ai/v1/Run/acme/model"),
    statuses=Statuses(completed=["task_cancel"], running=["task_queue"]),
    inputs=[
        Input(name="prompt", type="textarea", label="Prompt", help="Say it.", default="a deer"),
        Input(name="seed", type="text", default="42", min_length=0, max_length=99999),
        Input(name="steps", type="number", default=5, minimum=1, maximum=9, step=1),
        Input(name="ratio", type="select", default="1:1",
              options=[Option(value="1:1", label="square"), Option(value="")]),
        Input(name="inputImage", type="combinefileinput", extra={"advanced": True}),
    ],
)  # fmt: skip


@pytest.fixture(scope="module")
def documents(vace):
    lines = forms.as_llms(SPEC)
    tree = forms.as_openapi(SPEC)
    tool = forms.as_tool(SPEC)
    array = f'[{{"type": "apikey", "spec": {tree}}}]'
    texts = [lines, flatten(lines), tree, tool, array, tool[tool.index("[{") + 1 : -2]]
    return [vace, *(text.encode() for text in texts)]


class Folder(SpecFolder):
    """Reads its `platform.yaml` once for all who ask."""

    platform = functools.cache(SpecFolder.platform)


def outcome(data, folder):
    """Import what is left; everything but a plan or a DocumentError fails the test."""
    try:
        return Importer(folder, ImportOptions()).plan(LoadedDocument("doc", data))
    except DocumentError:
        return None


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_damaged_documents_give_a_spec_or_a_document_error(documents, tmp_path, chunk):
    folder = Folder(tmp_path)
    chance = random.Random(chunk)  # noqa: S311 - damage needs no secrecy, and must repeat
    read = 0
    for number in range(EACH):
        data = documents[number % len(documents)]
        is_json = data[:1] in {b"{", b"["}
        damaged = damage_tree(data, chance) if is_json and number % 3 else damage(data, chance)
        read += outcome(damaged, folder) is not None
    assert EACH * 0.1 < read < EACH * 0.9  # neither all harmless nor all fatal
    assert [*tmp_path.iterdir()] == []


def test_the_undamaged_ones_are_read(documents, tmp_path):
    for data in documents:
        assert outcome(data, SpecFolder(tmp_path)) is not None


@pytest.mark.parametrize("number", range(2, 7))
def test_a_json_document_cut_anywhere_is_refused(documents, number):
    data = documents[number]
    if data[:1] not in {b"{", b"["}:
        return
    for end in range(0, len(data), 17):
        with pytest.raises(DocumentError):
            read_document(data[:end], "doc")
