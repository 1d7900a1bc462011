"""The two forms of llms.txt say the same, and no damage leads anywhere but to a DocumentError."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.document.llms_writer import Choice, Item, flatten, write
from wirogen.document.detect import read_document
from wirogen.errors import DocumentError

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]),
    min_size=1,
    max_size=8,
).filter(lambda word: word.strip() == word and not word.endswith(":"))
"""Anything but the keys of the grammar, which the flattened form cannot tell from text; see NOISE."""

NOISE = st.sampled_from(["label:", "help:", "-", "##", "```", '"', "value:", "name:", "type:", ""])

TEXT = st.lists(WORDS, max_size=5).map(" ".join)
LINE = TEXT.filter(lambda text: not text.startswith('"') and "- name:" not in text)
VALUE = TEXT.filter(lambda text: '"' not in text)


@st.composite
def items(draw):
    names = draw(st.lists(st.from_regex(r"[a-zA-Z][a-zA-Z0-9_]{0,9}", fullmatch=True), unique=True))
    return [draw(item(name)) for name in names[:5]]


@st.composite
def item(draw, name):
    choices = st.builds(Choice, VALUE, LINE)
    return Item(
        name,
        draw(st.sampled_from(["text", "textarea", "select", "number", "combinefileinput"])),
        draw(LINE),
        draw(LINE),
        draw(LINE),
        draw(st.none() | st.lists(choices, max_size=3)),
    )


@given(items())
def test_what_was_written_is_read_from_either_form(written):
    text = write(written)
    document = read_document(text.encode(), "doc")
    assert read_document(flatten(text).encode(), "doc") == document
    assert not document.incomplete
    assert [field.name for field in document.inputs] == [field.name for field in written]
    for field, source in zip(document.inputs, written, strict=True):
        assert field.type == source.type
        assert field.label == (source.label or None)
        assert field.help == (source.help or None)
        assert field.default == (source.default or None)
        if source.options is None:
            assert field.options is None
        else:
            read = [(option.value, option.label) for option in field.options]
            assert read == [(option.value, option.label or None) for option in source.options]


@given(st.lists(NOISE | WORDS, max_size=12).map(" ".join), st.lists(NOISE, max_size=4))
def test_texts_full_of_tokens_never_break_the_reader(text, more):
    written = [Item("a", help=text, default=" ".join(more)), Item("b", label=text)]
    for document in (write(written), flatten(write(written))):
        read_or_refuse(document.encode())


def read_or_refuse(data):
    """Read damaged bytes: a document or a DocumentError, nothing else."""
    try:
        document = read_document(data, "doc")
    except DocumentError:
        return None
    assert document.run_endpoint
    return document


HEAD = "## Basic tool info Run Task Endpoint (POST): https://a/Run/a/b ## Model Inputs: "
ITEM = "- name: a label: x help: type: t default: options: - value: "
LINES = "## Basic tool info\nRun Task Endpoint (POST):\nhttps://a/Run/a/b\n## Model Inputs:\n"
TREE = '{"openapi": "3", "paths": {"/Run/a/b": {"post": {"description": "'
CODE = "## Run Command - Make HTTP Post Request ```bash "


@pytest.mark.parametrize(
    ("start", "again", "end"),
    [
        (HEAD, "- name: a label: ", " ## Integration Header Prepare"),
        (HEAD, "- name: a", ""),
        (f"{HEAD}- name: a label: help: ", "type: ", "## Integration Header Prepare"),
        (f"{HEAD}{ITEM}", '" ', "## Integration Header Prepare"),
        (f"{HEAD}{ITEM}", '- value: "', "## Integration Header Prepare"),
        ("", "## Model Inputs: ", HEAD),
        (f"{HEAD}{CODE}", "curl ", "```"),
        (f'{HEAD}{CODE}curl "u" ', '-H "a', "```"),
        (f'{HEAD}{CODE}curl "u" ', "-d '", ""),
        (f"{HEAD}{CODE}", '"["a",', "```"),
        (f"{HEAD}{CODE}", '"[""', "```"),
        (f"{HEAD}{CODE}", "``` ", ""),
        ("## Basic tool info\n", "\n", "## Model Inputs:\n"),
        ("## Basic tool info\n", " ", "x"),
        (f"{LINES}- name: a\nlabel:\nhelp:\ntype:", " ", "x y\ndefault:\n"),
        (f"{LINES}- name:", " ", "\n"),
        (f'{LINES}- name: a\nlabel:\nhelp:\ntype: t\ndefault:\noptions:\n- value: "', '"\n', "x"),
        (TREE, " ", 'x"}}}}'),
        (TREE, "**Processing Time:** ", '"}}}}'),
    ],
)
def test_reading_takes_time_in_proportion_to_length(start, again, end):
    """Ten times as much takes about ten times as long; what grows with the square of it, a hundred times."""

    short, long = ((start + again * count + end).encode() for count in (20_000, 200_000))
    # At best of three, each: a busy machine makes some reading slow, but not all. What takes a few milliseconds
    # says nothing of proportions.
    seconds = max(0.01, min(processor_seconds(short) for _ in range(3)))
    assert any(processor_seconds(long) < 40 * seconds for _ in range(3))


def processor_seconds(data):
    """How long reading takes, without what the machine does besides."""
    began = time.process_time()
    read_or_refuse(data)
    return time.process_time() - began


@pytest.mark.parametrize("cut_every", [7])
def test_a_document_cut_anywhere_never_gains_or_renames_an_input(vace, cut_every):
    whole = read_document(vace, "doc")
    names = [field.name for field in whole.inputs]
    for end in range(0, len(vace), cut_every):
        document = read_or_refuse(vace[:end])
        if document is not None:
            assert [field.name for field in document.inputs] == names[: len(document.inputs)]
            assert document.inputs == whole.inputs[: len(document.inputs)]


def test_corpus_documents_say_the_same_when_flattened(corpus):
    paths = sorted((corpus / "llms").glob("*.txt"))
    assert paths
    for path in paths:
        data = path.read_bytes()
        document = read_document(data, path.name)
        assert read_document(flatten(data.decode()).encode(), path.name) == document
        assert not document.incomplete
        assert document.inputs


def test_corpus_inputs_account_for_every_word_of_their_section(corpus):
    for path in sorted((corpus / "llms").glob("*.txt")):
        text = flatten(path.read_text(encoding="utf-8"))
        section = text.split("Inputs: ")[1].split(" ## ")[0]
        inputs = read_document(path.read_bytes(), path.name).inputs
        assert flatten("\n".join(lines_of(inputs))) == section


def lines_of(inputs):
    for field in inputs:
        yield f"- name: {field.name} label: {field.label or ''} help: {field.help or ''}"
        yield f"type: {field.type} default: {field.default or ''}"
        if field.options is not None:
            yield "options:"
            for option in field.options:
                yield f'- value: "{option.value}" label: {option.label or ""}'
