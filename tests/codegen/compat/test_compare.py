"""Every kind of change is classed as a caller would feel it."""

import io
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirogen.compat.change import Change, Severity
from wirogen.compat.compare import compare, worst
from wirogen.plan.model import ModelPlan, plan_model
from wirogen.spec.file import read_model
from wirogen.spec.folder import packaged_folder
from wirogen.spec.model import Input, ModelSpec, Option, Price, Refinement

SPECS = packaged_folder()
VACE = read_model(SPECS / "models/pruna/vace.yaml")
BREAKING, PRICE = Severity.BREAKING, Severity.PRICE
ADDITIVE, COSMETIC = Severity.ADDITIVE, Severity.COSMETIC


def package(*specs: ModelSpec) -> list[ModelPlan]:
    plans = [plan_model(spec) for spec in specs]
    assert all(isinstance(plan, ModelPlan) for plan in plans)
    return plans


def difference(old: ModelSpec, new: ModelSpec) -> list[tuple[Severity, str | None, str]]:
    return [(c.severity, c.argument, c.message) for c in compare(package(old), package(new))]


def with_input(name: str, **update) -> ModelSpec:
    """Vace with one input changed."""
    assert any(one.name == name for one in VACE.inputs)
    changed = [one.model_copy(update=update) if one.name == name else one for one in VACE.inputs]
    return VACE.model_copy(update={"inputs": changed})


def without(name: str) -> ModelSpec:
    return VACE.model_copy(update={"inputs": [one for one in VACE.inputs if one.name != name]})


def plus(one: Input) -> ModelSpec:
    return VACE.model_copy(update={"inputs": [*VACE.inputs, one]})


def options(*values: str) -> list[Option]:
    return [Option(value=value) for value in values]


def refine(**facts) -> Refinement:
    return Refinement(why="a test", **facts)


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (without("seed"), [(BREAKING, "seed", "the argument is gone")]),
        (
            plus(Input(name="style", type="text", refine=refine(required=True))),
            [(BREAKING, "style", "a new argument, and it is required")],
        ),
        (
            plus(Input(name="style", type="text")),
            [(ADDITIVE, "style", "a new argument")],
        ),
        (
            plus(Input(name="fps", type="number", default=24)),
            [(ADDITIVE, "fps", "a new argument, 24 when left out")],
        ),
        (
            with_input("resolution", options=options("480p", "720p", "1080p")),
            [(ADDITIVE, "resolution", "'1080p' is offered now")],
        ),
        (
            with_input("resolution", options=options("480p")),
            [(BREAKING, "resolution", "'720p' is no longer offered")],
        ),
        (
            with_input("resolution", options=options("480", "720"), default="480"),
            [
                (BREAKING, "resolution", "'480p' is no longer offered"),
                (BREAKING, "resolution", "'720p' is no longer offered"),
                (
                    BREAKING,
                    "resolution",
                    "a call that leaves it out asks for something else: '480p' before, 480 now",
                ),
                (ADDITIVE, "resolution", "480 is offered now"),
                (ADDITIVE, "resolution", "720 is offered now"),
                (COSMETIC, "resolution", "the same value is written differently on the wire"),
            ],
        ),
        (
            with_input("sampleShift", default=None, refine=None),
            [
                (
                    BREAKING,
                    "sample_shift",
                    "a call that leaves it out asks for something else: 16 before, nothing sent now",
                ),
                (ADDITIVE, "sample_shift", "its kind was number and is now number or string"),
                (COSMETIC, "sample_shift", "the same value is written differently on the wire"),
            ],
        ),
        (
            with_input("resolution", options=None),
            [
                (
                    BREAKING,
                    "resolution",
                    (
                        "a call that leaves it out asks for something else: "
                        "'480p' before, nothing sent now"
                    ),
                ),
                (ADDITIVE, "resolution", "its kind was choice and is now string"),
            ],
        ),
        (
            with_input("frameNum", default="49"),
            [
                (
                    BREAKING,
                    "frame_num",
                    "a call that leaves it out asks for something else: 81 before, 49 now",
                )
            ],
        ),
        (
            with_input("frameNum", refine=refine(kind="number", minimum=1)),
            [(ADDITIVE, "frame_num", "its kind was integer and is now number")],
        ),
        (
            with_input("guidanceScale", refine=refine(kind="integer")),
            [(BREAKING, "guidance_scale", "its kind was number and is now integer")],
        ),
        (
            with_input("seed", refine=refine(kind="integer", minimum=10)),
            [(BREAKING, "seed", "it took at least 0 and takes at least 10")],
        ),
        (
            with_input("seed", refine=refine(kind="integer")),
            [(ADDITIVE, "seed", "it took at least 0 and takes any value (at least nothing)")],
        ),
        (
            with_input("seed", refine=refine(kind="integer", minimum=0, maximum=99999)),
            [(BREAKING, "seed", "it took any value (at most nothing) and takes at most 99999")],
        ),
        (
            with_input("prompt", refine=refine(required=False, default="sample")),
            [(ADDITIVE, "prompt", "it may be left out now")],
        ),
        (
            with_input("inputImage", refine=refine(required=True)),
            [(BREAKING, "input_image", "it is required now")],
        ),
        (
            with_input("seed", refine=refine(kind="integer", minimum=0, python_name="random_seed")),
            [(BREAKING, "random_seed", "the argument was called `seed`")],
        ),
        (
            with_input("seed", help="Any whole number"),
            [(COSMETIC, "seed", "its documentation is worded differently")],
        ),
        (
            VACE.model_copy(update={"description": "Another sentence"}),
            [(COSMETIC, None, "the description is worded differently")],
        ),
        (
            VACE.model_copy(update={"inputs": [*VACE.inputs[1:], VACE.inputs[0]]}),
            [(COSMETIC, None, "the arguments stand in another order")],
        ),
        (
            VACE.model_copy(update={"class_name": "VaceVideo"}),
            [(BREAKING, None, "the class was `Vace` and is now `VaceVideo`")],
        ),
        (
            VACE.model_copy(update={"kind": "text"}),
            [
                (
                    BREAKING,
                    None,
                    "the base class, and with it the result type, was `MediaRequest` and is now `TextRequest`",
                )
            ],
        ),
    ],
    ids=lambda value: value[0][2][:60] if isinstance(value, list) else "",
)
def test_each_change_has_its_class(new, expected):
    assert difference(VACE, new) == expected


def test_a_renamed_constant_breaks_those_who_spell_it():
    values = ["Lightly Juiced 🍊 (more consistent)", "Very Juiced 🔥 (more speed)"]
    new = with_input("speedMode", options=options(*values))
    found = difference(VACE, new)
    assert (
        BREAKING,
        "speed_mode",
        ascii("Juiced 🔥 (more speed)") + " is no longer offered",
    ) in found
    assert not [message for _, _, message in found if "LIGHTLY_JUICED" in message]


def test_models_that_come_and_go():
    other = VACE.model_copy(update={"model": "pruna/vice"})
    assert compare(package(VACE, other), package(VACE)) == [
        Change(BREAKING, "pruna/vice", None, "the model is gone")
    ]
    assert compare(package(VACE), package(VACE, other)) == [
        Change(ADDITIVE, "pruna/vice", None, "a new model")
    ]


def test_the_worst_comes_first():
    changes = compare(
        package(VACE), package(with_input("resolution", options=options("480p", "4k")))
    )
    assert [change.severity for change in changes] == [BREAKING, ADDITIVE]
    assert worst(changes) is BREAKING
    assert worst([]) is None


@given(st.permutations(VACE.inputs))
def test_the_order_of_inputs_alone_never_breaks(inputs):
    changes = compare(package(VACE), package(VACE.model_copy(update={"inputs": inputs})))
    assert worst(changes) in {None, COSMETIC}


@given(
    st.lists(
        st.sampled_from([one.name for one in VACE.inputs if one.name != "prompt"]), unique=True
    )
)
def test_what_is_additive_one_way_is_breaking_the_other(gone):
    fewer = VACE.model_copy(update={"inputs": [one for one in VACE.inputs if one.name not in gone]})
    there, back = compare(package(fewer), package(VACE)), compare(package(VACE), package(fewer))
    assert {change.severity for change in there} == ({ADDITIVE} if gone else set())
    assert {change.severity for change in back} == ({BREAKING} if gone else set())


def model(*inputs: Input, **facts) -> ModelSpec:
    return VACE.model_copy(update={"inputs": list(inputs), **facts})


def choice(*values: str, **facts) -> Input:
    return Input(name="mode", type="select", options=options(*values), required=False, **facts)


def number(kind="number", **facts) -> Input:
    return Input(
        name="mode", type=kind, step=1 if kind == "range" else None, required=False, **facts
    )


TEXT = Input(name="mode", type="text", required=False, refine=refine(kind="string"))


class TestAcceptedValues:
    """What a caller gave yesterday is taken today, or the change is breaking; in both directions."""

    @pytest.mark.parametrize(
        ("narrow", "wide"),
        [
            (choice("5", "10"), choice("5", "10", "15")),
            (choice("a", "b"), TEXT),
            (choice("5", "10"), number("range", minimum=5, maximum=10)),
            (choice("5", "10"), number()),
            (number("range", minimum=1, maximum=4), number("range", minimum=0, maximum=4)),
            (number("range", minimum=1, maximum=4), number("range", minimum=1)),
            (number("range", minimum=1, maximum=4), number("number", minimum=1, maximum=4)),
        ],
    )
    def test_wider_is_additive_and_narrower_is_breaking(self, narrow, wide):
        assert worst(compare(package(model(narrow)), package(model(wide)))) is ADDITIVE
        assert worst(compare(package(model(wide)), package(model(narrow)))) is BREAKING

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (choice("5", "10"), TEXT),
            (choice("5", "10"), choice("5s", "10s")),
            (number("range"), TEXT),
            (Input(name="mode", type="boolean", required=False), choice("a", "b")),
        ],
    )
    def test_values_that_neither_side_shares_are_breaking_both_ways(self, one, other):
        assert worst(compare(package(model(one)), package(model(other)))) is BREAKING
        assert worst(compare(package(model(other)), package(model(one)))) is BREAKING

    def test_a_choice_outside_the_range_that_follows_is_named(self):
        new = model(number("range", minimum=6, maximum=20))
        assert difference(model(choice("5", "10")), new) == [
            (BREAKING, "mode", "5 is no longer offered"),
            (ADDITIVE, "mode", "its kind was choice and is now integer"),
            (COSMETIC, "mode", "the same value is written differently on the wire"),
            (COSMETIC, "mode", "its step was none and is 1"),
        ]

    def test_constants_go_with_the_choices_they_name(self):
        gone = difference(model(choice("a b", "c d")), model(TEXT))
        assert [message for severity, _, message in gone if severity is BREAKING] == [
            "the constant `Mode.A_B` is gone",
            "the constant `Mode.C_D` is gone",
        ]

    def test_a_call_without_content_that_was_taken_is_breaking(self):
        files = Input(name="inputImage", type="combinefileinput")
        prompt = Input(name="prompt", type="textarea", help="optional")
        flag = Input(name="mode", type="boolean", required=True)
        for changes in ([files, prompt], [files]):
            found = difference(model(flag), model(flag, *changes))
            assert BREAKING in {severity for severity, _, _ in found}


class TestNames:
    def test_an_input_is_paired_by_what_callers_write(self):
        old, new = (TEXT.model_copy(update={"name": name}) for name in ("frameNum", "frame_num"))
        assert difference(model(old), model(new)) == [
            (COSMETIC, "frame_num", "it is sent as 'frame_num', not 'frameNum'")
        ]


class TestCosmetic:
    def test_a_step_is_told(self):
        old, new = (number("range", maximum=9).model_copy(update={"step": s}) for s in (1, 2))
        assert difference(model(old), model(new)) == [
            (COSMETIC, "mode", "its step was 1 and is 2")
        ]  # fmt: skip

    def test_a_label_of_a_choice_is_told(self):
        old, new = (
            Input(name="mode", type="select", options=[Option(value="a", label=label)])
            for label in ("X", "Y")
        )
        assert difference(model(old), model(new)) == [
            (COSMETIC, "mode", "its choices are labelled differently")
        ]

    @pytest.mark.parametrize(
        ("facts", "message"),
        [
            ({"approximate_cost": "0.02"}, "an average run cost not said and costs 0.02 USD"),
            (
                {"computing_time": "2 minutes"},
                "the time that it takes was not said and is 120 seconds",
            ),
        ],
    )
    def test_what_a_run_usually_takes_is_told(self, facts, message):
        assert (COSMETIC, None, message) in difference(model(TEXT), model(TEXT, **facts))


def price(amount: str, inputs: dict[str, str] | None = None, **facts) -> Price:
    return Price(price=amount, inputs=inputs, **facts)


class TestPrices:
    """What a call costs is a kind of its own: no call fails, and somebody pays another sum."""

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            (
                [price("0.1")],
                [price("0.2")],
                "a run cost 0.1 USD per request and costs 0.2 USD per request",
            ),
            (
                [price("0.2")],
                [price("0.1")],
                "a run cost 0.2 USD per request and costs 0.1 USD per request",
            ),
            ([], [price("0.1")], "what a run costs by its inputs is stated now"),
            ([price("0.1")], [], "what a run costs by its inputs is no longer stated"),
            (
                [price("0.1")],
                [price("0.1", method="cps")],
                "a run cost 0.1 USD per request and costs 0.1 USD per second",
            ),
            (
                [price("0.1", {"mode": "a"})],
                [price("0.1", {"mode": "a"}, extra="0.05")],
                'a run where `mode` is "a" cost 0.1 USD per request and costs 0.1 USD per request, 0.05 for each further',
            ),
            (
                [price("0.1")],
                [price("0.1"), price("0.3", {"inputImage": "QUANTITY:2"})],
                "a run where `inputImage` has 2 or more has a price of its own now: 0.3 USD per request",
            ),
            (
                [price("0.1"), price("0.3", {"mode": "a"})],
                [price("0.1")],
                'a run where `mode` is "a" has no price of its own any more',
            ),
            (
                [price("0.1", {"mode": "a"}), price("0.3", {"size": "b"})],
                [price("0.3", {"size": "b"}), price("0.1", {"mode": "a"})],
                "its prices stand in another order: where two fit a call alike, the first counts",
            ),
        ],
    )
    def test_another_price_is_told(self, old, new, message):
        found = difference(model(TEXT, price=old), model(TEXT, price=new))
        assert found == [(PRICE, None, message)]

    def test_another_price_of_a_second_is_told(self):
        found = difference(model(TEXT, cps="0.001"), model(TEXT, cps="0.002"))
        assert found == [(PRICE, None, "the price of a second was 0.001 USD and is 0.002 USD")]

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ([price("0.1")], [price("0.1", method="cpr")]),
            (
                [price("0.1", {"mode": "a"}), price("0.3", {"mode": "b"})],
                [price("0.3", {"mode": "b"}), price("0.1", {"mode": "a"})],
            ),
            (
                [price("0.1", {"mode": "a", "size": "s"})],
                [price("0.1", {"size": "s", "mode": "a"})],
            ),
            ([price("0.1")], [price("0.1"), price("9")]),
        ],
    )
    def test_the_same_prices_told_otherwise_are_no_change(self, old, new):
        assert difference(model(TEXT, price=old), model(TEXT, price=new)) == []


class TestCommand:
    @pytest.fixture
    def run(self, capsys):
        from wirogen.cli import main

        def run(*arguments) -> tuple[int, str, str]:
            code = main(["diff", *map(str, arguments)])
            return code, *capsys.readouterr()

        return run

    @pytest.fixture
    def newer(self, tmp_path) -> Path:
        path = tmp_path / "pruna" / "vace.yaml"
        path.parent.mkdir()
        text = (SPECS / "models/pruna/vace.yaml").read_text(encoding="utf-8")
        path.write_text(text.replace('- value: "720p"', '- value: "1080p"'), encoding="utf-8")
        return path

    def test_the_exit_code_says_the_worst_class(self, run, newer):
        spec = SPECS / "models/pruna/vace.yaml"
        assert run(spec, spec)[:2] == (0, "no change for callers\n")
        code, out, _ = run(spec, newer)
        assert code == 30
        assert out.splitlines()[-1] == "1 breaking, 1 additive"

    def test_a_price_has_an_exit_code_of_its_own(self, run, tmp_path):
        spec = SPECS / "models/pruna/vace.yaml"
        (tmp_path / "pruna").mkdir()
        priced = tmp_path / "pruna" / "vace.yaml"
        priced.write_text(f'{spec.read_text(encoding="utf-8")}cps: "0.002"\n', encoding="utf-8")
        code, out, _ = run(spec, priced)
        assert (code, out.splitlines()[-1]) == (25, "1 price")

    def test_json_for_release_scripts(self, run, newer):
        import json

        code, out, _ = run(SPECS / "models/pruna/vace.yaml", newer, "--json")
        assert code == 30
        assert json.loads(out)[0] == {
            "severity": "breaking",
            "model": "pruna/vace",
            "argument": "resolution",
            "message": "'720p' is no longer offered",
        }

    def test_a_fresh_document_is_compared_with_refinements_kept(self, run):
        assert run(SPECS, SPECS / "documents/pruna/vace.llms.txt")[:2] == (
            0,
            "no change for callers\n",
        )

    def test_a_document_with_news(self, run, tmp_path):
        text = (SPECS / "documents/pruna/vace.llms.txt").read_text(encoding="utf-8")
        fresh = tmp_path / "vace.txt"
        fresh.write_text(text.replace("default: 81", "default: 49"), encoding="utf-8")
        code, out, _ = run(SPECS / "models/pruna/vace.yaml", fresh)
        assert code == 30
        assert (
            "pruna/vace.frame_num  a call that leaves it out asks for something else: 81 before, 49 now"
            in out
        )

    def test_a_refresh_is_read_before_it_is_written(self, run, tmp_path):
        """A folder of documents beside a specs folder: only their models, and nothing is written."""
        specs = tmp_path / "specs"
        shutil.copytree(SPECS / "models/pruna", specs / "models/pruna")
        before = sorted((path, path.stat().st_mtime_ns) for path in specs.rglob("*"))
        text = (SPECS / "documents/pruna/vace.llms.txt").read_text(encoding="utf-8")
        (tmp_path / "new").mkdir()
        (tmp_path / "new/a.txt").write_text(text.replace("label: 720p", "label: HD"), "utf-8")
        code, out, _ = run(specs, tmp_path / "new")
        assert code == 10
        assert "its choices are labelled differently" in out
        assert sorted((path, path.stat().st_mtime_ns) for path in specs.rglob("*")) == before

    def test_standard_input_is_a_document(self, run, monkeypatch):
        data = (SPECS / "documents/pruna/vace.llms.txt").read_bytes()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert run(SPECS, "-")[0] == 0
        assert run("-", "-")[0] == 2

    def test_a_document_that_cannot_be_read_is_an_error(self, run, tmp_path):
        (tmp_path / "bad.txt").write_bytes(b"")
        code, _, err = run(SPECS, tmp_path / "bad.txt")
        assert (code, "the document is empty" in err) == (3, True)

    def test_specs_that_are_the_same_byte_for_byte_are_not_even_read(
        self, run, tmp_path, monkeypatch
    ):
        shutil.copytree(SPECS / "models", tmp_path / "models")
        monkeypatch.setattr("wirogen.spec.folder.read_model", None)
        assert run(SPECS, tmp_path)[:2] == (0, "no change for callers\n")

    def test_what_is_not_there_is_named(self, run):
        code, _, err = run("no-such.yaml", SPECS)
        assert code == 2
        assert err == "wirogen: no-such.yaml: there is no such file or folder\n"
