"""Documents into a specs folder: facts are replaced, refinements stay, nothing is half done.

Everything is read, checked and laid out before the first file is written. When one document of
many has a problem, none is written.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeAlias

from wirogen.document.detect import read_document
from wirogen.document.document import Form
from wirogen.errors import DocumentError, Problem, SpecError, WirogenError
from wirogen.importing.facts import Facts, slug_of, unsayable
from wirogen.importing.merge import Heritage
from wirogen.importing.report import explain
from wirogen.output.files import write_files
from wirogen.source.find import Supplied
from wirogen.spec.difference import describe_differences
from wirogen.spec.file import dump_model, read_anything
from wirogen.spec.folder import SpecFolder
from wirogen.spec.model import ModelSpec, Source
from wirogen.spec.refinement import check_refinement
from wirogen.spec.rule import check_model
from wirogen.spec.schema import FILE_NAME, schema_text
from wirogen.spec.strict import MAX_BYTES

_SUFFIXES: Final[dict[Form, str]] = {
    "llms.txt": "llms.txt",
    "openapi.json": "openapi.json",
    "tool-detail": "tool-detail.json",
}
"""How the file of a kept document ends."""

Outcome: TypeAlias = Literal["created", "updated", "unchanged"]


@dataclass(frozen=True, slots=True)
class Given:
    """A document that is at hand."""

    name: str
    """Where it came from, for messages."""
    data: bytes


@dataclass(frozen=True, slots=True)
class Wishes:
    """How documents are to be imported."""

    facts_only: bool = False
    """Leave out the vendor's sentences. A spec that was made so stays so."""
    keep_document: bool = False
    """Store the document below the specs folder. One that is stored already is replaced anyway."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one document."""

    model: str
    path: Path
    outcome: Outcome
    inputs: int
    """How many it has now."""
    changes: tuple[str, ...]
    notes: tuple[str, ...]
    """What a reviewer should know."""
    files: dict[Path, bytes] = field(repr=False)
    """What is to be written for it."""


def import_documents(
    documents: Iterable[Supplied], specs: Path, wishes: Wishes | None = None
) -> list[Imported]:
    """Import documents into a specs folder.

    Args:
        documents: what to import; read one after the other, so that a caller can show progress.
        specs: the folder; made when it does not exist.
        wishes: how; None takes the defaults.

    Returns:
        What became of each, in their order. An unchanged spec is not written again.

    Raises:
        DocumentError: documents cannot be had or cannot be read.
        SpecError: a refinement no longer fits, or a spec that is there has problems.
        OSError: the folder cannot be written.
    """
    importer = Importer(SpecFolder(specs), wishes or Wishes())
    imported: list[Imported] = []
    failures: list[WirogenError] = []
    for document in documents:
        try:
            imported.append(importer.plan(document))
        except WirogenError as error:
            failures.append(error)
    if failures:
        problems = [problem for failure in failures for problem in failure.problems]
        raise type(failures[0])(problems)
    files = {path: data for one in imported for path, data in one.files.items()}
    schema = specs / FILE_NAME
    if files and not schema.exists():
        files[schema] = schema_text().encode()
    write_files(files)
    return imported


class Importer:
    """Decides what becomes of documents; writes nothing.

    Args:
        folder: the specs that are there.
        wishes: how to import.
    """

    def __init__(self, folder: SpecFolder, wishes: Wishes) -> None:
        self._folder = folder
        self._wishes = wishes
        self._seen: dict[str, str] = {}

    def plan(self, given: Supplied) -> Imported:
        """Decide everything about one document.

        Raises:
            DocumentError: it cannot be had or read, or is the second about its model.
            SpecError: a refinement no longer fits, or the spec that is there has problems.
        """
        data = given.data
        document = read_document(data, given.name)
        slug = slug_of(document, given.name)
        self._refuse_second(slug, given.name)
        path = self._folder.path_of(slug)
        old = self._folder.model(slug) if path.exists() else None
        kept = self._kept_document(slug, document.form, old)
        source = Source(
            form=document.form,
            document=kept,
            sha256=hashlib.sha256(data).hexdigest(),
            facts_only=self._wishes.facts_only or (old is not None and old.source.facts_only),
            incomplete=document.incomplete,
        )
        facts = Facts(document, source, given.name)
        spec = facts.spec(slug)
        notes = facts.notes
        if old is not None:
            heritage = Heritage(old, spec, document)
            if document.categories and spec.kind != old.kind:
                notes.append(f"kind stays {old.kind}; the categories say {spec.kind}")
            spec = _carry_over(old, heritage.merge(), path)
            notes += heritage.notes()
        files = {path: _lay_out(spec, given.name)} if spec != old else {}
        if kept is not None:
            files[self._folder.root / kept] = data
        changes = tuple(describe_differences(old, spec)) if old else ()
        outcome: Outcome = "created" if old is None else "unchanged" if spec == old else "updated"
        notes += [*_source_notes(old, spec), *explain(spec)]
        return Imported(slug, path, outcome, len(spec.inputs), changes, tuple(notes), files)

    def _refuse_second(self, slug: str, name: str) -> None:
        first = self._seen.setdefault(slug, name)
        if first != name:
            message = f"{first} is a document for {slug} too"
            raise DocumentError(Problem(message, "import one of them", name))

    def _kept_document(self, slug: str, form: Form, old: ModelSpec | None) -> str | None:
        """Say where the document is stored below the specs folder, if it is."""
        place = f"documents/{slug}.{_SUFFIXES[form]}"
        kept = old.source.document if old is not None and old.source.form == form else None
        if kept is not None:
            return kept
        is_there = (self._folder.root / place).exists()
        return place if self._wishes.keep_document or is_there else None


def _carry_over(old: ModelSpec, new: ModelSpec, path: Path) -> ModelSpec:
    """Put what we concluded about the old facts onto the new ones.

    Raises:
        SpecError: a conclusion no longer fits, at its place in the file that holds it.
    """
    reading = read_anything(path)
    inputs = {one.name: one for one in new.inputs}
    problems: list[Problem] = []
    for position, one in enumerate(old.inputs):
        if one.refine is None:
            continue
        pointer = ("inputs", position, "refine")
        if one.name not in inputs:
            message = f"the document has no input `{one.name}` any more, which this refines"
            problems.append(reading.problem(pointer, message, "remove the refinement"))
            continue
        refined = inputs[one.name].model_copy(update={"refine": one.refine})
        inputs[one.name] = refined
        problems += (
            reading.problem((*pointer, *breach.pointer), breach.message, breach.remedy)
            for breach in check_refinement(refined, one.refine)
        )
    if problems:
        raise SpecError(problems)
    ours = {"kind": old.kind, "class_name": old.class_name, "inputs": list(inputs.values())}
    return new.model_copy(update=ours)


def _lay_out(spec: ModelSpec, name: str) -> bytes:
    """Write the YAML, having checked it as strictly as anybody else's.

    Raises:
        DocumentError: the document says what no spec may say.
    """
    breaches = [*check_model(spec)]
    if breaches:
        raise DocumentError(unsayable(each.message, name, each.pointer) for each in breaches)
    try:
        data = dump_model(spec).encode()
    except SpecError as error:
        raise DocumentError(unsayable(each.message, name, ()) for each in error.problems) from error
    if len(data) > MAX_BYTES:
        message = f"its spec would have {len(data)} bytes, more than {MAX_BYTES}"
        raise DocumentError(unsayable(message, name, ()))
    return data


def _source_notes(old: ModelSpec | None, new: ModelSpec) -> Iterator[str]:
    if new.source.incomplete:
        yield "the document was cut off; import it again when it is whole"
    if old is not None and old.source.facts_only:
        yield "facts only, as before; delete the spec to import it with the vendor's sentences"
