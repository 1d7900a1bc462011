"""One side of a comparison: specs that are there, or documents as importing them would leave the specs."""

import shutil
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wirogen.errors import WirogenError
from wirogen.importing.importer import Failure, Importer, ImportOptions, ImportResult
from wirogen.source.find import DocumentSource, find
from wirogen.spec.file import read_model
from wirogen.spec.folder import SpecFolder
from wirogen.spec.model import ModelSpec

_SPEC_SUFFIXES: Final = frozenset({".yaml", ".yml"})


@dataclass(frozen=True, slots=True)
class Revision:
    """What an argument of `wirogen diff` stands for."""

    argument: str
    """A specs folder, a spec, or anything that `wirogen import` takes."""
    allow_http: bool = False

    @property
    def path(self) -> Path:
        """The argument as a path; there may be nothing."""
        return Path(self.argument)

    @property
    def is_whole(self) -> bool:
        """Whether it is a specs folder, which says of every model whether there is one."""
        return (self.path / "models").is_dir()

    @property
    def is_spec(self) -> bool:
        """Whether it is a YAML file, which holds one model whatever it is called."""
        return self.path.suffix in _SPEC_SUFFIXES and self.path.is_file()

    def read(
        self, base: "Revision | None" = None, slugs: Iterable[str] | None = None
    ) -> list[ModelSpec]:
        """Return the specs that it holds, or that its documents give when they are imported in memory.

        Args:
            base: what documents are imported onto, so that its refinements count; nothing is written.
            slugs: of a specs folder, which models are of interest; None reads all.

        Raises:
            WirogenError: with the problems of all specs or documents.
        """
        if self.is_whole:
            folder = SpecFolder(self.path)
            return folder.models() if slugs is None else folder.select(slugs)
        if self.is_spec:
            return [read_model(self.path)]
        return _import(find(self.argument, allow_http=self.allow_http), base)


def differing_slugs(old: Revision, new: Revision) -> set[str]:
    """Return the models of two specs folders whose files are not the same, byte for byte."""
    files = [
        {path.relative_to(state.path / "models"): path for path in SpecFolder(state.path).paths()}
        for state in (old, new)
    ]
    was, now = files
    return {
        path.with_suffix("").as_posix()
        for path in was.keys() | now.keys()
        if path not in was or path not in now or was[path].read_bytes() != now[path].read_bytes()
    }


def _import(documents: Iterable[DocumentSource], base: Revision | None) -> list[ModelSpec]:
    """Import documents onto a base in memory.

    Raises:
        WirogenError: with the problems of all documents.
    """
    with ExitStack() as stack:
        importer = Importer(_folder(base, stack), ImportOptions())
        specs: dict[str, ModelSpec] = {}
        failures: list[Failure] = []
        for document in documents:
            try:
                report = importer.plan(document)
            except WirogenError as error:
                failures.append(Failure(document.name, error))
            else:
                specs[report.model] = report.spec
    ImportResult((), failures).raise_for_failures()
    return list(specs.values())


def _folder(base: Revision | None, stack: ExitStack) -> SpecFolder:
    """Return a folder with the specs of a base; for a spec alone, a temporary one that the stack removes."""
    if base is not None and base.is_whole:
        return SpecFolder(base.path)
    scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wirogen-diff-")))
    if base is not None and base.is_spec:
        place = scratch / "models" / base.path.parent.name / base.path.name
        place.parent.mkdir(parents=True)
        shutil.copyfile(base.path, place)
    return SpecFolder(scratch)
