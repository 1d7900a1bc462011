"""Looking for tasks whose names were lost: one pass over the project's list serves all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wiro_runtime.flow.effect import AwaitFuture
from wiro_runtime.flow.paging import Paging
from wiro_runtime.flow.tasks import list_page, name_of
from wiro_runtime.journal.match import SKEW, clock_offset, match
from wiro_runtime.task.submission import Submission

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from wiro_runtime.flow.deadline import Deadline
    from wiro_runtime.flow.effect import Flow
    from wiro_runtime.journal.entry import JournalEntry
    from wiro_runtime.journal.match import Verdict
    from wiro_runtime.journal.store import Store
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = ["find_entries", "find_submission", "submission_of"]

_PAGE = 100
"""Tasks per page: the most that the platform gives, so that there are few."""

_LONGEST = 3600.0
"""Seconds that a submission may have been under way when its task was made; one that is held open is longest."""


def submission_of(entry: JournalEntry) -> Submission:
    """What was sent for a run in the journal."""
    return Submission(entry.model, entry.body, entry.at, entry.lasts, entry.marker)


def find_submission(submission: Submission, deadline: Deadline) -> Flow[Verdict]:
    """What the task list says of a submission that is in no journal."""
    tasks, _ = yield from _tasks_since(submission.at, {}, deadline)
    return match({"": submission}, tasks)[""]


def find_entries(store: Store, since: float, deadline: Deadline) -> Flow[dict[str, Verdict]]:
    """What the task list says of every run in the journal since a moment whose task is not known.

    Those that are under way are among them: their tasks are not to be taken for somebody else's.
    """
    earliest = since - SKEW - _LONGEST
    known = yield from AwaitFuture(lambda: store.known_tasks(earliest))
    tasks, offset = yield from _tasks_since(since, known, deadline)
    # Once more after the list: what was accepted meanwhile is known by now.
    known = yield from AwaitFuture(lambda: store.known_tasks(earliest))
    entries = yield from AwaitFuture(lambda: store.page(states=("intent", "unknown"), size=100_000))
    submissions: Mapping[Hashable, Submission] = {
        entry.key: submission_of(entry) for entry in entries
    }
    free = [task for task in tasks if known.keys().isdisjoint((task.id, task.token))]
    return {str(key): verdict for key, verdict in match(submissions, free, offset).items()}


def _tasks_since(
    moment: float, known: Mapping[str, float], deadline: Deadline
) -> Flow[tuple[list[TaskSnapshot], float | None]]:
    """The project's tasks since a moment of our clock, the newest first, and the offset of the platform's.

    The first page is taken whole: where no task shows what time it is on the platform, all of it is doubtful.
    """
    tasks: dict[str, TaskSnapshot] = {}
    paging: Paging[TaskSnapshot] = Paging(name_of)
    while paging.start is not None:
        page = yield from list_page(None, paging.start, _PAGE, deadline)
        # While it is read, new ones push others to the next page.
        tasks.update({name_of(task): task for task in paging.take(page)})
        offset = clock_offset(known, list(tasks.values()))
        earliest = moment - SKEW + (offset or 0.0)
        oldest = min(
            (task.created_at.timestamp() for task in page.items if task.created_at is not None),
            default=earliest,
        )
        if oldest < earliest:
            break
    return list(tasks.values()), clock_offset(known, list(tasks.values()))
