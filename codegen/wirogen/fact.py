"""From what a document says to the facts of a spec.

Nothing is concluded here except where the form leaves no other way: the title from the display
name, the kind from the categories. What is left out or mended on the way is noted.
"""

import re
from collections.abc import Iterable
from typing import Final

from pydantic import ValidationError

from wirogen.documents.document import DocumentInput, DocumentOption, ModelDocument
from wirogen.errors import DocumentError, Problem
from wirogen.spec.model import (
    Endpoints,
    Input,
    Kind,
    ModelSpec,
    Option,
    Source,
    Statuses,
)
from wirogen.spec.rule import MAX_LINE, clean_slug, is_safe_url
from wirogen.spec.strict import Pointer, show
from wirogen.text import describe_unsafe, remove_unsafe

_SHORT: Final = 60
"""Characters up to which a label is a name; longer ones are the vendor's sentences."""
_PROSE_KEYS: Final = frozenset({"description", "generatesettings"})
"""Keys of options that hold sentences."""


def slug_of(document: ModelDocument, file: str) -> str:
    """Give the clean `owner/model` of a document: what its Run endpoint ends in.

    Raises:
        DocumentError: the endpoint names no model.
    """
    url = document.run_endpoint
    slug = clean_slug(url)
    if re.search(r"/Run/[^/\s]+/[^/\s]+$", url) and re.fullmatch(r"[^/]+/[^/]+", slug):
        return slug
    message = f"the Run endpoint {url!r} names no model; expected …/Run/<owner>/<model>"
    raise DocumentError(
        Problem(message, "save the document again", file, pointer="Basic tool info")
    )


def unsayable(message: str, file: str, pointer: Pointer) -> Problem:
    """Say of a document what would be wrong with its spec."""
    what = f"the document says what no spec may say: {message}"
    return Problem(what, "correct the document", file, pointer=show(pointer))


class Facts:
    """Makes specs from documents.

    Args:
        document: what was read.
        source: where it came from, for the spec.
        file: its name, for messages.
    """

    def __init__(self, document: ModelDocument, source: Source, file: str) -> None:
        self._document = document
        self._source = source
        self._file = file
        self._facts_only = source.facts_only
        self.notes: list[str] = list(document.notes)
        """What a reviewer should know."""

    def spec(self, slug: str) -> ModelSpec:
        """Make the spec of the model that `slug_of` found.

        Raises:
            DocumentError: a name is longer than one may be, or a wire value holds characters that
                cannot be seen in a review.
        """
        try:
            return self._spec(slug)
        except ValidationError as error:
            raise DocumentError(
                unsayable(f"{each['msg']}, found {each['input']!r}", self._file, each["loc"])
                for each in error.errors(include_url=False)
            ) from error

    def _spec(self, slug: str) -> ModelSpec:
        document = self._document
        description = None if self._facts_only else document.description
        return ModelSpec(
            model=slug,
            title=_title(document.name or slug),
            kind=_kind(document.categories),
            description=self._text("description", description),
            cover=self._cover(),
            categories=self._words("categories", document.categories),
            tags=self._words("tags", document.tags),
            source=self._source,
            endpoints=Endpoints(run=document.run_endpoint, detail=document.detail_endpoint),
            statuses=self._statuses(),
            inputs=[self._input(each) for each in document.inputs],
        )

    def _cover(self) -> str | None:
        cover = self._document.cover
        if cover is None or is_safe_url(cover):
            return cover
        self.notes.append(f"cover {cover!r} is not a plain https URL and was left out")
        return None

    def _statuses(self) -> Statuses | None:
        completed = [each.name for each in self._document.completed]
        running = [each.name for each in self._document.running]
        if not completed and not running:
            return None
        return Statuses(completed=completed, running=running)

    def _words(self, what: str, words: Iterable[str]) -> list[str]:
        distinct: dict[str, str] = {}
        for word in words:
            distinct.setdefault(word.casefold(), self._line(what, word))
        return list(distinct.values())

    # Inputs

    def _input(self, one: DocumentInput) -> Input:
        where = f"input `{one.name}`"
        default = self._text(f"{where}: default", one.default)
        options = self._options(one, where)
        if default is not None and options and default not in {each.value for each in options}:
            self.notes.append(f"{where}: the default {default!r} is none of its options")
        if default is not None and self._facts_only and _is_prose(one):
            default = None
        return Input(
            name=self._exact(one.name, where),
            type=self._exact(one.type, where),
            label=self._label(f"{where}: label", one.label),
            help=self._text(f"{where}: help", None if self._facts_only else one.help),
            default=default,
            options=options,
        )

    def _options(self, one: DocumentInput, where: str) -> list[Option] | None:
        if one.options is None:
            return None
        distinct: dict[str, DocumentOption] = {}
        for option in one.options:
            if option.value in distinct:
                self.notes.append(f"{where}: option {option.value!r} is listed twice, kept once")
            distinct.setdefault(option.value, option)
        return [self._option(each, where) for each in distinct.values()]

    def _option(self, option: DocumentOption, where: str) -> Option:
        where = f"{where}: option {option.value!r}"
        label = self._label(f"{where}: label", option.label)
        extra: dict[str, object] = {
            key: self._text(f"{where}: {key}", text) or ""
            for key, text in option.extra.items()
            if not (self._facts_only and key in _PROSE_KEYS) and key != "cover"
        }
        cover = option.extra.get("cover", "")
        return Option(
            value=self._exact(option.value, where),
            label=None if label == option.value else label,
            cover=cover if is_safe_url(cover) else None,
            extra=extra or None,
        )

    # Texts

    def _label(self, where: str, text: str | None) -> str | None:
        if text is None or (self._facts_only and len(text) > _SHORT):
            return None
        return self._line(where, text)

    def _line(self, where: str, text: str) -> str:
        line = " ".join((self._text(where, text) or "").split())
        if len(line) > MAX_LINE:
            self.notes.append(f"{where}: shortened from {len(line)} characters")
            line = line[: MAX_LINE - 1].rstrip() + "…"
        return line

    def _text(self, where: str, text: str | None) -> str | None:
        if text is None:
            return None
        if found := describe_unsafe(text):
            self.notes.append(f"{where}: characters such as {found} were removed")
        return remove_unsafe(text).strip() or None

    def _exact(self, text: str, where: str) -> str:
        if found := describe_unsafe(text):
            message = f"holds {found}, which cannot be seen in a review and must reach the wire"
            remedy = "remove the character from the document if it is a mistake"
            raise DocumentError(Problem(message, remedy, self._file, pointer=where))
        return text


def _title(name: str) -> str:
    """Take the model's part of `owner/model`; what looks like a slug becomes words."""
    part = " ".join(remove_unsafe(name).split("/", maxsplit=1)[-1].split())[:MAX_LINE]
    if part == part.lower():
        words = re.split(r"[-_\s]+", part)
        part = " ".join(word[:1].upper() + word[1:] for word in words).strip()
    return part


def _kind(categories: Iterable[str]) -> Kind:
    words = {word.lower() for word in categories}
    if any(word.startswith("realtime") for word in words):
        return "realtime"
    if any(word == "llm" or word.startswith("llm-") for word in words):
        return "text"
    return "media"


def _is_prose(one: DocumentInput) -> bool:
    """Say whether a default is the vendor's sentence and not a fact: a text without choices."""
    if one.options or one.default is None:
        return False
    return one.type.lower() == "textarea" or " " in one.default or "\n" in one.default
