"""Writing a package: only what changed, nothing of somebody else's, the manifest last."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from wirogen.errors import GenerateError, Problem
from wirogen.output import manifest
from wirogen.output.files import write_files
from wirogen.output.tree import Difference


def write_tree(
    package: Path, wanted: Mapping[str, bytes], differences: Sequence[Difference], *, force: bool
) -> None:
    """Make a package what it should be.

    Stray files stay where they are. The manifest is renamed into place last. A run that is killed in
    between is brought to its end by the next one; see `wirogen.output.files`.

    Args:
        package: the folder.
        wanted: its files as they should be.
        differences: what `compare` found.
        force: whether to overwrite and delete files that somebody edited.

    Raises:
        GenerateError: If files were edited and `force` is false, or a file cannot be written.
    """
    edited = [
        difference
        for difference in differences
        if difference.is_edited and difference.kind != "stray"
    ]
    if edited and not force:
        raise GenerateError(_edit_problem(package, difference) for difference in edited)
    kept_last = sorted(differences, key=lambda difference: difference.path == manifest.NAME)
    stale = [package / d.path for d in differences if d.kind == "stale"]
    changed = {
        package / d.path: wanted[d.path] for d in kept_last if d.kind in {"changed", "missing"}
    }
    try:
        write_files(changed, package.parent, remove=stale)
        for path in stale:
            _remove_empty(path.parent, package)
    except OSError as error:
        reason = error.strerror or str(error)
        problem = Problem(f"cannot be written: {reason}", file=error.filename or str(package))
        raise GenerateError(problem) from error


def _edit_problem(package: Path, difference: Difference) -> Problem:
    return Problem(
        "was edited by hand since it was generated, or is not ours",
        "move the change into a spec or out of the package, or give --force to lose it",
        file=str(package / difference.path),
    )


def _remove_empty(folder: Path, package: Path) -> None:
    """Remove folders that deleting left empty, but for their compiled files."""
    while folder != package and folder.is_dir():
        if any(path.name != "__pycache__" for path in folder.iterdir()):
            return
        for path in folder.glob("__pycache__/*"):
            path.unlink()
        for path in (folder / "__pycache__", folder):
            if path.is_dir():
                path.rmdir()
        folder = folder.parent
