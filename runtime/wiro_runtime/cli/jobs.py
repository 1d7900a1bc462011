"""A file of jobs: one JSON object per line, checked whole before anything is sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import click

from wiro_runtime.cli.arguments import by_argument
from wiro_runtime.cli.task import request_class

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wiro_runtime.cli.context import Context
    from wiro_runtime.request.request import Request

__all__ = ["Job", "check_jobs", "finished_ids", "read_jobs"]

_MOST_PROBLEMS = 20
"""Problems that are shown; more of them say nothing more."""
_FIELDS = frozenset({"custom_id", "model", "inputs"})


class Job(NamedTuple):
    """One line of the file."""

    custom_id: str
    """The caller's own name for it, unique in the file."""
    slug: str
    request: Request[Any, Any]


def check_jobs(path: Path, model: str | None, context: Context) -> int:
    """Check every line of the file; nothing is sent.

    Returns:
        How many jobs there are.

    Raises:
        click.UsageError: With the lines that are wrong, each with what is wrong with it.
    """
    seen: set[str] = set()
    problems: list[str] = []
    for number, line in _lines(path):
        try:
            job = _job(line, model, context)
        except ValueError as wrong:  # InvalidRequest is one, too
            problems.append(f"{path}:{number}: {wrong}")
            continue
        if job.custom_id in seen:
            problems.append(f"{path}:{number}: custom_id {job.custom_id!r} is there twice")
        seen.add(job.custom_id)
    if problems:
        shown = problems[:_MOST_PROBLEMS]
        more = [f"… and {len(problems) - len(shown)} more"] if len(problems) > len(shown) else []
        raise click.UsageError("\n".join(["nothing was sent.", *shown, *more]))
    if not seen:
        raise click.UsageError(f"{path} holds no jobs.")
    return len(seen)


def read_jobs(path: Path, model: str | None, context: Context, done: set[str]) -> Iterator[Job]:
    """Yield the jobs of a checked file one by one, but for those that are done."""
    for _, line in _lines(path):
        job = _job(line, model, context)
        if job.custom_id not in done:
            yield job


def finished_ids(path: Path) -> set[str]:
    """Return the jobs that a file of results has; a line that was cut off is taken out of the file."""
    if not path.exists():
        return set()
    done: set[str] = set()
    with path.open("r+b") as file:
        whole = 0
        for line in file:
            try:
                done.add(str(json.loads(line)["custom_id"]))
            except (ValueError, KeyError, TypeError):
                break
            if not line.endswith(b"\n"):
                break
            whole += len(line)
        file.truncate(whole)
    return done


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line
    except OSError as problem:
        raise click.UsageError(f"{path}: {problem.strerror}.") from problem
    except UnicodeDecodeError as problem:
        raise click.UsageError(f"{path} is not UTF-8 text.") from problem


def _job(line: str, model: str | None, context: Context) -> Job:
    try:
        row: Any = json.loads(line)
    except ValueError as problem:
        raise ValueError(f"this is not JSON ({problem})") from problem
    stated = cast("dict[str, Any]", row) if isinstance(row, dict) else {}
    if not stated:
        raise ValueError('expected an object like {"custom_id": "1", "inputs": {"prompt": "…"}}')
    if strange := stated.keys() - _FIELDS:
        raise ValueError(f"{min(strange)!r} is no field; there are custom_id, model and inputs")
    custom_id, inputs = stated.get("custom_id"), stated.get("inputs")
    slug = stated.get("model", model)
    missing = {
        "custom_id is missing; give each job a text of its own": custom_id,
        "inputs is missing; give an object with the model's inputs": isinstance(inputs, dict),
        "model is missing; name it here, or with --model for all jobs": slug,
    }
    for sentence, is_given in missing.items():
        if not is_given:
            raise ValueError(sentence)
    arguments = by_argument(context.model(str(slug)), cast("dict[str, Any]", inputs))
    return Job(str(custom_id), str(slug), request_class(str(slug))(**arguments))
