"""Strict YAML: what is refused, where the message points, and that limits hold early."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from wirogen.errors import SpecError
from wirogen.spec import yaml_reader
from wirogen.spec.yaml_reader import MAX_BYTES, MAX_DEPTH, parse
from wirogen.spec.yaml_scalar import UnclearScalarError, needs_quotes, read_plain


@pytest.fixture(params=["libyaml", "python"], autouse=True)
def loader(request, monkeypatch):
    """Both of PyYAML's scanners: machines without libyaml must refuse the same."""
    if request.param == "python":
        monkeypatch.setattr(yaml_reader, "_Loader", yaml.SafeLoader)


def read(text):
    reading = parse(text if isinstance(text, bytes) else text.encode(), "x.yaml")
    if reading.problems:
        raise SpecError(reading.problems)
    return reading.value


def refusal(text):
    with pytest.raises(SpecError) as caught:
        read(text)
    return str(caught.value)


class TestScalars:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("true", True), ("false", False), ("0", 0), ("-12", -12), ("1.50", 1.5),
            ("-0.1", -0.1), ("1.0e-07", 1e-07), ("9223372036854775807", 2**63 - 1),
            ("480p", "480p"), ("1:1 wide", "1:1 wide"), ("dpm++", "dpm++"), ("None", "None"),
            ("e5", "e5"), (".", "."), ("-", "-"), ("a=b", "a=b"), ("infinite", "infinite"),
        ],
    )  # fmt: skip
    def test_an_unquoted_scalar_has_one_reading(self, text, value):
        result = read_plain(text)
        assert (result, type(result)) == (value, type(value))

    @pytest.mark.parametrize(
        "text",
        [
            "yes", "no", "on", "off", "On", "NO", "y", "N", "True", "FALSE", "12:30:45", "16:9",
            "1:1", "017", "0o17", "0x1F", "0b11", "1_000", "+5", "1.", ".5", "1e3", "1.5e3", "1E5",
            "2024-01-01", "2024-01-01 10:00:00", "2001-12-14t21:59:43.10-05:00", "=", "<<",
            ".nan", ".inf", "-.inf", "1.0e+999", "9" * 19, "9" * 400, "9" * 5000, "-0x1",
            "null", "Null", "NULL", "~", "",
        ],
    )  # fmt: skip
    def test_what_versions_of_yaml_read_differently_must_be_quoted(self, text):
        with pytest.raises(UnclearScalarError):
            read_plain(text)
        assert needs_quotes(text)

    @pytest.mark.parametrize("text", ["on", "1_000", "16:9", "null", ""])
    def test_the_message_shows_place_and_way_out(self, text):
        message = refusal(f"a:\n  b: {text}\n")
        assert message.startswith("x.yaml:2:")
        assert ": a.b: " in message
        assert '"' in message

    @given(st.text(st.sampled_from("0123456789abefinoxyzNTE.:_+-=<~ tru"), max_size=12))
    def test_another_reader_agrees_with_every_scalar_that_is_accepted(self, text):
        """PyYAML reads YAML 1.1; json reads what all versions of YAML share."""
        try:
            value = read_plain(text)
        except UnclearScalarError:
            return
        if isinstance(value, str):
            assert value == text
            if text.strip() == text and not text.startswith(("-", ": ", "? ")):
                try:
                    other = yaml.safe_load(text)
                except yaml.YAMLError:
                    return
                assert other == text or isinstance(other, dict)
        else:
            assert json.loads(text) == value
            assert yaml.safe_load(text) == value

    def test_quoted_scalars_are_texts(self):
        assert read('a: "81"\nb: \'on\'\nc: ""\nd: |\n  12\n') == {
            "a": "81", "b": "on", "c": "", "d": "12\n",
        }  # fmt: skip


class TestRefused:
    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("a: !!python/object/apply:os.system [id]", "x.yaml:1:4: a: tag tag:yaml.org,2002:py"),
            ("a: !!python/name:os.system ''", "x.yaml:1:4: a: tag"),
            ("a: !foo b", "x.yaml:1:4: a: tag !foo"),
            ("a: !!binary aGk=", "x.yaml:1:4: a: tag"),
            ("a: !!set {b}", "x.yaml:1:4: a: tag"),
            ("a: &x 1", "x.yaml:1:4: a: anchor &x"),
            ("a: &x [*x]", "alias *x; write the value out"),
            ("a: {b: 1}\nc: *nope", "x.yaml:2:4: c: alias *nope"),
            ("a: {<<: {b: 1}}", "x.yaml:1:5: a: merge key <<; write the keys out"),
            ("a: 1\nb: 2\na: 3", "x.yaml:3:1: a: key given twice, first on line 1"),
            ("a:\n  - b: 1\n    b: 2", "x.yaml:3:5: a[0].b: key given twice, first on line 2"),
            ("a: 1\n---\nb: 2", "x.yaml:2:1: a second document begins; keep one per file"),
            ("%YAML 1.1\n---\na: 1", "x.yaml:1:1: a YAML directive has no place here"),
            ("? [a]\n: 1", "a key must be a word; quote it or rename it"),
            ("1: a", "a key must be a word; quote it or rename it"),
            ("~: a", "nothing is given here"),
            ("a:\n\t- b", "x.yaml:2:1: a: not YAML: "),
            ("a: [1, 2", "not YAML: "),
            ("", "x.yaml: the file is empty"),
            ("# only a comment\n", "x.yaml: the file is empty"),
            ('a: "x\\u202ey"', "x.yaml:1:4: a: the text holds U+202E; remove the character"),
            ('a: "\\0"', "x.yaml:1:4: a: the text holds U+0000"),
            ('"\\u200b": 1', "the text holds U+200B"),
            ("a: b\u2028c", "x.yaml:1:5: holds the character U+2028"),
            ("a: b  # \u202e", "x.yaml:1:9: holds the character U+202E"),
            ("a: \x1b[31m", "x.yaml:1:4: holds the character U+001B"),
            (b"a: 1\nb: \xff", "x.yaml:2: byte 8 is not UTF-8; save the file as UTF-8"),
            ("a: 1".encode("utf-16"), "x.yaml:1: byte 0 is not UTF-8"),
        ],
    )
    def test_surprises_are_named_with_their_place(self, text, says):
        assert says in refusal(text)

    def test_all_that_can_be_read_past_is_reported_together(self):
        assert len(refusal("a: on\nb: &x 1\nc: !t d\na: 2\n").split("\n")) == 4

    def test_a_billion_laughs_end_at_the_first_alias(self):
        bomb = "a0: &a0 [1]\n" + "".join(
            f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 26)
        )
        assert "alias *a0" in refusal(bomb)

    @pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
    def test_nesting_ends_at_the_limit_and_not_in_the_stack(self, opening):
        deep = opening * (MAX_BYTES // len(opening) - 1)
        column = MAX_DEPTH * len(opening) + 1
        assert refusal(deep).startswith(f"x.yaml:1:{column}: ")
        assert f"nested deeper than {MAX_DEPTH} levels" in refusal(deep)

    @pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
    def test_our_limit_is_judged_before_what_the_library_finds_further_on(self, opening):
        assert f"nested deeper than {MAX_DEPTH} levels" in refusal(opening * (MAX_DEPTH + 1) + "@")
        assert "not YAML" in refusal(opening * MAX_DEPTH + "@")

    def test_sixteen_levels_are_fine(self):
        assert read("[" * MAX_DEPTH + "]" * MAX_DEPTH)
        assert "nested deeper" in refusal("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))

    def test_size_and_number_of_values_are_limited(self):
        assert "are more than a spec may have" in refusal(b"a" * (MAX_BYTES + 1))
        assert "more than 20000 values" in refusal("- 1\n" * 20_001)


class TestAccepted:
    def test_byte_order_mark_and_line_ends_change_nothing(self):
        text = "a: 1\nb: |\n  x\n  y\n"
        assert read(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()) == read(text)

    def test_emoji_with_joiners_and_other_scripts_are_texts(self):
        text = "a: \N{WOMAN}\u200d\N{PERSONAL COMPUTER} дом 日本語 e\u0301\n"
        assert read(text)["a"].startswith("\N{WOMAN}\u200d")

    def test_places_are_found_for_keys_and_items(self):
        reading = parse(b"a:\n  - b: 1\n  - b: 2\n", "x.yaml")
        assert reading.place(("a", 1, "b")).line == 3
        assert reading.place(("a", 1, "b")).column == 5
        assert reading.place(("a", 1, "missing")).line == 3
        assert reading.place(("nowhere",)).line == 1
