"""Spec files: what is written is read back, and what is wrong is said with place and way out."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirogen.errors import SpecError
from wirogen.spec.file import dump_model, read_model, read_platform
from wirogen.spec.model import (
    Endpoints,
    Input,
    ModelSpec,
    Option,
    Refinement,
    Source,
    Statuses,
)
from wirogen.spec.validate import fit
from wirogen.spec.yaml_reader import parse
from wirogen.text.unsafe import find_unsafe, remove_unsafe, show_unsafe

HOSTILE = st.sampled_from(
    [
        "", " ", "  x", "x  ", "\n", "x\n", "\nx", "a\n\nb\n\n", "a\n  b", "a \nb", "a\tb", "\t",
        "on", "Yes", "null", "~", "81", "0x1f", "1:30", "1_000", "1e3", ".5", "2024-01-01", "=",
        "<<", "- a", "-", "---", "...", "? a", "a: b", "a:", ": a", "#", "a #b", "a#b", "!t", "&a",
        "*a", "%a", "@a", "`a", "[a]", "{a}", "a, b", '"', "'", "it's", '"""', "\\", "\\n", "|",
        ">", "{{ 7*7 }}", "{% x %}", "${x}", "%s", "{0}", "\N{TANGERINE}", "日本語", "e\u0301",
        "x" * 500, "a " * 300, "\u200d", "\u00ad", "\u00a0", "\u3000x",
    ]
)  # fmt: skip
TEXT = HOSTILE | st.text(st.characters(codec="utf-8"), max_size=30).map(remove_unsafe)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
SCALAR = TEXT | st.integers(-(2**63), 2**63 - 1) | NUMBER | st.booleans()


def extra(values):
    return st.dictionaries(TEXT, values, max_size=2)


def maybe(values):
    return st.none() | values


JSON = st.recursive(SCALAR, lambda inner: st.lists(inner, max_size=2) | extra(inner), max_leaves=4)


OPTION = st.builds(
    Option, value=TEXT, label=maybe(TEXT), cover=maybe(TEXT), extra=maybe(extra(JSON))
)
REFINEMENT = st.builds(
    Refinement,
    why=TEXT,
    kind=maybe(st.sampled_from(["integer", "json"])),
    required=maybe(st.booleans()),
    default=maybe(st.sampled_from(["sent", "server", "sample"])),
    minimum=maybe(NUMBER),
    maximum=maybe(NUMBER),
    url_name=maybe(TEXT),
    python_name=maybe(TEXT),
)
INPUT = st.builds(
    Input,
    name=TEXT.filter(lambda text: 1 <= len(text) <= 64),
    type=TEXT,
    label=maybe(TEXT),
    help=maybe(TEXT),
    required=maybe(st.booleans()),
    default=maybe(SCALAR),
    minimum=maybe(NUMBER),
    step=maybe(NUMBER),
    min_length=maybe(st.integers(0, 10**10)),
    options=maybe(st.lists(OPTION, max_size=3)),
    extra=maybe(extra(JSON)),
    refine=maybe(REFINEMENT),
)
SPEC = st.builds(
    ModelSpec,
    model=st.just("acme/model-1.5"),
    title=TEXT,
    kind=st.sampled_from(["media", "text", "realtime"]),
    description=maybe(TEXT),
    categories=st.lists(TEXT, max_size=2),
    source=st.builds(
        Source, form=st.just("llms.txt"), sha256=st.just("0" * 63 + "e"), incomplete=st.booleans()
    ),
    endpoints=maybe(st.builds(Endpoints, run=TEXT, detail=maybe(TEXT))),
    statuses=maybe(st.builds(Statuses, completed=st.lists(TEXT, max_size=2), running=st.just([]))),
    inputs=st.lists(INPUT, max_size=3),
)


@given(SPEC)
def test_what_is_written_is_read_back_equal(spec):
    text = dump_model(spec)
    reading = parse(text.encode(), "spec.yaml")
    assert fit(reading, ModelSpec) == spec
    assert dump_model(fit(reading, ModelSpec)) == text


@given(st.text(max_size=40))
def test_what_a_spec_may_not_hold_can_be_removed_or_shown(text):
    assert find_unsafe(remove_unsafe(text)) is None
    assert find_unsafe(show_unsafe(text)) is None


@pytest.fixture
def folder(tmp_path, root):
    """A specs folder with the one hand-reviewed spec, to be spoilt."""
    path = tmp_path / "models" / "pruna" / "vace.yaml"
    path.parent.mkdir(parents=True)
    path.write_bytes((root / "specs" / "models" / "pruna" / "vace.yaml").read_bytes())
    return path


def spoil(path: Path, *changes: tuple[str, str]) -> list[str]:
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        read_model(path)
    return [str(problem).removeprefix(f"{path}:") for problem in caught.value.problems]


def line_of(path, text):
    return path.read_text(encoding="utf-8").split(text)[0].count("\n") + 1


class TestReviewedSpec:
    def test_it_is_written_the_way_it_is_read(self, folder):
        assert dump_model(read_model(folder)) == folder.read_text(encoding="utf-8")

    def test_long_lines_stay_lines_and_texts_of_several_lines_become_blocks(self, folder):
        spec = read_model(folder).model_copy(update={"description": "one\n\ntwo\n"})
        text = dump_model(spec)
        assert "description: |\n  one\n\n  two\n" in text
        assert max(map(len, text.split("\n"))) > 160

    def test_what_looks_like_a_number_is_quoted(self, folder):
        text = dump_model(read_model(folder))
        assert all(f'"{value}"' in text for value in ["480p", "16:9", "81", "5"])


class TestShape:
    def test_a_misspelt_key_gets_its_place_and_the_word_that_was_meant(self, folder):
        line = line_of(folder, 'default: "480p"')
        problems = spoil(folder, ('default: "480p"', 'defualt: "480p"'))
        assert problems == [f"{line}:5: inputs[2].defualt: unknown key; did you mean `default`?"]

    def test_an_unknown_key_without_a_likeness_gets_the_list(self, folder):
        problems = spoil(folder, ("why: a count of frames", "why: frames\n      $ref: x"))
        assert "inputs[4].refine.$ref: unknown key; known here: default, kind, " in problems[0]

    def test_all_problems_come_together(self, folder):
        problems = spoil(
            folder,
            ("title: Vace", "titel: Vace"),
            ("kind: media", "kind: medai"),
            ('default: "81"', "default: [81]"),
            ("kind: integer", "kind: intger"),
        )
        assert [problem.split(": ", 2)[1] for problem in problems] == [
            "title", "titel", "kind", "inputs[4].default", "inputs[4].refine.kind",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("old", "new", "says"),
        [
            ("kind: media", "kind: medai", "expected 'media', 'text' or 'realtime', found 'medai'; did you mean `media`?"),
            ("title: Vace", "title: 12", "title: expected text, found 12; quote it"),
            ("title: Vace", "title: true", "title: expected text, found true; quote it"),
            ("title: Vace", "title: [a]", "title: expected text, found a list"),
            ("minimum: 1", 'minimum: "1"', "refine.minimum: expected a number, found '1'"),
            ("minimum: 1", "minimum: true", "refine.minimum: expected a number, found true"),
            ("minimum: 1", "minimum: .inf", "versions of YAML read an unquoted .inf differently"),
            ("minimum: 1", "minimum: 99999999999999999999", "versions of YAML read an unquoted"),
            ('default: "81"', "default: null", "inputs[4].default: nothing is given here"),
            ("model: pruna/vace", "model: ../etc", "model: expected `owner/model` in lower case"),
            ("model: pruna/vace", 'model: "pruna/vace\\n"', "model: expected `owner/model`"),
            ("model: pruna/vace", "model: pruna/асме", "model: expected `owner/model`"),
            ("sha256: c", "sha256: C", "source.sha256: expected 64 lower case hexadecimal digits"),
            ("name: prompt", 'name: ""', "inputs[0].name: expected at least one character"),
        ],
    )  # fmt: skip
    def test_wrong_values_are_named(self, folder, old, new, says):
        assert any(says in problem for problem in spoil(folder, (old, new)))


class TestAgreement:
    @pytest.mark.parametrize(
        ("old", "new", "says"),
        [
            ("model: pruna/vace", "model: pruna/vacy", "2:1: model: the file says pruna/vacy and its path pruna/vace"),
            ("model: pruna/vace", "model: con/vace", "`con` is a device on Windows"),
            ("Run/pruna/vace", "Run/pruna/other", "endpoints.run: the Run endpoint https://api.wiro.ai/v1/Run/pruna/other is not that of pruna/vace"),
            ("cover: https", "cover: http", "cover: 'http://cdn.wiro.ai/uploads/models/pruna-vace-cover.mp4' is not a plain https URL"),
            ("cover: https", "cover: javascript", "is not a plain https URL"),
            ("cover: https://cdn.wiro.ai", "cover: https://cdn.wiro.ai@evil.example", "is not a plain https URL"),
            ("cover: https://cdn.wiro.ai", "cover: https://cdn.wiro.ai:8443", "is not a plain https URL"),
            ("cover: https://cdn.wiro.ai/", 'cover: "https://cdn.wiro.ai/a b', None),
            ("documents/pruna/vace.llms.txt", "documents/../../x", "source.document: 'documents/../../x' is not a path below documents/"),
            ("documents/pruna/vace.llms.txt", "/etc/passwd", "is not a path below documents/"),
            ("name: seed", "name: prompt", "inputs[10].name: 'prompt' is there already, as number 1"),
            ("name: seed", 'name: "  "', "inputs[10].name: a name is missing"),
            ('- value: "720p"', '- value: "480p"', "inputs[2].options[1].value: '480p' is there already, as number 1"),
            ("- use-agent", "- Tool", "categories[1]: 'tool' is there already"),
            ("- use-agent", "- ../x", "categories[1]: '../x' cannot be one of the categories"),
            ("label: Seed", 'label: "a\\nb"', "inputs[10].label: expected one line"),
            ("help: Sampling algorithm", "help: " + "x" * 17_000, "inputs[7].help: 17000 characters are more than"),
        ],
    )  # fmt: skip
    def test_facts_must_agree(self, folder, old, new, says):
        problems = spoil(folder, (old, new))
        assert says is None or any(says in problem for problem in problems)

    @pytest.mark.parametrize(
        ("old", "new", "says"),
        [
            ("minimum: 1", "minimum: 100", "refine.minimum: the documented default 81 of `frameNum` is outside this range; widen"),
            ("minimum: 1", "minimum: 9\n      maximum: 3", "refine.minimum: minimum 9 is more than maximum 3"),
            ("kind: integer\n      minimum: 1", "minimum: 1", "refine.minimum: `frameNum` is no number and has no range; add `kind: integer`"),
            ("kind: integer", "kind: choice", "refine.kind: `frameNum` cannot be of kind choice: it offers no options"),
            ('default: "81"', "default: many", "refine.kind: `frameNum` cannot be of kind integer: 'many' is no number"),
            ('default: "81"', 'default: "8.5"', "cannot be of kind integer: '8.5' is no whole number"),
            ("why: a count of frames", 'why: " "', "refine.why: the reason is missing"),
            ("why: a count of frames", "why: x\n      python_name: class", "'class' cannot name an argument"),
            ("why: a count of frames", "why: x\n      python_name: frameNum", "cannot name an argument; use snake_case"),
            ("kind: media", "kind: media\nclass_name: vace", "class_name: 'vace' cannot name a class"),
            ("label: Images", "label: Images\n    refine:\n      why: x\n      default: sent", None),
        ],
    )  # fmt: skip
    def test_refinements_must_fit_the_facts(self, folder, old, new, says):
        if says is None:
            folder.write_text(folder.read_text("utf-8").replace(old, new, 1), "utf-8")
            assert read_model(folder).inputs[1].refine.default == "sent"
            return
        assert any(says in problem for problem in spoil(folder, (old, new)))

    def test_boolean_needs_two_options(self, folder):
        refine = "label: Speed Mode\n    refine:\n      why: x\n      kind: boolean"
        problems = spoil(folder, ("label: Speed Mode", refine))
        assert "cannot be of kind boolean: it offers 3 options and not two" in problems[0]

    def test_two_arguments_cannot_have_one_name(self, folder):
        pinned = "\n      python_name: steps"
        problems = spoil(
            folder, ("a count of frames", f"frames{pinned}"), ("a count of steps", f"steps{pinned}")
        )
        assert "refine.python_name: 'steps' is there already, as number 5" in problems[0]

    def test_five_hundred_and_one_inputs_are_refused(self, folder):
        many = "".join(f"  - name: n{number}\n    type: text\n" for number in range(500))
        assert "are more than 500" in spoil(folder, ("inputs:\n", f"inputs:\n{many}"))[0]


class TestFiles:
    def test_what_is_no_regular_file_is_refused_and_never_waited_for(self, tmp_path):
        import os

        folder = tmp_path / "a"
        folder.mkdir()
        os.mkfifo(folder / "pipe.yaml")
        (folder / "dir.yaml").mkdir()
        for name, says in [
            ("pipe.yaml", "is not a regular file"),
            ("dir.yaml", "is not a regular file"),
            ("none.yaml", "does not exist"),
        ]:
            with pytest.raises(SpecError, match=says):
                read_model(folder / name)

    def test_ten_megabytes_are_refused_unread(self, tmp_path):
        path = tmp_path / "a" / "b.yaml"
        path.parent.mkdir()
        path.write_bytes(b"a" * 10_000_000)
        with pytest.raises(SpecError, match="more than a spec may have"):
            read_model(path)

    def test_a_platform_status_that_is_neither_running_nor_terminal_is_named(self, root, tmp_path):
        text = (root / "specs" / "platform.yaml").read_text("utf-8")
        path = tmp_path / "platform.yaml"
        path.write_text(text.replace("    - task_accept\n", "    - task_accepted\n", 1), "utf-8")
        with pytest.raises(SpecError, match=r"lifecycle\.order\[1\]: 'task_accepted'"):
            read_platform(path)


def test_texts_that_hide_something_are_never_written(root):
    spec = read_model(root / "specs" / "models" / "pruna" / "vace.yaml")
    with pytest.raises(SpecError, match="description: the text holds U\\+202E"):
        dump_model(spec.model_copy(update={"description": "a\u202eb"}))


@pytest.mark.parametrize(("options", "fits"), [(6600, True), (6700, False)])
def test_no_more_values_are_written_than_are_read(options, fits):
    """Each option is three values: itself, a key, a text."""
    field = Input(name="a", type="select", options=[Option(value=str(at)) for at in range(options)])
    spec = ModelSpec(
        model="a/b", title="t", source=Source(form="llms.txt", sha256="0" * 64), inputs=[field]
    )
    if fits:
        assert fit(parse(dump_model(spec).encode(), "spec.yaml"), ModelSpec) == spec
    else:
        with pytest.raises(SpecError, match="values are more than a spec may have"):
            dump_model(spec)
