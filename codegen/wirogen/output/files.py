"""Several files written as one step: everything is on disk before the first name changes."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


def write_files(files: Mapping[Path, bytes]) -> None:
    """Write files whole: a reader sees the old bytes or the new ones, never half of them.

    Args:
        files: what to write, by path; missing folders are made. A file that holds these bytes
            already is not touched.

    Raises:
        OSError: nothing has been renamed yet when writing fails, so the old files stand.
    """
    written: dict[Path, Path] = {}
    mode = 0o666 & ~_umask()
    try:
        for path, data in files.items():
            if not (path.is_file() and path.read_bytes() == data):
                path.parent.mkdir(parents=True, exist_ok=True)
                written[path] = _write_beside(path, data, mode)
        for path, temporary in written.items():
            temporary.replace(path)
    finally:
        for temporary in written.values():
            temporary.unlink(missing_ok=True)


def write_private(path: Path, data: bytes) -> None:
    """Write one file that nobody but this user may read, whole or not at all.

    Raises:
        OSError: the old file stands.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = _write_beside(path, data, mode=0o600)
    try:
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _write_beside(path: Path, data: bytes, mode: int) -> Path:
    """Write a temporary file in the same folder, where a rename is one step."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        temporary.chmod(mode)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _umask() -> int:
    """Read the umask; the system has no way to ask without setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
