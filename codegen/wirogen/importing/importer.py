"""Documents into a specs folder: facts are replaced, refinements stay, nothing is half written.

A document that cannot become a spec is a failure of its own: all others are written.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit

from wirogen.document.detect import read_document
from wirogen.document.document import ModelDocument
from wirogen.errors import DocumentError, Problem, SpecError, WirogenError
from wirogen.importing.facts import Facts, slug_of, unwritable
from wirogen.importing.merge import Merge
from wirogen.importing.report import describe_contradictions, describe_differences, explain
from wirogen.output.files import locked, recover, write_files
from wirogen.source.find import DocumentSource
from wirogen.spec.file import dump_model, read_anything, read_bytes
from wirogen.spec.folder import SpecFolder
from wirogen.spec.model import Form, ModelSpec, PlatformSpec, Source
from wirogen.spec.refinement import check_refinement
from wirogen.spec.rules import check_model
from wirogen.spec.schema import FILE_NAME, schema_text
from wirogen.spec.yaml_comments import carry_comments
from wirogen.spec.yaml_reader import MAX_BYTES

_SUFFIXES: Final[dict[Form, str]] = {
    "llms.txt": "llms.txt",
    "openapi.json": "openapi.json",
    "tool-detail": "tool-detail.json",
}
"""How the file of a kept document ends."""

Outcome: TypeAlias = Literal["created", "updated", "unchanged"]


@dataclass(frozen=True, slots=True)
class LoadedDocument:
    """A document that is at hand."""

    name: str
    """Where it came from, for messages."""
    data: bytes


@dataclass(frozen=True, slots=True)
class ImportOptions:
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
    spec: ModelSpec = field(repr=False)
    files: dict[Path, bytes] = field(repr=False)
    """What is to be written for it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that did not become a spec."""

    name: str
    """Where it came from."""
    error: WirogenError


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of all documents, each list in their order."""

    imported: Sequence[Imported]
    failures: Sequence[Failure]

    def raise_for_failures(self) -> None:
        """Raise one error with the problems of all failures; its kind is that of the first.

        Raises:
            DocumentError: documents cannot be had or cannot be read.
            SpecError: a refinement no longer fits, or a spec that is there has problems.
        """
        if self.failures:
            problems = [p for failure in self.failures for p in failure.error.problems]
            raise type(self.failures[0].error)(problems)


def import_documents(
    documents: Iterable[DocumentSource], specs: Path, options: ImportOptions | None = None
) -> ImportResult:
    """Import documents into a specs folder; whatever can be written is.

    Args:
        documents: what to import; read one after the other, so that a caller can show progress.
        specs: the folder; made when it does not exist.
        options: how; None takes the defaults.

    Returns:
        What became of each. An unchanged spec is not written again.

    Raises:
        OSError: the folder cannot be written.
    """
    with locked(specs):
        recover(specs)
        return _import(documents, specs, options or ImportOptions())


def _import(
    documents: Iterable[DocumentSource], specs: Path, options: ImportOptions
) -> ImportResult:
    importer = Importer(SpecFolder(specs), options)
    imported: list[Imported] = []
    failures: list[Failure] = []
    for document in documents:
        try:
            imported.append(importer.plan(document))
        except WirogenError as error:
            failures.append(Failure(document.name, error))
    files = {path: data for report in imported for path, data in report.files.items()}
    schema = specs / FILE_NAME
    if files and not schema.exists():
        files[schema] = schema_text().encode()
    write_files(files, specs)
    return ImportResult(imported, failures)


class Importer:
    """Decides what becomes of documents; writes nothing.

    Documents of one model build on one another, in their order: several forms give their sum.

    Args:
        folder: the specs that are there.
        options: how to import.
    """

    def __init__(self, folder: SpecFolder, options: ImportOptions) -> None:
        self._folder = folder
        self._options = options
        self._first: dict[tuple[str, Form], str] = {}
        self._planned: dict[str, ModelSpec] = {}
        self._texts: dict[Path, str] = {}
        self._platform: PlatformSpec | None = None

    def plan(self, source: DocumentSource) -> Imported:
        """Decide everything about one document.

        Raises:
            DocumentError: it cannot be had or read, or is the second of its form about its model.
            SpecError: a refinement no longer fits, or the spec that is there has problems.
        """
        data = source.data
        document = read_document(data, source.name)
        slug = slug_of(document, source.name)
        self._refuse_second(slug, document.form, source.name)
        path = self._folder.path_of(slug)
        old = self._planned.get(slug) or (self._folder.model(slug) if path.exists() else None)
        stored = self._stored_document(slug, document.form, old)
        facts = Facts(document, self._source(document, data, stored, old), source.name)
        spec, notes = facts.spec(slug), facts.notes
        if old is not None:
            merge = Merge(old, spec, document)
            if document.categories and spec.kind != old.kind:
                notes.append(f"kind stays {old.kind}; the categories say {spec.kind}")
            spec = _carry_over(old, merge.merge(), path)
            notes += merge.notes()
        files: dict[Path, bytes] = {}
        if spec != old:
            text, lost = carry_comments(self._text(path), _lay_out(spec, source.name))
            files[path] = text.encode()
            notes += [
                f"a comment of the spec belongs to nothing any more: {comment}" for comment in lost
            ]
            self._texts[path] = text
        if stored is not None:
            files[self._folder.root / stored] = data
        self._planned[slug] = spec
        self._first[slug, document.form] = source.name
        changes = tuple(describe_differences(old, spec)) if old else ()
        outcome: Outcome = "created" if old is None else "unchanged" if spec == old else "updated"
        notes += self._host_notes(spec)
        notes += [*_source_notes(old, spec), *describe_contradictions(spec), *explain(spec)]
        return Imported(slug, path, outcome, len(spec.inputs), changes, tuple(notes), spec, files)

    def _host_notes(self, spec: ModelSpec) -> Iterator[str]:
        """Note an endpoint that is not on the platform's host: clients never go there."""
        if spec.endpoints is None:
            return
        self._platform = self._platform or self._folder.platform()
        stated, known = (
            urlsplit(url).hostname for url in (spec.endpoints.run, self._platform.hosts.rest)
        )
        if stated != known:
            yield f"its Run endpoint is on {stated}; clients run it on {known} all the same"

    def _text(self, path: Path) -> str:
        """Return the spec as it is written so far; nothing where there is none."""
        if path in self._texts or not path.exists():
            return self._texts.get(path, "")
        return read_bytes(path).decode("utf-8-sig").replace("\r\n", "\n")

    def _source(
        self, document: ModelDocument, data: bytes, stored: str | None, old: ModelSpec | None
    ) -> Source:
        return Source(
            form=document.form,
            document=stored,
            sha256=hashlib.sha256(data).hexdigest(),
            facts_only=self._options.facts_only or (old is not None and old.source.facts_only),
            incomplete=document.incomplete,
        )

    def _refuse_second(self, slug: str, form: Form, name: str) -> None:
        first = self._first.get((slug, form))
        if first is not None:
            message = f"{first} is about {slug} too, in the same form ({form})"
            raise DocumentError(Problem(message, "import one of them", name))

    def _stored_document(self, slug: str, form: Form, old: ModelSpec | None) -> str | None:
        """Return where the document is stored below the specs folder, if it is."""
        place = f"documents/{slug}.{_SUFFIXES[form]}"
        stored = old.source.document if old is not None and old.source.form == form else None
        if stored is not None:
            return stored
        is_there = (self._folder.root / place).exists()
        return place if self._options.keep_document or is_there else None


def _carry_over(old: ModelSpec, new: ModelSpec, path: Path) -> ModelSpec:
    """Put what we concluded about the old facts onto the new ones.

    Raises:
        SpecError: a conclusion no longer fits, at its place in the file that holds it.
    """
    inputs = {entry.name: entry for entry in new.inputs}
    problems: list[Problem] = []
    for position, entry in enumerate(old.inputs):
        if entry.refine is None:
            continue
        reading = read_anything(path)
        pointer = ("inputs", position, "refine")
        if entry.name not in inputs:
            message = f"the document has no input `{entry.name}` any more, which this refines"
            problems.append(reading.problem(pointer, message, "remove the refinement"))
            continue
        refined = inputs[entry.name].model_copy(update={"refine": entry.refine})
        inputs[entry.name] = refined
        problems += (
            reading.problem((*pointer, *violation.pointer), violation.message, violation.remedy)
            for violation in check_refinement(refined, entry.refine)
        )
    if problems:
        raise SpecError(problems)
    ours = {
        "kind": old.kind,
        "class_name": old.class_name,
        "refine": old.refine,
        "inputs": list(inputs.values()),
    }
    return new.model_copy(update=ours)


def _lay_out(spec: ModelSpec, name: str) -> str:
    """Write the YAML, having checked it as strictly as anybody else's.

    Raises:
        DocumentError: the document says what no spec may say.
    """
    violations = [*check_model(spec)]
    if violations:
        raise DocumentError(
            unwritable(violation.message, name, violation.pointer) for violation in violations
        )
    try:
        text = dump_model(spec)
    except SpecError as error:
        raise DocumentError(
            unwritable(problem.message, name, ()) for problem in error.problems
        ) from error
    size = len(text.encode())
    if size > MAX_BYTES:
        message = f"its spec would have {size} bytes, more than {MAX_BYTES}"
        raise DocumentError(unwritable(message, name, ()))
    return text


def _source_notes(old: ModelSpec | None, new: ModelSpec) -> Iterator[str]:
    if new.source.incomplete:
        yield "the document was cut off; import it again when it is whole"
    if old is not None and old.source.facts_only:
        yield "facts only, as before; delete the spec to import it with the vendor's sentences"
