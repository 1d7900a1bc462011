"""Spec files: read strictly, with places and all problems at once; written stably."""

from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel

from wirogen.errors import Problem, SpecError
from wirogen.spec.model import ModelSpec, PlatformSpec
from wirogen.spec.rules import check_model, check_platform
from wirogen.spec.validate import fit
from wirogen.spec.yaml_reader import MAX_BYTES, Reading, parse
from wirogen.spec.yaml_writer import lay_out

SCHEMA_HEADER: Final = "# yaml-language-server: $schema=../../spec.schema.json"

_Spec = TypeVar("_Spec", bound=BaseModel)


def read_model(path: Path) -> ModelSpec:
    """Read the spec of one model.

    Args:
        path: the file; its last two steps must be the slug, `<owner>/<model>.yaml`.

    Raises:
        SpecError: with every problem of the file, each with its line and column.
    """
    spec, reading = _read(path, ModelSpec)
    problems = [reading.problem(*violation) for violation in check_model(spec)]
    if f"{path.parent.name}/{path.name}" != f"{spec.model}.yaml":
        message = f"the file says {spec.model} and its path {path.parent.name}/{path.stem}"
        problems.append(reading.problem(("model",), message, "rename the file or the model"))
    _refuse(problems)
    return spec


def read_platform(path: Path) -> PlatformSpec:
    """Read the spec of what all models share.

    Raises:
        SpecError: with every problem of the file, each with its line and column.
    """
    spec, reading = _read(path, PlatformSpec)
    _refuse([reading.problem(*violation) for violation in check_platform(spec)])
    return spec


def dump_model(spec: ModelSpec) -> str:
    """Write the spec of one model as YAML; reading it back gives an equal spec.

    Raises:
        SpecError: a text holds a character that a spec may not hold.
    """
    return lay_out(spec, SCHEMA_HEADER)


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """Read a regular file that is not larger than `limit` bytes; never waits for a pipe.

    Raises:
        SpecError: it is missing, no regular file, too large or unreadable.
    """
    try:
        if not path.is_file():
            what = "is not a regular file" if path.exists() else "does not exist"
            raise SpecError(Problem(what, file=str(path)))
        with path.open("rb") as stream:
            return stream.read(limit + 1)
    except OSError as error:
        raise SpecError(Problem(f"cannot be read: {error.strerror}", file=str(path))) from error


def read_anything(path: Path) -> Reading:
    """Read a spec file without asking what it says, for places in it."""
    return parse(read_bytes(path), str(path))


def _read(path: Path, model: type[_Spec]) -> tuple[_Spec, Reading]:
    reading = read_anything(path)
    outcome = fit(reading, model)
    if isinstance(outcome, list):
        raise _error(outcome)
    return outcome, reading


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise _error(problems)


def _error(problems: list[Problem]) -> SpecError:
    """Put problems in the order of the file."""
    return SpecError(sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0)))
