"""From what a document says to the facts of a spec.

Nothing is concluded here except where the form leaves no other way: the title from the display
name, the kind from the categories or the inputs. What is left out or mended on the way is noted.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast
from urllib.parse import unquote

from pydantic import ValidationError

from wirogen.document.document import DocumentInput, DocumentOption, DocumentPrice, ModelDocument
from wirogen.errors import DocumentError, Problem
from wirogen.spec.model import (
    Endpoints,
    Input,
    Kind,
    ModelSpec,
    Option,
    Price,
    Source,
    Statuses,
)
from wirogen.spec.rules import (
    MAX_LINE,
    MAX_NAME,
    MAX_TEXT,
    clean_slug,
    is_price,
    is_run_url,
    is_safe_url,
    is_word,
)
from wirogen.spec.validate import explain_error
from wirogen.spec.widget import CALL_FIELDS, family
from wirogen.spec.yaml_reader import Pointer, show
from wirogen.spec.yaml_scalar import INTEGER_LIMIT
from wirogen.text.unsafe import describe_unsafe, remove_unsafe

_SHORT: Final = 60
"""Characters up to which a label is a name; longer ones are the vendor's sentences."""
_PROSE_KEYS: Final = frozenset({"description", "generatesettings", "note", "placeholder"})
"""Other keys that hold sentences."""
_RUN: Final = re.compile(r"/Run/(?P<slug>[^/\s]+/[^/\s]+)$")
_RAW_SLUG: Final = re.compile(r"[\w .()&,+-]+/[\w .()&,+-]+", re.ASCII)
"""`owner/model` as the website writes it: capitals, blanks and dots are cleaned away."""
_CHAT_INPUTS: Final = frozenset({"prompt", "user_id", "session_id"})
"""What every model that chats takes, and no other."""


def slug_of(document: ModelDocument, file: str) -> str:
    """Return the clean `owner/model` of a document: what its Run endpoint ends in.

    Raises:
        DocumentError: the endpoint names no model.
    """
    url = document.run_endpoint or ""
    run = _RUN.search(url)
    raw = document.slug if run is None else unquote(run["slug"])
    if raw is not None and _RAW_SLUG.fullmatch(raw):
        slug = clean_slug(raw)
        if all(slug.split("/")):
            return slug
    if raw is None:
        message = f"the Run endpoint {url!r} names no model; expected …/Run/<owner>/<model>"
    else:
        message = f"{raw!r} names no model; expected <owner>/<model> in letters, digits, - and _"
    raise DocumentError(Problem(message, "save the document again", file))


def unwritable(message: str, file: str, pointer: Pointer) -> Problem:
    """Return the problem of a document whose spec would be wrong."""
    what = f"the document says what no spec may say: {message}"
    return Problem(what, "write this spec by hand", file, pointer=show(pointer))


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
        self.notes: list[str] = [*document.notes, *_note_samples(len(document.samples))]
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
                unwritable(
                    explain_error(ModelSpec, detail["loc"], detail)[0], self._file, detail["loc"]
                )
                for detail in error.errors(include_url=False)
            ) from error

    def _spec(self, slug: str) -> ModelSpec:
        document = self._document
        return ModelSpec(
            model=slug,
            title=self._title(slug),
            kind=self._kind(),
            description=self._prose("description", document.description),
            cover=self._cover(),
            categories=self._words("categories", document.categories),
            tags=self._words("tags", document.tags),
            computing_time=self._label("computing_time", document.computing_time),
            cps=self._amount("cps", document.cps),
            approximate_cost=self._amount("approximatelycost", document.approximate_cost),
            price=[self._price(price) for price in document.price],
            source=self._source,
            endpoints=self._endpoints(slug),
            statuses=self._statuses(),
            extra=self._extra("", document.extra),
            inputs=[self._input(field) for field in self._own_inputs()],
        )

    def _title(self, slug: str) -> str:
        title = self._label("title", self._document.title)
        return _words_of(title or (self._document.name or slug).split("/", maxsplit=1)[-1])

    def _kind(self) -> Kind:
        """Return what comes out: from the categories, else from the inputs of a chat; a guess is noted."""
        document = self._document
        stated = _kind_of(document.categories)
        if stated is not None:
            return stated
        is_chat = {field.name for field in document.inputs} >= _CHAT_INPUTS
        kind: Kind = "text" if is_chat else "media"
        reason = (
            "since the inputs are a chat's" if is_chat else "as for most; correct it if need be"
        )
        what = (
            "no category says what comes out" if document.categories else "no categories are stated"
        )
        self.notes.append(f"{what}; kind `{kind}`, {reason}")
        return kind

    def _cover(self) -> str | None:
        cover = self._document.cover
        if cover is None or is_safe_url(cover):
            return cover
        self.notes.append(f"cover {cover!r} is not a plain https URL and was left out")
        return None

    def _amount(self, what: str, amount: str | None) -> str | None:
        if amount is None or is_price(amount):
            return amount
        message = f"{what} {amount!r} is no price in plain decimal digits and was left out"
        self.notes.append(message)
        return None

    def _price(self, price: DocumentPrice) -> Price:
        known = {field.name for field in self._document.inputs}
        for name in price.inputs:
            if name not in known:
                self.notes.append(f"a price depends on `{name}`, which is no input")
        return Price(
            inputs={
                self._exact(name, "price"): self._exact(value, "price")
                for name, value in price.inputs.items()
            }
            or None,
            price=price.price,
            method=self._label("price", price.method),
            extra=price.extra,
            per_input=price.per_input,
        )

    def _endpoints(self, slug: str) -> Endpoints | None:
        """Return the stated URLs; only those on the platform's host are ever of use."""
        run, detail = self._document.run_endpoint, self._document.detail_endpoint
        if run is None:
            return None
        if not is_safe_url(run) or not is_run_url(run, slug):
            self.notes.append(f"Run endpoint {run!r} is not a plain https URL and was left out")
            return None
        if detail is not None and not is_safe_url(detail):
            self.notes.append(f"Detail endpoint {detail!r} is not a plain https URL, left out")
            detail = None
        return Endpoints(run=run, detail=detail)

    def _statuses(self) -> Statuses | None:
        document = self._document
        completed, running = (
            [self._exact(status.name, "task statuses") for status in listed]
            for listed in (document.completed, document.running)
        )
        return Statuses(completed=completed, running=running) if completed or running else None

    def _words(self, what: str, words: Iterable[str]) -> list[str]:
        distinct: dict[str, str] = {}
        for word in words:
            line = self._line(what, word)
            if is_word(line, is_category=what == "categories"):
                distinct.setdefault(line.casefold(), line)
            else:
                self.notes.append(f"{word!r} cannot be one of the {what} and was left out")
        return list(distinct.values())

    # Inputs

    def _own_inputs(self) -> Iterator[DocumentInput]:
        """Leave out what is no input of this model, what no spec can name, and what comes again."""
        seen: dict[str, DocumentInput] = {}
        for field in self._document.inputs:
            if field.name in CALL_FIELDS:
                self.notes.append(
                    f"`{field.name}` belongs to the call of any model and is no input"
                )
            elif not field.name.strip() or len(field.name) > MAX_NAME:
                shown = field.name[:_SHORT]
                self.notes.append(f"an input called {shown!r} cannot be named and was left out")
            elif seen.setdefault(field.name, field) is field or seen[field.name] != field:
                yield field  # two that differ are an error of the spec's, which names both
            else:
                self.notes.append(f"input `{field.name}` is listed twice, kept once")

    def _input(self, field: DocumentInput) -> Input:
        where = f"input `{field.name}`"
        return Input(
            name=self._exact(field.name, where),
            type=self._exact(field.type.strip(), where),
            label=self._label(f"{where}: label", field.label),
            help=self._prose(f"{where}: help", field.help),
            required=field.required,
            default=self._default(field, where),
            minimum=field.minimum,
            maximum=field.maximum,
            step=field.step,
            min_length=field.min_length,
            max_length=field.max_length,
            options=self._options(field, where),
            value=None if field.value is None else dict(field.value),
            extra=self._extra(f"{where}: ", field.extra),
        )

    def _default(self, field: DocumentInput, where: str) -> Any:
        default = field.default
        if not isinstance(default, str):
            return self._single(default, f"{where}: default")
        if len(default) > MAX_TEXT:
            self.notes.append(f"{where}: a default of {len(default)} characters was left out")
            return None
        if self._facts_only and _is_prose(field, default):
            return None
        return self._clean(f"{where}: default", default)

    def _options(self, field: DocumentInput, where: str) -> list[Option] | None:
        if field.options is None:
            return None
        distinct: dict[str, DocumentOption] = {}
        for option in field.options:
            distinct.setdefault(option.value, option)
        for value, count in Counter(option.value for option in field.options).items():
            if count > 1:
                often = "twice" if count == 2 else f"{count} times"
                self.notes.append(f"{where}: option {value!r} is listed {often}, kept once")
        return [self._option(option, where) for option in distinct.values()]

    def _option(self, option: DocumentOption, where: str) -> Option:
        where = f"{where}: option {option.value!r}"
        label = self._label(f"{where}: label", option.label)
        extra = dict(option.extra)
        cover = extra.get("cover")
        is_url = isinstance(cover, str) and is_safe_url(cover)
        if is_url:  # some covers are no more than a path below a host that is not stated
            del extra["cover"]
        return Option(
            value=self._exact(option.value, where),
            label=None if label == option.value else label,
            cover=cast("str", cover) if is_url else None,
            extra=self._extra(f"{where}: ", extra),
        )

    def _extra(self, where: str, values: Mapping[str, object]) -> dict[str, object] | None:
        """Keep what there is no word for: single values as they are, structures as JSON text."""
        kept: dict[str, object] = {}
        for key, value in values.items():
            text = self._single(value, where + key)
            is_prose = isinstance(text, str) and (len(text) > _SHORT or key in _PROSE_KEYS)
            if text in {None, ""} or (self._facts_only and is_prose):
                continue
            name = self._clean(f"{where}{key!a}", key)
            kept[name] = self._clean(where + key, text) if isinstance(text, str) else text
        return kept or None

    def _single(self, value: object, where: str) -> object:
        """Return a value that YAML can hold: structures and giant integers become text."""
        if isinstance(value, dict | list):
            try:
                return json.dumps(value, separators=(",", ":"))
            except RecursionError as error:
                problem = Problem("nests too deeply to be kept", file=self._file, pointer=where)
                raise DocumentError(problem) from error
        if isinstance(value, int) and not -INTEGER_LIMIT <= value < INTEGER_LIMIT:
            self.notes.append(f"{where}: {value} does not fit in 64 bits and is kept as text")
            return str(value)
        return value

    # Texts

    def _label(self, where: str, text: str | None) -> str | None:
        if text is None or (self._facts_only and len(text) > _SHORT):
            return None
        return self._line(where, text) or None

    def _prose(self, where: str, text: str | None) -> str | None:
        if text is None or self._facts_only:
            return None
        clean = self._clean(where, text).strip()
        if len(clean) > MAX_TEXT:
            self.notes.append(f"{where}: shortened from {len(clean)} characters")
            clean = clean[: MAX_TEXT - 1].rstrip() + "…"
        return clean or None

    def _line(self, where: str, text: str) -> str:
        line = " ".join(self._clean(where, text).split())
        if len(line) > MAX_LINE:
            self.notes.append(f"{where}: shortened from {len(line)} characters")
            line = line[: MAX_LINE - 1].rstrip() + "…"
        return line

    def _clean(self, where: str, text: str) -> str:
        if unsafe := describe_unsafe(text):
            self.notes.append(f"{where}: characters such as {unsafe} were removed")
        return remove_unsafe(text)

    def _exact(self, text: str, where: str) -> str:
        if unsafe := describe_unsafe(text):
            message = f"holds {unsafe}, which cannot be seen in a review and must reach the wire"
            remedy = "write this spec by hand, without the character"
            raise DocumentError(Problem(message, remedy, self._file, pointer=where))
        return text


def _note_samples(sets: int) -> Iterator[str]:
    if sets:
        noun = "set of sample inputs was" if sets == 1 else "sets of sample inputs were"
        yield f"{sets} {noun} read; a spec holds none"


def _words_of(title: str) -> str:
    """Make words of what looks like a slug; leave any other title as it is."""
    title = " ".join(remove_unsafe(title).split())[:MAX_LINE]
    if title != title.lower():
        return title
    words = re.split(r"[-_\s]+", title)
    return " ".join(word[:1].upper() + word[1:] for word in words).strip() or title


def _kind_of(categories: Iterable[str]) -> Kind | None:
    """Return the kind that a category states, or None where none does: `tool`, the owner's name."""
    words = {word.lower() for word in categories}
    if any(word.startswith("realtime") for word in words):
        return "realtime"
    if any(word == "llm" or word.startswith("llm-") for word in words):
        return "text"
    return "media" if any("-to-" in word for word in words) else None


def _is_prose(field: DocumentInput, default: str) -> bool:
    """Return whether a default is the vendor's sentence and not a fact: a text without choices."""
    if field.options:
        return False
    is_long = len(default) > _SHORT or len(default.split()) > 1
    return family(field.type) == "prose" or field.name == "prompt" or is_long
