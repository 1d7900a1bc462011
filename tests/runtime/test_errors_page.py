"""docs/errors.md says of every error what the error itself says."""

import inspect
import re
from pathlib import Path

import pytest

from wiro_runtime import TaskSnapshot, errors

PAGE = Path(__file__).parents[2] / "docs/errors.md"
FAMILIES = {"WiroError", "UsageError", "NetworkError", "PlatformError", "TaskError"}
WORDS = {True: "yes", False: "no", None: "unknown"}
# These are about a task, always; it is in this state.
TASKS = {
    "TaskFailed": {"status": "task_postprocess_end", "pexit": "1"},
    "TaskCancelled": {"status": "task_cancel"},
    "TaskNotFinished": {"status": "task_start"},
}


def rows() -> dict[str, list[str]]:
    table = re.findall(r"^\| `(\w+)` \|(.*)\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: [cell.strip() for cell in cells.split("|")] for name, cells in table}


def kinds() -> dict[str, type[errors.WiroError]]:
    members = inspect.getmembers(errors, inspect.isclass)
    return {name: kind for name, kind in members if issubclass(kind, errors.WiroError)}


def test_every_error_has_one_row():
    assert set(rows()) == set(kinds()) - FAMILIES


@pytest.mark.parametrize("name", sorted(set(kinds()) - FAMILIES))
def test_a_row_says_what_the_error_says(name):
    error = kinds()[name]("something happened.")
    if name in TASKS:
        error.task = TaskSnapshot.from_wire({"id": "1", **TASKS[name]})
    _, billed, again, advice = rows()[name]
    assert billed == WORDS[error.billed]
    assert again == WORDS[error.safe_to_resubmit]
    assert advice
