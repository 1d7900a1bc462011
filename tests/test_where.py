"""docs/where.md: a newcomer's questions lead to files that are there, most of them by name alone."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROWS = re.findall(
    r"^\| (.+?) \| `(\S+)` \| (yes|no: .+?) \|$",
    (ROOT / "docs/where.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)


def words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())


def is_said(word: str, question: str) -> bool:
    """Whether a question has a word in some form: `submit` in "submitted", `socket` in "WebSocket"."""
    stem = word[: max(3, len(word) - 2)]
    return any(stem in other for other in words(question))


def test_there_are_at_least_sixty_questions():
    assert len({question for question, _, _ in ROWS}) >= 60


@pytest.mark.parametrize("path", sorted({path for _, path, _ in ROWS}))
def test_the_file_is_there(path):
    assert (ROOT / path).is_file()


@pytest.mark.parametrize(
    ("question", "path"), [(question, path) for question, path, by_name in ROWS if by_name == "yes"]
)
def test_the_words_of_the_file_name_stand_in_the_question(question, path):
    assert [w for w in words(Path(path).name.split(".")[0]) if not is_said(w, question)] == []


def test_nine_of_ten_are_answered_by_a_name_alone():
    assert sum(by_name == "yes" for _, _, by_name in ROWS) >= 0.9 * len(ROWS)


def test_a_name_leads_to_one_file_or_its_folder_distinguishes_them():
    """The file that answers is the only one of that name in its folder's subject."""
    for _, path, by_name in ROWS:
        same = [
            other
            for other in (ROOT / path.split("/")[0]).rglob(Path(path).name)
            if other.parent.name == Path(path).parent.name
        ]
        assert by_name != "yes" or len(same) == 1, same
