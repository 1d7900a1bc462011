"""Several files written as one step, also where the process is killed in the middle of it.

All of them are staged in one known folder below the root, then a record says what is to happen, then
names change. A run that is killed before the record has changed nothing; one that is killed after it
is brought to its end by the next run (`recover`). One run at a time may write below a root (`locked`).
"""

import json
import os
import shutil
import tempfile
from collections.abc import Generator, Iterable, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from wirogen.digest import digest

try:
    import fcntl
except ImportError:  # Windows has none; there, two runs at once may disturb each other
    fcntl = None  # type: ignore[assignment]

STAGING: Final = ".wirogen"
"""The folder below a root that holds what is being written; never there between two runs."""
_RECORD: Final = "record.json"


@dataclass(frozen=True)
class _Step:
    """One file that is to be written or removed."""

    path: str
    """Below the root."""
    staged: str | None
    """The name of the new content in the staging folder; None removes the file."""
    before: str | None
    """The digest of what stood there; None for nothing."""


def write_files(files: Mapping[Path, bytes], root: Path, *, remove: Iterable[Path] = ()) -> None:
    """Write and remove files as one step: a reader sees old bytes or new ones, never half of a file.

    Args:
        files: what to write, by path below the root; missing folders are made. A file that holds
            these bytes already is not touched. Names change in this order.
        root: the folder that all of them are below.
        remove: files that go, once all others are written.

    Raises:
        OSError: no name has changed yet when staging fails, so the old files stand.
    """
    changed = {path: data for path, data in files.items() if _digest_of(path) != digest(data)}
    gone = [path for path in remove if path.is_file()]
    if not changed and not gone:
        return
    staging = root / STAGING
    try:
        root.mkdir(parents=True, exist_ok=True)
        steps = _stage(changed, gone, root, staging)
        _record(steps, staging)
        try:
            _perform(steps, root, staging)
        except KeyboardInterrupt:
            # The few names that are left take less time to change than to explain.
            _perform(steps, root, staging)
            raise
    except OSError as error:
        if error.filename and staging in (Path(error.filename), *Path(error.filename).parents):
            error.filename = str(root)  # the staging folder is nothing that anybody knows
        raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def recover(root: Path) -> None:
    """Bring to its end what a killed run has left below a root; call it with the root locked.

    A file that somebody changed since stays as it is.

    Raises:
        OSError: the folder cannot be written.
    """
    staging = root / STAGING
    if staging.is_symlink() or not staging.is_dir():
        return
    _perform(_read_record(root, staging), root, staging)
    shutil.rmtree(staging, ignore_errors=True)


@contextmanager
def locked(root: Path) -> Generator[None]:
    """Wait until no other run writes below a root, and keep others out meanwhile.

    The lock is that of the folder around the root, which is there before the first run; it ends with
    the process, however that ends.
    """
    with ExitStack() as stack:
        if fcntl is not None:
            place = root.absolute().parent
            while not place.is_dir():
                place = place.parent
            with suppress(OSError):  # a folder of somebody else's, or no locks on this file system
                handle = os.open(place, os.O_RDONLY)
                stack.callback(os.close, handle)
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def write_private(path: Path, data: bytes) -> None:
    """Write one file that nobody but this user may read, whole or not at all.

    Raises:
        OSError: the old file stands.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _stage(
    changed: Mapping[Path, bytes], gone: Iterable[Path], root: Path, staging: Path
) -> list[_Step]:
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir()
    steps: list[_Step] = []
    for number, (path, data) in enumerate(changed.items()):
        (staging / str(number)).write_bytes(data)
        place = path.relative_to(root).as_posix()
        steps.append(_Step(place, str(number), _digest_of(path)))
    steps += [_Step(path.relative_to(root).as_posix(), None, _digest_of(path)) for path in gone]
    return steps


def _record(steps: Iterable[_Step], staging: Path) -> None:
    """Write down what is to happen; from the rename on, it will."""
    content = json.dumps([[step.path, step.staged, step.before] for step in steps])
    draft = staging / f"{_RECORD}.draft"
    draft.write_text(content, encoding="utf-8")
    draft.replace(staging / _RECORD)


def _read_record(root: Path, staging: Path) -> list[_Step]:
    """Read what a killed run was about to do; nothing where it had not come so far."""
    try:
        stated: Any = json.loads((staging / _RECORD).read_bytes())
        steps = [_Step(str(path), staged, before) for path, staged, before in stated]
    except (OSError, ValueError, TypeError, RecursionError):
        return []
    return [step for step in steps if _is_inside(step, root)]


def _is_inside(step: _Step, root: Path) -> bool:
    """Return whether a step leads out of neither folder: a record may come from anywhere."""
    is_plain = (
        not PurePosixPath(step.path).is_absolute() and ".." not in PurePosixPath(step.path).parts
    )
    is_staged = step.staged is None or step.staged.isdecimal()
    parent = (root / step.path).parent
    return is_plain and is_staged and parent.resolve().is_relative_to(root.resolve())


def _perform(steps: Iterable[_Step], root: Path, staging: Path) -> None:
    """Change names; what has been changed before is passed over."""
    for step in steps:
        path = root / step.path
        if step.staged is None:
            if _digest_of(path) == step.before:
                path.unlink(missing_ok=True)
            continue
        staged = staging / step.staged
        if staged.is_file() and _digest_of(path) == step.before:
            path.parent.mkdir(parents=True, exist_ok=True)
            staged.replace(path)


def _digest_of(path: Path) -> str | None:
    """Return the digest of a regular file, None where there is none."""
    return digest(path.read_bytes()) if path.is_file() else None
