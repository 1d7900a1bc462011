"""What stays of a spec when a document of another form replaces its facts: the sum of both.

A form replaces what it can say. What it has no words for (an llms.txt has no required flags, an
openapi.json no categories) stays as the document of the other form stated it, and so does an input
that only the other lists; both are reported.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

from pydantic import BaseModel

from wirogen.document.document import ModelDocument
from wirogen.spec.model import Form, Input, ModelSpec, Option, Origin, Scalar
from wirogen.spec.widget import json_type

_RANGE: Final = ("minimum", "maximum", "step")
_LENGTH: Final = ("min_length", "max_length")
_PRICE: Final = ("cps", "approximate_cost", "price")


_HasExtra: TypeAlias = ModelSpec | Input | Option
_Facts = TypeVar("_Facts", bound=BaseModel)


class Unstated(NamedTuple):
    """Facts that a form has no words for."""

    model: tuple[str, ...]
    input: tuple[str, ...]


UNSTATED: Final[Mapping[Form, Unstated]] = {
    "llms.txt": Unstated(
        ("title", "computing_time", *_PRICE), ("required", *_RANGE, *_LENGTH, "value")
    ),
    "openapi.json": Unstated(("cover", "categories", "tags", *_PRICE), ()),
    "tool-detail": Unstated(("endpoints", "statuses"), (*_LENGTH, "value")),
}


class Merge:
    """Brings facts of an old spec into a new one of another form.

    Args:
        old: what is there.
        new: what the new document says.
        document: the new document, for what it only guesses.
    """

    def __init__(self, old: ModelSpec, new: ModelSpec, document: ModelDocument) -> None:
        self._old = old
        self._new = new
        self._unstated = UNSTATED[document.form]
        self._guessed = {field.name for field in document.inputs if not field.is_type_stated}
        self._kept: dict[str, None] = {}
        self._takes_prose = new.source.facts_only == old.source.facts_only

    def merge(self) -> ModelSpec:
        """Return the new spec with what its form cannot say: another form said it, or whoever keeps the spec."""
        earlier = self._earlier()
        if not earlier:
            return self._fill(self._new, self._old, self._unstated.model)
        before = {field.name: field for field in self._old.inputs}
        merged = self._fill(self._new, self._old, self._unstated.model)
        inputs = [
            self._input(before[field.name], field) if field.name in before else field
            for field in self._new.inputs
        ]
        inputs += self._unlisted()
        source = self._new.source.model_copy(update={"earlier": earlier})
        changes = {"inputs": inputs, "source": source, "extra": self._extra(self._old, self._new)}
        return merged.model_copy(update=changes)

    def notes(self) -> Iterator[str]:
        """Return a note on each fact that was kept."""
        if self._kept:
            forms = " and ".join(origin.form for origin in self._earlier()) or "the spec"
            what = ", ".join(self._kept)
            yield f"kept from {forms}, since {self._new.source.form} cannot say it: {what}"
        for field in self._unlisted():
            yield f"input `{field.name}` is kept from {field.listed_by}; this document does not list it"

    def _unlisted(self) -> list[Input]:
        """Return inputs that documents of other forms list and the new one does not."""
        source, names = self._old.source, {field.name for field in self._new.inputs}
        return [
            field.model_copy(update={"listed_by": field.listed_by or source.form})
            for field in self._old.inputs
            if field.name not in names and (field.listed_by or source.form) != self._new.source.form
        ]

    def _earlier(self) -> list[Origin]:
        source = self._old.source
        origins = list(source.earlier)
        if source.form != "hand" and source.sha256 is not None:
            origins.insert(0, Origin(form=source.form, sha256=source.sha256))
        return [origin for origin in origins if origin.form != self._new.source.form]

    def _input(self, old: Input, new: Input) -> Input:
        filled = self._fill(new, old, self._unstated.input)
        changes: dict[str, Any] = {"extra": self._extra(old, new)}
        if (
            new.name in self._guessed
            and old.type != new.type
            and json_type(old.type) == json_type(new.type)
        ):
            changes["type"] = old.type
            self._kept["type"] = None
        if _as_words(old.default) == _as_words(new.default):
            changes["default"] = self._richer(old.default, new.default)
        if new.options is not None:
            before = {option.value: option for option in old.options or ()}
            changes["options"] = [
                self._option(before.get(option.value), option) for option in new.options
            ]
        return filled.model_copy(update=changes)

    def _richer(self, old: Scalar | None, new: Scalar | None) -> Scalar | None:
        """Choose between defaults that differ in their JSON type or in blanks only.

        An llms.txt distinguishes neither numbers from texts nor an empty default from none.
        """
        if self._new.source.form == "llms.txt" or new is None:
            return old
        return old if isinstance(new, str) and not isinstance(old, str | None) else new

    def _option(self, old: Option | None, new: Option) -> Option:
        if old is None:
            return new
        changes = {"cover": new.cover or old.cover, "extra": self._extra(old, new)}
        return new.model_copy(update=changes)

    def _fill(self, new: _Facts, old: _Facts, names: tuple[str, ...]) -> _Facts:
        """Take from the old what the new leaves out, of what its form seldom or never states."""
        kept = {
            name: value
            for name in names
            if (value := getattr(old, name)) not in (None, [])
            and (getattr(new, name) in (None, []) or name == "title")
        }
        self._kept |= dict.fromkeys(name for name in kept if kept[name] != getattr(new, name))
        return new.model_copy(update=kept)

    def _extra(self, old: _HasExtra, new: _HasExtra) -> dict[str, object] | None:
        kept = old.extra if self._takes_prose and old.extra else {}
        return {**kept, **(new.extra or {})} or None


def _as_words(value: Scalar | None) -> list[str]:
    return ("" if value is None else value if isinstance(value, str) else json.dumps(value)).split()
