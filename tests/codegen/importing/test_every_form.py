"""One spec in every form: each reader gives back all that its form can say, hostile text included."""

import hashlib
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegen.document import forms
from codegen.document.llms_writer import flatten
from wirogen.document.detect import read_document
from wirogen.importing.facts import Facts
from wirogen.importing.merge import Merge
from wirogen.spec.file import dump_model
from wirogen.spec.model import Endpoints, Input, ModelSpec, Option, Source, Statuses
from wirogen.spec.validate import fit
from wirogen.spec.yaml_reader import parse

WRITERS = {
    "openapi.json": forms.as_openapi,
    "tool-detail": forms.as_tool,
    "llms.txt": forms.as_llms,
}
FORMS = sorted(WRITERS)

HOSTILE = [
    '__import__("os").system("id")', "{{ 7*7 }}", "{% import 'os' %}", "${x}", "{0.__class__}",
    "%(a)s", "`id`", "$(id)", "'; DROP", "!!python/name:os.system", "&a *a", "<<", "- a", "#x",
    "yes", "on", "null", "~", "012", "1:30", "81", "5.0", "1e3", "True", "日本語", "🍊 x", "\u00e9",
    "\\N{BULLET}", "\\x41", "../../etc", "C:\\x", "</script>", "a'b", "\u200dx", "[a]", "{a}", "|",
]  # fmt: skip
LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cs", "Cn", "Co", "Z"])
WORDS = st.text(LETTERS, min_size=1, max_size=6).filter(lambda word: not word.endswith(":"))
LINE = st.sampled_from(HOSTILE) | st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
"""A line that every form can say: the flattened one has no other way to tell keys from text."""
LINE = LINE.filter(lambda text: not text.startswith('"') and not text.endswith("- name"))
VALUE = LINE.filter(lambda text: '"' not in text)
NAME = st.from_regex(r"[a-z][a-zA-Z0-9_]{0,9}", fullmatch=True).filter(
    lambda name: name != "prompt"
)
NUMBER = st.integers(-999, 999).map(float)
WIDGET = st.sampled_from(
    ["text", "textarea", "select", "selectwithcover", "combinefileinput", "number", "range",
     "fileinput", "multifileinput", "boolean", "multiselect"]
)  # fmt: skip
COVER = st.none() | st.just("https://cdn.example.com/a.png")


@st.composite
def options(draw):
    values = draw(st.lists(VALUE, max_size=3, unique=True))
    labels = [
        draw(st.none() | LINE.filter(lambda text, value=value: text != value)) for value in values
    ]
    return [
        Option(value=value, label=label, cover=draw(COVER))
        for value, label in zip(values, labels, strict=True)
    ]


@st.composite
def inputs(draw, name):
    bounds = sorted(draw(st.lists(NUMBER, min_size=2, max_size=2)))
    widget = draw(WIDGET)
    chosen = draw(options()) if widget in forms.NAMED - {"combinefileinput"} else None
    numeric = widget in {"number", "range"}
    default = st.integers(int(bounds[0]), int(bounds[1])) if numeric else LINE | st.booleans()
    return Input(
        name=name,
        type=widget,
        label=draw(st.none() | LINE),
        help=draw(st.none() | LINE),
        required=draw(st.booleans()),
        default=draw(st.none() | default),
        minimum=bounds[0],
        maximum=bounds[1],
        step=draw(st.none() | st.just(1.0) | st.just(0.5)),
        min_length=draw(st.none() | st.integers(0, 9)),
        max_length=draw(st.none() | st.integers(9, 10**12)),
        options=chosen,
    )


@st.composite
def specs(draw):
    names = draw(st.lists(NAME, max_size=4, unique=True))
    return ModelSpec(
        model="acme/model",
        title=draw(LINE).upper(),
        kind="media",
        description=draw(st.none() | LINE),
        cover=draw(COVER),
        categories=["tool", "text-to-video"],
        tags=draw(st.lists(st.sampled_from(["a", "b", "new"]), unique=True)),
        computing_time=draw(st.none() | st.just("20 seconds")),
        source=Source(form="llms.txt", sha256="0" * 64),
        endpoints=Endpoints(
            run="https://api.wiro.ai/v1/Run/acme/model",
            detail="https://api.wiro.ai/v1/Task/Detail",
        ),
        statuses=Statuses(
            completed=["task_postprocess_end", "task_cancel"],
            running=["task_queue", "task_start"],
        ),
        inputs=[draw(inputs(name)) for name in names],
    )


def read(text):
    """Import a document, without a folder."""
    data = text.encode()
    document = read_document(data, "doc")
    source = Source(form=document.form, sha256=hashlib.sha256(data).hexdigest())
    return document, Facts(document, source, "doc").spec("acme/model")


def without_source(spec):
    blank = Source(form="llms.txt", sha256="0" * 64)
    return spec.model_copy(update={"source": blank})


@pytest.mark.parametrize("form", FORMS)
@given(spec=specs())
def test_a_form_gives_back_all_that_it_can_say(form, spec):
    document, made = read(WRITERS[form](spec))
    assert document.form == form
    assert not document.incomplete
    expected = without_source(forms.said_in(form, spec))
    assert without_source(made).model_dump() == expected.model_dump()


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=60)
@given(spec=specs())
def test_what_is_imported_survives_yaml(form, spec):
    _, made = read(WRITERS[form](spec))
    assert fit(parse(dump_model(made).encode(), "spec.yaml"), ModelSpec) == made


@given(spec=specs())
def test_flattening_an_llms_txt_changes_nothing(spec):
    text = forms.as_llms(spec)
    assert without_source(read(text)[1]) == without_source(read(flatten(text))[1])


@given(spec=specs())
def test_numbers_and_flags_written_as_texts_are_the_same(spec):
    loose = forms.as_tool(spec, loose=True)
    assert without_source(read(loose)[1]) == without_source(read(forms.as_tool(spec))[1])


@given(spec=specs())
def test_an_array_of_openapi_documents_is_read_as_one_of_them(spec):
    ways = ", ".join(
        f'{{"type": "{way}", "spec": {forms.as_openapi(spec, way=way)}}}'
        for way in ("apikey", "bearer", "signature")
    )
    assert without_source(read(f"[{ways}]")[1]) == without_source(read(forms.as_openapi(spec))[1])


@pytest.mark.parametrize(("first", "second"), list(itertools.permutations(FORMS, 2)))
@settings(max_examples=40)
@given(spec=specs())
def test_a_second_form_adds_what_the_first_could_not_say_and_takes_nothing(first, second, spec):
    """Which of two forms came first decides nothing but the source."""
    _, old = read(WRITERS[first](spec))
    document, new = read(WRITERS[second](spec))
    merged = Merge(old, new, document).merge()
    assert merged.source.form == second
    assert [origin.form for origin in merged.source.earlier] == [first]
    for side in (forms.said_in(first, spec), forms.said_in(second, spec)):
        assert_holds(merged, side, spec)


def assert_holds(merged, side, spec):
    """What `side` says as the whole spec does is in `merged`."""
    for name in ("title", "description", "cover", "categories", "tags", "computing_time",
                 "endpoints", "statuses"):  # fmt: skip
        if getattr(side, name) == getattr(spec, name):
            assert getattr(merged, name) == getattr(spec, name), name
    for kept, said, whole in zip(merged.inputs, side.inputs, spec.inputs, strict=True):
        for name in Input.model_fields:
            if getattr(said, name) == getattr(whole, name):
                assert getattr(kept, name) == getattr(whole, name), (name, kept)
