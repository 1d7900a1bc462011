"""Every argument is written as the platform's own examples write it, and reads back the same."""

import json
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from wiro_runtime import Files, MediaRequest, Output
from wiro_runtime.errors import InvalidRequest
from wiro_runtime.request import wire


def url_of(file: object) -> str:
    assert isinstance(file, str)
    return file


class Everything(MediaRequest, model="test/everything"):
    text: Annotated[str | None, wire.Text("text")] = None
    choice: Annotated[Literal["", "5", "Juiced 🔥"] | None, wire.Text("choice")] = None
    count: Annotated[int | None, wire.Text("count")] = None
    scale: Annotated[float | None, wire.Text("scale")] = None
    seconds: Annotated[Literal[5, 10] | None, wire.Numeral("seconds")] = None
    top_p: Annotated[float | str | None, wire.Numeral("topP")] = None
    width: Annotated[int | None, wire.Number("width")] = None
    ratio: Annotated[float | None, wire.Number("ratio")] = None
    sample: Annotated[bool | None, wire.Boolean("do_sample")] = None
    sound: Annotated[bool | None, wire.Flag("sound", "on", "off")] = None
    shots: Annotated[dict[str, Any] | list[Any] | str | None, wire.Json("multiPrompt")] = None
    mask: Annotated[Files | None, wire.File("mask")] = None
    document: Annotated[Files | None, wire.File("doc", "docUrl")] = None
    many: Annotated[Files | None, wire.FileList("inputs", "inputsUrl")] = None
    images: Annotated[Files | None, wire.CombinedFiles("images")] = None


words = st.text(st.characters(codec="utf-8"))
urls = st.from_regex(r"https://[a-z]{1,8}\.example/[A-Za-z0-9.,_%-]{0,12}", fullmatch=True)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
structures = st.lists(json_values, max_size=3) | st.dictionaries(words, json_values, max_size=3)
arguments = st.fixed_dictionaries(
    {},
    optional={
        "text": words,
        "choice": st.sampled_from(["", "5", "Juiced 🔥"]),
        "count": st.integers(),
        "scale": st.floats(allow_nan=False, allow_infinity=False),
        "width": st.integers(),
        "ratio": st.floats(allow_nan=False, allow_infinity=False),
        "sample": st.booleans(),
        "sound": st.booleans(),
        "seconds": st.sampled_from([5, 10, 5.0, "5", "10"]),
        "top_p": st.floats(allow_nan=False, allow_infinity=False) | st.integers() | words,
        "shots": structures | structures.map(json.dumps),
        "mask": urls,
        "document": urls,
        "many": st.lists(urls, max_size=4),
        "images": st.lists(urls, max_size=4),
    },
)


@given(arguments)
def test_what_is_written_reads_back_the_same(given_arguments):
    request = Everything(**given_arguments)
    body = json.loads(json.dumps(request.to_wire()))
    assert Everything.from_wire(body) == request


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_numbers_in_text_have_no_exponent_and_no_needless_fraction(number):
    text = wire.Text("n").write(number, url_of)
    assert "e" not in text.lower()
    assert not text.endswith(".0")
    assert type(number)(text) == number


@pytest.mark.parametrize(
    ("given_value", "held"),
    [
        (0.7, 0.7),
        ("0.7", 0.7),
        (5.0, 5),
        ("5", 5),
        ("-0", "-0"),
        (1e300, 1e300),
        ("0.70", "0.70"),
        ("007", "007"),
        ("1e3", "1e3"),
        ("auto", "auto"),
        ("", ""),
        ("12345678901234567891", "12345678901234567891"),
        (12345678901234567891, "12345678901234567891"),
        ("9" * 500, "9" * 500),
        (10**500, str(10**500)),
        ("٣", "٣"),
    ],
)
def test_a_numeral_is_a_number_where_its_text_is_that_number(given_value, held):
    request = Everything(top_p=given_value)
    assert request.top_p == held
    assert type(request.top_p) is (str if isinstance(held, str) else float)
    if isinstance(given_value, str):
        assert request.to_wire() == {"topP": given_value}


@pytest.mark.parametrize("value", [5, "5", 5.0])
def test_a_choice_between_numbers_tolerates_its_text(value):
    assert Everything(seconds=value).to_wire() == {"seconds": "5"}
    assert Everything(seconds=value).seconds == 5


@pytest.mark.parametrize("value", [7, "7", "5.0", "five", True])
def test_a_choice_between_numbers_is_closed(value):
    with pytest.raises(InvalidRequest, match=r"not offered|no yes/no switch"):
        Everything(seconds=value)


def test_a_structure_is_copied_and_normal():
    shots = [{"prompt": "a deer", "at": (1, 2)}]
    request = Everything(shots=shots)
    shots.clear()
    assert request.shots == [{"prompt": "a deer", "at": [1, 2]}]
    assert Everything(shots='[{"prompt": "a deer", "at": [1, 2]}]') == request
    assert Everything(shots="").to_wire() == {"multiPrompt": ""}


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("[{", "'[{' is not JSON: "),
        ("a deer", "'a deer' is not JSON"),
        ('"a deer"', "expected a list, a dict or their JSON text"),
        (7, "expected a list, a dict or their JSON text, got '7'"),
        ("[NaN]", "'[NaN]' is not JSON: JSON has no NaN"),
        ([float("nan")], "JSON cannot say it: "),
        ({"when": object()}, "JSON cannot say it: "),
        ("[" * 100_000, "is not JSON: "),
    ],
)
def test_what_is_no_structure_is_refused_with_the_reason(value, sentence):
    with pytest.raises(InvalidRequest) as caught:
        Everything(shots=value)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("encoding", "value", "written"),
    [
        (wire.Text("n"), 81, "81"),
        (wire.Text("n"), 5.0, "5"),
        (wire.Text("n"), 0.1, "0.1"),
        (wire.Text("n"), 1e-7, "0.0000001"),
        (wire.Text("n"), Decimal("2.50"), "2.5"),
        (wire.Text("n"), "Lightly Juiced 🍊", "Lightly Juiced 🍊"),
        (wire.Number("n"), 5.0, 5),
        (wire.Number("n"), 5.5, 5.5),
        (wire.Boolean("n"), True, True),
        (wire.Flag("n"), False, "false"),
        (wire.Flag("n", "on", "off"), True, "on"),
        (wire.Json("n"), [{"prompt": "é"}], '[{"prompt":"é"}]'),
        (wire.FileList("n"), ("https://a/1", "https://a/2"), "https://a/1,https://a/2"),
        (wire.FileList("n"), ("https://a/1,2",), "https://a/1%2C2"),
        (wire.CombinedFiles("n"), ("https://a/1",), ["https://a/1"]),
    ],
)
def test_each_encoding_writes_its_documented_form(encoding, value, written):
    result = encoding.write(value, url_of)
    assert (result, type(result)) == (written, type(written))


def test_a_file_with_a_url_sibling_travels_under_the_sibling():
    body = Everything(document="https://a/b.pdf", many="https://a/c.pdf").to_wire()
    assert body == {"docUrl": "https://a/b.pdf", "inputsUrl": "https://a/c.pdf"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"doc": "https://a/b", "docUrl": ""}, {"document": "https://a/b"}),
        ({"doc": "", "docUrl": ""}, {"document": wire.EMPTY}),
        ({"images": "https://a/b"}, {"images": "https://a/b"}),
        ({"inputs": ["https://a/b", "https://a/c"]}, {"many": ["https://a/b", "https://a/c"]}),
        ({"count": 7, "scale": "1e3"}, {"count": 7, "scale": "1e3"}),
        ({"choice": 5}, {"choice": "5"}),
        ({"multiPrompt": ""}, {"shots": ""}),
        ({"do_sample": "true"}, {"sample": True}),
    ],
)
def test_other_clients_ways_of_writing_are_read(body, expected):
    assert Everything.from_wire(body) == Everything(**expected)


def test_another_runs_output_travels_as_its_url():
    output = Output("0.png", "image/png", 10, "https://cdn/0.png")
    assert Everything(images=[output]).to_wire() == {"images": ["https://cdn/0.png"]}


def test_a_malformed_body_names_argument_and_wire_name():
    with pytest.raises(InvalidRequest) as caught:
        Everything.from_wire({"multiPrompt": "[{", "widht": 3})
    assert [problem.argument for problem in caught.value.problems] == ["widht", "shots"]
    assert "did you mean width?" in str(caught.value)


class Numbers(MediaRequest, model="acme/numbers"):
    free: Annotated[float | None, wire.Text("free")] = None
    ranged: Annotated[float | None, Field(ge=0, le=10), wire.Text("ranged")] = None
    whole: Annotated[int | None, wire.Text("whole")] = None
    number: Annotated[float | None, wire.Number("number")] = None


@pytest.mark.parametrize(
    ("argument", "given_value", "written"),
    [
        ("free", 9007199254740993, "9007199254740993"),
        ("free", "9007199254740993", "9007199254740993"),
        ("free", 36028797018963968.0, "36028797018963968"),
        ("free", "2.10", "2.10"),
        ("free", "01234", "01234"),
        ("free", "+15551234", "+15551234"),
        ("free", Decimal("0.10000000000000000000001"), "0.10000000000000000000001"),
        ("ranged", "2.50", "2.50"),
        ("whole", "007", "007"),
        ("whole", 2**70, str(2**70)),
        ("number", 9007199254740993, 9007199254740993),
        ("number", "9007199254740993", 9007199254740993),
        ("number", "2.5", 2.5),
    ],
)
def test_a_number_reaches_the_wire_digit_by_digit(argument, given_value, written):
    request = Numbers(**{argument: given_value})
    assert request.to_wire() == {argument: written}
    assert Numbers.from_wire(request.to_wire()) == request


@pytest.mark.parametrize("value", ["12.5", 12.5, -1, "-1", "eleven", True, float("nan")])
def test_digits_that_are_kept_are_checked_all_the_same(value):
    with pytest.raises(InvalidRequest, match="ranged"):
        Numbers(ranged=value)


class Either(MediaRequest, model="acme/either", content=("prompt", "image", "plan")):
    prompt: Annotated[str | None, wire.Text("prompt")] = None
    image: Annotated[Files | None, wire.CombinedFiles("image")] = None
    plan: Annotated[Any, wire.Json("plan")] = None
    steps: Annotated[float, wire.Text("steps")] = 5


@pytest.mark.parametrize(
    "nothing", [{}, {"prompt": " "}, {"image": []}, {"plan": []}, {"steps": 9}]
)
def test_a_call_without_anything_to_work_on_is_refused(nothing):
    with pytest.raises(InvalidRequest) as refusal:
        Either(**nothing)
    assert str(refusal.value).startswith("Either: prompt, image or plan: give at least one of them")


@pytest.mark.parametrize("content", [{"prompt": "x"}, {"image": "https://a/b"}, {"plan": [1]}])
def test_any_of_its_inputs_will_do(content):
    assert Either(**content).to_wire().keys() == {*content, "steps"}
