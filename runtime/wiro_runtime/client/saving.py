"""Where outputs are saved to and under which names, decided before anything is fetched."""

from __future__ import annotations

import json
import mimetypes
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast, get_args
from urllib.parse import unquote

from wiro_runtime import check, parse
from wiro_runtime.errors import InvalidRequest, Problem
from wiro_runtime.flow.download import Place
from wiro_runtime.storage import OnConflict, distinct, safe_name
from wiro_runtime.task.output import Output

if TYPE_CHECKING:
    from wiro_runtime.task.snapshot import TaskSnapshot

__all__ = [
    "Name",
    "SaveOptions",
    "check_chunk_size",
    "check_deadline",
    "check_name",
    "place_all",
    "place_one",
    "sidecar",
]

Name: TypeAlias = str | Callable[[Output], str] | None
"""How files are named: a template such as `"{task}-{index}{ext}"`, a function, or None for the platform's names."""

_FIELDS = ("task", "index", "name", "stem", "ext")


@dataclass(frozen=True, slots=True)
class SaveOptions:
    """How one call saves, checked when it is made.

    Raises:
        InvalidRequest: An option is not what it may be.
    """

    call: str
    """What messages call it, such as `save()`."""
    on_conflict: OnConflict
    on_progress: object
    deadline: object
    at_once: int = 1
    name: Name = None
    provenance: bool = False
    awaits: bool = False
    """Whether a callback may have to be awaited."""

    def __post_init__(self) -> None:
        problems = {
            "on_conflict": check.one_of(self.on_conflict, get_args(OnConflict)),
            "on_progress": check.callback(self.on_progress, awaits=self.awaits),
            "deadline": check.deadline(self.deadline),
            "at_once": check.count(self.at_once, least=1),
            "name": _name_problem(self.name),
            "provenance": check.flag(self.provenance),
        }
        wrong = [Problem(option, text) for option, text in problems.items() if text]
        if wrong:
            raise InvalidRequest.about(self.call, wrong)


def check_chunk_size(given: object) -> None:
    """Check the size of a piece.

    Raises:
        InvalidRequest: It is no whole number above 0.
    """
    problem = check.count(given, least=1)
    if problem:
        raise InvalidRequest.about("iter_bytes()", [Problem("chunk_size", problem)])


def check_deadline(call: str, given: object) -> None:
    """Check the deadline of a call that saves nothing.

    Args:
        call: What messages call it, such as `read()`.
        given: Seconds, None or "default".

    Raises:
        InvalidRequest: It is none of these.
    """
    problem = check.deadline(given)
    if problem:
        raise InvalidRequest.about(call, [Problem("deadline", problem)])


def check_name(call: str, given: object) -> None:
    """Check how files shall be named.

    Args:
        call: What messages call it, such as `--save`.
        given: A `Name`.

    Raises:
        InvalidRequest: It is no template and no function.
    """
    problem = _name_problem(given)
    if problem:
        raise InvalidRequest.about(call, [Problem("name", problem)])


def place_all(
    outputs: Sequence[Output],
    task: TaskSnapshot,
    destination: object,
    options: SaveOptions,
) -> list[Place]:
    """Name every output that is a file.

    Raises:
        InvalidRequest: The destination is no folder, or a name cannot be made.
    """
    folder = _path(options.call, "folder", destination)
    files = [(index, output) for index, output in enumerate(outputs) if output.url is not None]
    if not _names_a_file(destination, folder):
        names = [_named(options, task, index, output) for index, output in files]
    elif len(files) == 1 and options.name is None:
        folder, names = folder.parent, [folder.name]
    else:
        raise InvalidRequest(
            f"{options.call}: {folder} names a file, and there are {len(files)} to save; give a folder, and "
            'name="…" for names of your own. Nothing was fetched.'
        )
    return [
        Place(output, folder, name, sidecar(task, output) if options.provenance else None)
        for (_, output), name in zip(files, distinct(names), strict=True)
    ]


def place_one(
    output: Output,
    task: TaskSnapshot,
    destination: object,
    options: SaveOptions,
) -> Place:
    """Name one output: as the destination says, or as the platform does where that is a folder.

    Raises:
        InvalidRequest: The destination is no path, or the output is no file.
    """
    path = _path(options.call, "path", destination)
    if output.url is None:
        raise InvalidRequest(
            f"{options.call}: the output {output.name!r} is an answer without a file; its text is in "
            "result.text. Nothing was fetched."
        )
    is_folder = path.is_dir() or str(destination).endswith(("/", os.sep))
    note = sidecar(task, output) if options.provenance else None
    if is_folder:
        return Place(output, path, _own_name(output, 0), note)
    return Place(output, path.parent, path.name, note)


def sidecar(task: TaskSnapshot, output: Output) -> str:
    """What a saved file came from, as JSON; nothing in it gives access to anything."""
    owner, model = task.raw.get("modelslugowner"), task.raw.get("modelslugproject")
    document: dict[str, Any] = {
        "version": 1,
        "model": f"{owner}/{model}" if owner and model else None,
        "request": dict(task.parameters),
        "seed": task.parameters.get("seed"),
        "cost": None if task.total_cost is None else str(task.total_cost),
        "task": {
            "id": task.id,
            "status": task.status,
            "created_at": None if task.created_at is None else task.created_at.isoformat(),
            "elapsed": task.elapsed,
        },
        "output": {
            "name": output.name,
            "content_type": output.content_type,
            "size": output.size,
            "url": output.url,
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n"


def _path(call: str, argument: str, given: Any) -> Path:
    if not _is_path(given):
        raise InvalidRequest(
            f"{call}: {argument}: give a path, like 'out/'; got {check.shown(given)}. Nothing was fetched."
        )
    try:
        path = Path(os.fsdecode(given)).expanduser()
    except (RuntimeError, TypeError) as problem:  # no home folder; a path of no kind
        raise InvalidRequest(
            f"{call}: {argument}: give a path; {check.shown(given)} is none: {problem}."
        ) from None
    unusable = check.path(path)
    if unusable is not None:
        raise InvalidRequest(f"{call}: {argument}: {unusable} Nothing was fetched.")
    return path


def _is_path(given: object) -> bool:
    return isinstance(given, (str, os.PathLike)) and bool(str(cast("object", given)))


def _names_a_file(given: object, path: Path) -> bool:
    """Whether somebody who wrote this meant a file: it is one, or it ends as pictures, films or sounds do."""
    if path.is_dir() or str(given).endswith(("/", os.sep)):
        return False
    return path.is_file() or mimetypes.guess_type(path.name)[0] is not None


def _name_problem(name: object) -> str | None:
    if name is None or callable(name):
        return None
    if not isinstance(name, str) or not name:
        return f"give a template, a function of an output, or None; got {check.shown(name)}."
    try:
        name.format(**dict.fromkeys(_FIELDS, ""))
    except (KeyError, IndexError, ValueError, AttributeError, TypeError):
        listed = ", ".join(f"{{{field}}}" for field in _FIELDS)
        return f"the template {name!r} may hold {listed}."
    return None


def _named(options: SaveOptions, task: TaskSnapshot, index: int, output: Output) -> str:
    own = _own_name(output, index)
    if options.name is None:
        return own
    if isinstance(options.name, str):
        stem, ext = os.path.splitext(own)  # noqa: PTH122 - a name, not a path
        made: Any = options.name.format(task=task.id, index=index, name=own, stem=stem, ext=ext)
    else:
        made = options.name(output)
    if not isinstance(made, str) or not made.strip():
        raise InvalidRequest(
            f"{options.call}: name= made {check.shown(made)} of output {index}; it must make a text. "
            "Nothing was fetched."
        )
    return safe_name(made, own)


def _own_name(output: Output, index: int) -> str:
    stated = output.name or unquote(parse.url_parts(output.url or "").path)
    ending = mimetypes.guess_extension(output.content_type) or ""
    return safe_name(stated, f"output-{index}{ending}")
