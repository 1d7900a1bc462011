"""One input of an llms.txt: its known keys, and those that are new.

In the line-broken form the indentation says which lines are keys, so that a key that is new is
noticed. The flattened form has none: there, known keys are tokens in a fixed order, facts of other
forms are read at the end of a value, and whatever else looks like a key or a heading is noted.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from wirogen.document.document import DocumentInput, DocumentOption, read_flag
from wirogen.document.llms_page import Page, Span
from wirogen.spec.number import read_number
from wirogen.spec.widget import WIDGETS

_LATER_KEYS: Final = r"required|min|max|step|minimum|maximum"
"""Keys that the form does not have today and other forms have."""


def _type_token(word: str) -> str:
    later = rf"(?:(?:{_LATER_KEYS}):\s*+\S++\s++)*+"
    return rf"type:(?=[ \t]*+{word}\s*+{later}(?:\Z|default:))"


_KEYS: Final = {
    "label": r"label:",
    "help": r"help:",
    # A help text may say `type:` too; the real one is a single word before `default:`.
    "type": _type_token(r"\S*+"),
    "default": r"default:",
    "options": r"options:(?=\s*(?:\Z|- value:))",
}
_TYPED_KEYS: Final = {**_KEYS, "type": _type_token(rf"(?i:{'|'.join(WIDGETS)})")}
"""The same, where the type is a widget that is known: a help text may hold `type: fast default:`."""
_FLAT_TAIL: Final = re.compile(rf"\s(?P<key>{_LATER_KEYS}):\s*(?P<value>\S+)\s*\Z")
_INNER: Final = re.compile(r"(?:^|(?<=\s))(?:(?P<key>[a-z][A-Za-z0-9_-]*:)(?=\s|\Z)|#{2,4} \S+)")
"""What looks like a key or a heading and stands inside a value."""
_STRAY: Final = re.compile(r"[ \t]*(?:#{1,4} \S|- (?:name|value):|[A-Za-z][A-Za-z0-9_-]*:(?:\s|$))")
"""What looks like a heading, an input, an option or a key."""
_OPTION: Final = r"- value:"
_OPTION_VALUE: Final = re.compile(
    r"[ \t]*(?:\"(?P<double>.*?)\"|'(?P<single>.*?)'|(?P<bare>(?!label:)[^\s\"'](?:[^\n]*?\S)?))"
    r"(?=\s+label:|\s*\Z|[ \t]*\n)",
    re.DOTALL,
)
_OPTION_KEYS: Final = {
    "label": r"label:",
    "description": r"description:",
    "cover": r"cover:",
    "triggerwords": r"triggerwords:",
    "generatesettings": r"generatesettings:",
    "price": r"price:(?=\s*\$?[0-9])",
}
_READ_OPTION_KEYS: Final = _OPTION_KEYS.keys() - {"price"}
_BOUNDS: Final = {
    "min": "minimum",
    "minimum": "minimum",
    "max": "maximum",
    "maximum": "maximum",
    "step": "step",
}
_REMEDY: Final = "save the document again"


@dataclass(slots=True)
class _Keys:
    """The values of an input's keys: where the known ones stand, and what the others say."""

    known: dict[str, Span]
    others: dict[str, str] = field(default_factory=dict[str, str])


class InputReader:
    """Reads the inputs of a page; what a reviewer should know gathers in `notes`.

    Args:
        page: the whole document.
        notes: where to add to.
    """

    def __init__(self, page: Page, notes: list[str]) -> None:
        self._page = page
        self._notes = notes

    def read(self, name: str, span: Span) -> DocumentInput:
        """Read one input: its name, and the span behind it.

        Raises:
            DocumentError: a key is missing, or an option has no value that can be read.
        """
        where = f"input `{name}`"
        keys = self._keys(span, where)
        self._note_lines(self._text(keys, "help") or "", f"{where}: help")
        widget = self._text(keys, "type")
        for key in ("type", "label", "help", "default"):
            if key not in keys.known:
                message = f"expected `{key}:`; an input has name, label, help, type and default"
                raise self._page.error(span.start, f"Model Inputs, {where}", message, _REMEDY)
        if widget is None:
            message = "`type:` is empty; expected a word such as text or select"
            place = keys.known["type"].start
            raise self._page.error(place, f"Model Inputs, {where}", message, _REMEDY)
        options = self._options(keys.known["options"], where) if "options" in keys.known else None
        default = self._default(keys, where)
        return DocumentInput(
            name,
            widget,
            self._text(keys, "label"),
            self._text(keys, "help"),
            default,
            options,
            **self._stated(keys.others, where),
        )

    def _keys(self, span: Span, where: str) -> _Keys:
        lines = self._page.indented_keys(span)
        known = [(key, value) for key, value in lines if key in _KEYS]
        if [key for key, _ in known] != [key for key in _KEYS if key in dict(known)]:
            lines = []  # a text holds what looks like a key: the order of tokens decides
        if not lines:
            typed = self._page.fields(_TYPED_KEYS, span)
            keys = _Keys(typed if "type" in typed else self._page.fields(_KEYS, span))
            for name in keys.known.keys() - {"type", "options"}:
                self._note_inner(self._text(keys, name) or "", f"{where}: its {name}")
            return keys
        others = {key: self._page.read(value) for key, value in lines if key not in _KEYS}
        return _Keys(dict(known), others)

    def _note_inner(self, text: str, what: str) -> None:
        """Note what may be a key or a heading inside a value; where no indentation says so, it stays a text."""
        inner = dict.fromkeys(f"`{match[0]}`" for match in _INNER.finditer(text))
        if inner:
            self._notes.append(f"{what} holds {', '.join(inner)}, taken for part of the text")

    def _text(self, keys: _Keys, key: str) -> str | None:
        if key not in keys.known:
            return None
        text = self._page.read(keys.known[key])
        while key in {"type", "default"} and (tail := _FLAT_TAIL.search(f" {text}")):
            if read_flag(tail["value"]) is None and read_number(tail["value"]) is None:
                break
            keys.others.setdefault(tail["key"], tail["value"])
            text = text[: max(tail.start() - 1, 0)].rstrip()
        return text or None

    def _default(self, keys: _Keys, where: str) -> str | None:
        text = self._text(keys, "default")
        self._note_lines(text or "", f"{where}: default")
        return _unquote(text)

    def _note_lines(self, text: str, where: str) -> None:
        """Note lines of a text that look like something that should have been read."""
        for line in text.splitlines()[1:]:
            if _STRAY.match(line):
                self._notes.append(
                    f"{where}: {line.strip()[:60]!r} is taken for a part of the text"
                )

    def _stated(self, others: dict[str, str], where: str) -> dict[str, Any]:
        """Return the facts that unforeseen keys state; those without a word of ours are kept."""
        facts: dict[str, Any] = {}
        extra: dict[str, object] = {}
        for key, text in others.items():
            name = _BOUNDS.get(key, key)
            value = read_flag(text) if key == "required" else read_number(text)
            if value is not None and (key in _BOUNDS or key == "required"):
                facts[name] = value
            elif text:
                extra[key] = text
                self._notes.append(
                    f"{where}: `{key}:` has no meaning here and is kept as it stands"
                )
        return {**facts, "extra": extra}

    def _options(self, span: Span, where: str) -> tuple[DocumentOption, ...]:
        _, entries = self._page.pieces(_OPTION, span)
        return tuple(self._option(option, where) for _, option in entries)

    def _option(self, span: Span, where: str) -> DocumentOption:
        value = _OPTION_VALUE.match(self._page.text, span.start, span.end)
        if value is None:
            message = "expected a value, best in double quotes, then `label:`"
            raise self._page.error(span.start, f"Model Inputs, {where}", message, _REMEDY)
        word = next(value[kind] for kind in ("double", "single", "bare") if value[kind] is not None)
        rest = Span(value.end(), span.end)
        lines = self._page.indented_keys(rest)
        spans = dict(lines) if lines else self._page.fields(_OPTION_KEYS, rest)
        texts = {key: self._page.read(value_span) for key, value_span in spans.items()}
        for key in sorted(texts.keys() - _READ_OPTION_KEYS):
            self._notes.append(
                f"{where}: option {word!r}: `{key}:` has no meaning here and is kept as it stands"
            )
        if not lines:
            self._note_inner(texts.get("label", ""), f"{where}: option {word!r}: its label")
        label, _, rest_of_label = texts.pop("label", "").partition("\n")
        if rest_of_label:  # a label is one line; what follows belongs to nothing that we know
            shown = " ".join(rest_of_label.split())[:60]
            self._notes.append(f"{where}: option {word!r}: {shown!r} behind it was not read")
        return DocumentOption(word, label or None, texts)


def _unquote(text: str | None) -> str | None:
    """Take one pair of quotes off a default; `""` says there is none."""
    if text is not None and len(text) > 1 and text.startswith('"') and text.endswith('"'):
        return text[1:-1] or None
    return text
