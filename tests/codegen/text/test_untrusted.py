"""Text from a spec cannot be used by accident, and each exit keeps it text."""

import ast
import inspect

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.kit import a_plan
from wirogen.render.template import environment
from wirogen.text import untrusted
from wirogen.text.untrusted import Paragraph, Untrusted, docstring, expose, join, literal

TEXT = st.text(st.characters(exclude_categories=()))
HOSTILE = TEXT | st.text('"\\\n\r\u2028 aN{x}', max_size=12)


@pytest.mark.parametrize(
    "use",
    [
        str,
        format,
        list,
        "{}".format,
        lambda text: f"{text}",
        lambda text: "%s" % text,  # noqa: UP031 - the operator is the point
        lambda text: text + "x",
        lambda text: "x" + text,
        lambda text: text % (),
        "".join,
        lambda text: text.__html__(),
    ],
)
def test_it_cannot_become_a_string_by_accident(use):
    with pytest.raises(TypeError):
        use(Untrusted("x"))


def test_its_repr_keeps_it_to_itself():
    assert "secret" not in repr(Untrusted("secret"))


def test_a_template_cannot_show_it():
    made = environment(None)
    with pytest.raises(TypeError, match="has not passed an exit"):
        made.from_string("{{ text }}").render(text=Untrusted("x"))
    with pytest.raises(TypeError):
        made.from_string("{{ 'a' ~ text }}").render(text=Untrusted("x"))


def test_a_template_cannot_leave_a_name_undefined():
    with pytest.raises(jinja2.UndefinedError):
        environment(None).from_string("{{ nothing }}").render()


def test_what_is_composed_stays_untrusted():
    assert join("a ", Untrusted("b"), "!") == Untrusted("a b!")


@given(HOSTILE)
def test_a_literal_is_the_text_again_and_shows_all_of_it(text):
    source = literal(Untrusted(text))
    assert ast.literal_eval(source) == text
    assert not untrusted._INVISIBLE.search(source)


@pytest.mark.parametrize("value", [True, False, None, 5, -0.25, 2**63])
def test_a_plain_value_is_its_own_literal(value):
    assert ast.literal_eval(literal(value)) is value or ast.literal_eval(literal(value)) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_without_a_literal_is_refused(value):
    with pytest.raises(ValueError, match="cannot be written"):
        literal(value)


@given(st.lists(HOSTILE, min_size=1, max_size=3), st.integers(0, 8))
def test_a_docstring_is_one_docstring_whatever_it_says(texts, indent):
    source = docstring([Paragraph(Untrusted(text)) for text in texts], indent=indent)
    (statement,) = ast.parse(source).body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Constant)
    words = " ".join(untrusted._visible(text) for text in texts).split()
    assert str(statement.value.value).split() == words
    assert not untrusted._INVISIBLE.search(source.replace("\n", ""))


def test_a_docstring_is_wrapped_and_indented_like_one_written_by_hand():
    paragraphs = [
        Paragraph(Untrusted("Args:")),
        Paragraph(Untrusted("name: " + "word " * 30), indent=4, hanging=4, gap=False),
        Paragraph(Untrusted("Raises:")),
    ]
    text = inspect.cleandoc(ast.literal_eval(docstring(paragraphs, indent=4)))
    lines = text.splitlines()
    assert lines[0] == "Args:"
    assert lines[1].startswith("    name: word")
    assert lines[2].startswith("        word")
    assert all(len(line) <= 96 for line in lines)


@pytest.mark.parametrize("name", ["a b", "é", "x;y", "1a", "", "a\n", "import os"])
def test_an_identifier_is_checked_again_at_the_exit(name):
    with pytest.raises(ValueError, match="is not a plain identifier"):
        untrusted.identifier(name)


@pytest.mark.parametrize("text", ["a/b/c", "A/b", "a/b\n# x", "../x", 'a"', "", "/"])
def test_a_slug_is_checked_again_at_the_exit(text):
    with pytest.raises(ValueError, match="is not a clean slug"):
        untrusted.slug(Untrusted(text))


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://api.wiro.ai/v1",
        "https://user@host/",
        "https://api.wiro.ai@evil.example/",
        "https://h/{x}",
        "https://h/'+str(exec('x'))+'",
        "https://h/a b",
        "https://h/\r\nx: y",
        "https:///v1",
        "https://h#fragment",
    ],
)
def test_only_a_plain_url_leaves(text):
    with pytest.raises(ValueError, match="is not a plain https or wss URL"):
        untrusted.url(Untrusted(text))


def test_a_plan_shows_no_text_of_its_spec():
    shown = repr(a_plan(title="A very distinctive title"))
    assert "distinctive" not in shown
    assert expose(a_plan(title="A very distinctive title").summary) == "A very distinctive title."
