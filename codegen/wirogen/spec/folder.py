"""A specs folder: its models, its platform, and the folder that comes with the package."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from wirogen.errors import Problem, SpecError
from wirogen.spec.file import read_model, read_platform
from wirogen.spec.location import find_platform, find_specs, list_files, list_folder
from wirogen.spec.location import packaged_folder as packaged_folder  # noqa: PLC0414 - asked for here
from wirogen.spec.model import ModelSpec, PlatformSpec

_Read = TypeVar("_Read")

_DEPTH: Final = 2
"""Steps of a spec's path below `models/`: owner and file."""


def open_folder(path: Path | None = None) -> "SpecFolder":
    """Open a specs folder.

    Args:
        path: the folder; None takes `./specs` if there is one, else the packaged specs.

    Raises:
        SpecError: there is no such folder.
    """
    return SpecFolder(find_specs(path))


@dataclass(frozen=True, slots=True)
class SpecFolder:
    """A folder with `models/<owner>/<model>.yaml`, maybe `platform.yaml` and `documents/`."""

    root: Path

    def paths(self) -> list[Path]:
        """List the files of all models, sorted by slug.

        Raises:
            UsageError: a folder cannot be listed: no model may go missing unnoticed.
        """
        owners = (path for path in list_folder(self.root / "models") if path.is_dir())
        paths = (path for owner in owners for path in list_folder(owner))
        return sorted(
            (path for path in paths if path.suffix == ".yaml"), key=lambda path: path.parts
        )

    def path_of(self, slug: str) -> Path:
        """Return the path of a model's file, whether or not it exists."""
        return self.root / "models" / f"{slug}.yaml"

    def models(self) -> list[ModelSpec]:
        """Read all models, sorted by slug.

        Raises:
            SpecError: with the problems of all files together.
        """
        return self._read_all(self.paths())

    def _read_all(self, paths: Iterable[Path]) -> list[ModelSpec]:
        read = [_attempt(self._model_at, path) for path in paths]
        problems = [problem for outcome in read if isinstance(outcome, list) for problem in outcome]
        if problems:
            raise SpecError(problems)
        return [outcome for outcome in read if isinstance(outcome, ModelSpec)]

    def select(self, slugs: Iterable[str]) -> list[ModelSpec]:
        """Read some models, sorted by slug; one that is not there is left out.

        Raises:
            SpecError: with the problems of all their files together.
        """
        paths = [path for path in map(self.path_of, sorted(slugs)) if path.exists()]
        return self._read_all(paths)

    def model(self, slug: str) -> ModelSpec:
        """Return the spec of `owner/model`, read anew and checked.

        Raises:
            SpecError: there is none of that name, or its file has problems.
        """
        return self._model_at(self.path_of(slug))

    def platform(self) -> PlatformSpec:
        """Read this folder's `platform.yaml`, or the packaged one where it has none.

        Raises:
            SpecError: the file has problems.
        """
        return read_platform(find_platform(self.root))

    def check(self) -> None:
        """Read everything and compare kept documents with their digests.

        Raises:
            SpecError: with the problems of all files together.
        """
        problems: list[Problem] = []
        for path in self.paths():
            model = _attempt(self._model_at, path)
            problems += model if isinstance(model, list) else self._document_problems(model)
        platform = _attempt(lambda _: self.platform(), self.root)
        problems += platform if isinstance(platform, list) else ()
        for stray in _strays(self.root / "models"):
            message = "is not where a spec is looked for"
            problems.append(
                Problem(message, "move it to models/<owner>/<model>.yaml", file=str(stray))
            )
        if problems:
            raise SpecError(problems)

    def _document_problems(self, spec: ModelSpec) -> list[Problem]:
        """Compare the kept document of a spec with its digest."""
        if spec.source.document is None:
            return []
        path = self.root / spec.source.document
        place = str(self.path_of(spec.model))
        if not path.is_file():
            message = f"{path} is not there"
            return [
                Problem(message, "import it with --keep-document", place, pointer="source.document")
            ]
        if hashlib.sha256(path.read_bytes()).hexdigest() != spec.source.sha256:
            message = f"{path} has changed since it was imported"
            return [Problem(message, "import it again", place, pointer="source.sha256")]
        return []

    def _model_at(self, path: Path) -> ModelSpec:
        if not path.resolve().is_relative_to(self.root.resolve()):
            raise SpecError(
                Problem("is a link out of the specs folder", "copy the file", file=str(path))
            )
        return read_model(path)


def _strays(models: Path) -> list[Path]:
    """List YAML files that no model is read from."""
    paths = [path for path in list_files(models) if path.suffix in {".yaml", ".yml"}]
    return [
        path
        for path in paths
        if path.suffix == ".yml" or len(path.relative_to(models).parts) != _DEPTH
    ]


def _attempt(read: Callable[[Path], _Read], path: Path) -> _Read | list[Problem]:
    try:
        return read(path)
    except SpecError as error:
        return list(error.problems)
