"""Comments that people wrote into a spec survive what a new document says."""

import pytest

from codegen.document.llms_writer import Choice, Item, write
from codegen.importing.kit import import_all
from wirogen.importing.importer import LoadedDocument
from wirogen.spec.file import read_model
from wirogen.spec.yaml_comments import carry_comments

SEED = Item("seed", default="1")
MODE = Item("mode", "select", default="a", options=[Choice("a", "A"), Choice("b", "B")])


@pytest.fixture
def take(tmp_path):
    def run(*items):
        data = write(list(items)).encode()
        (report,) = import_all([LoadedDocument("doc", data)], tmp_path)
        return report

    return run


def comment(report, *changes):
    """Write comments into the spec as people do."""
    text = report.path.read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    report.path.write_text(text, "utf-8")
    read_model(report.path)
    return text


CHANGES = (
    ("title:", "# reviewed by two people\ntitle:"),
    ("  - name: seed\n", "  # the seed is odd:\n  # it wraps\n  - name: seed  # a number\n"),
    ('default: "1"', 'default: "1"  # not 0'),
    ("      - value: b\n", "      # slow\n      - value: b\n"),
)


def test_an_unchanged_document_leaves_a_commented_spec_untouched(take):
    text = comment(take(SEED, MODE), *CHANGES)
    report = take(SEED, MODE)
    assert report.outcome == "unchanged"
    assert report.path.read_text("utf-8") == text


def test_comments_stay_with_what_they_are_about_when_it_moves(take):
    comment(take(SEED, MODE), *CHANGES)
    report = take(Item("new"), MODE, Item("seed", default="2"))
    text = report.path.read_text("utf-8")
    assert report.outcome == "updated"
    assert "# reviewed by two people\ntitle:" in text
    assert "  # the seed is odd:\n  # it wraps\n  - name: seed  # a number\n" in text
    assert 'default: "2"  # not 0' in text
    assert "      # slow\n      - value: b\n" in text
    assert [note for note in report.notes if "comment" in note] == []
    read_model(report.path)


def test_a_comment_about_what_is_gone_is_reported(take):
    comment(take(SEED, MODE), *CHANGES)
    report = take(MODE)
    assert [note for note in report.notes if "comment" in note] == [
        f"a comment of the spec belongs to nothing any more: {text}"
        for text in ("# the seed is odd:", "# it wraps", "# a number", "# not 0")
    ]


def test_a_number_sign_in_a_text_is_no_comment(take):
    report = take(Item("a", help="use #1 # or #2", default="# no"), Item("b"))
    text = report.path.read_text("utf-8")
    again = take(Item("a", help="use #1 # or #2", default="# no"), Item("b", default="x"))
    assert again.path.read_text("utf-8").count("#") == text.count("#")


def test_a_comment_at_the_end_stays_at_the_end():
    assert carry_comments("# head\na: 1\n# end\n", "# head\na: 2\n") == (
        "# head\na: 2\n# end\n",
        [],
    )


def test_a_comment_behind_a_block_of_text_comes_before_it():
    old = "# head\na: 1  # why\n"
    new = "# head\na: |-\n  one\n  two\n"
    assert carry_comments(old, new) == ("# head\n# why\na: |-\n  one\n  two\n", [])


def test_a_comment_below_a_block_of_text_belongs_to_what_follows():
    text = "# head\na: |-\n  one # two\n# about b\nb: 1\n"
    bare = text.replace("# about b\n", "")
    assert carry_comments(text, bare) == (text, [])
