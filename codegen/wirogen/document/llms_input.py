"""One input of an llms.txt: its known keys, and those that are new.

In the line-broken form the indentation says which lines are keys, so that a key that is new is
noticed. The flattened form has none: there, known keys are tokens in a fixed order, facts of other
forms are read at the end of a value, and whatever else looks like a key or a heading is noted.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Any, Final

from wirogen.document.document import DocumentInput, DocumentOption, read_flag
from wirogen.document.llms_page import Page, Span
from wirogen.errors import DocumentError
from wirogen.spec.number import read_number
from wirogen.spec.widget import WIDGETS

_LATER_KEYS: Final = r"required|min|max|step|minimum|maximum"
"""Keys that the form does not have today and other forms have."""


def _type_token(word: str) -> str:
    later = rf"(?:(?i:{_LATER_KEYS}):\s*+\S++\s++)*+"
    return rf"type:(?=[ \t]*+{word}\s*+{later}(?:\Z|default:))"


_KEYS: Final = {
    "label": r"label:",
    "help": r"help:",
    # A help text may say `type:` too; the real one is a single word before `default:`.
    "type": _type_token(r"\S*+"),
    "default": r"default:",
    "options": r"options:(?=\s*(?:\Z|- (?:value|label):))",
}
_WIDGET: Final = rf"(?i:{'|'.join(WIDGETS)})"
_TYPED_KEYS: Final = {**_KEYS, "type": _type_token(_WIDGET)}
"""The same, where the type is a widget that is known: a help text may hold `type: fast default:`."""
_LOOSE_KEYS: Final = {
    **_KEYS,
    "type": rf"type:(?=[ \t]*+{_WIDGET}\s++[a-z][A-Za-z0-9_-]*:\s(?:(?!default:).){{0,300}}+default:)",
}
"""The same, where a key that is new stands behind the type: `type: text placeholder: Say it default:`."""
_NEW_KEY: Final = re.compile(
    r"(?P<widget>\S+)\s+(?P<key>[a-z][A-Za-z0-9_-]*):\s+(?P<value>\S.*)", re.DOTALL
)
_FLAT_TAIL: Final = re.compile(rf"\s(?P<key>(?i:{_LATER_KEYS})):\s*(?P<value>\S+)\s*\Z")
_INNER: Final = re.compile(r"(?:^|(?<=\s))(?:(?P<key>[a-z][A-Za-z0-9_-]*:)(?=\s|\Z)|#{2,4} \S+)")
"""What looks like a key or a heading and stands inside a value."""
_STRAY: Final = re.compile(r"[ \t]*(?:#{1,4} \S|- (?:name|value):|[A-Za-z][A-Za-z0-9_-]*:(?:\s|$))")
"""What looks like a heading, an input, an option or a key."""
_OPTION: Final = r"- value:"
_LABELLED_OPTION: Final = r"- label:"
_PLAIN_OPTION: Final = re.compile(r"[ \t]*- (?P<value>\S.*)")
_KEY_LIKE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*:(?:\s|$)")
_OPTION_VALUE: Final = re.compile(
    r"[ \t]*(?:\"(?P<double>.*?)\"|'(?P<single>.*?)'|(?P<bare>(?!label:)[^\s\"'](?:[^\n]*?\S)??))"
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
        if "type" not in keys.known:
            message = "expected `type:`; an input has name, label, help, type and default"
            raise self._page.error(span.start, f"Model Inputs, {where}", message, _REMEDY)
        absent = [f"`{key}:`" for key in ("label", "help", "default") if key not in keys.known]
        if absent:
            self._notes.append(f"{where}: it has no {' and no '.join(absent)}")
        if widget is None:
            message = "`type:` is empty; expected a word such as text or select"
            place = keys.known["type"].start
            raise self._page.error(place, f"Model Inputs, {where}", message, _REMEDY)
        options = self._options(keys.known["options"], where) if "options" in keys.known else None
        default = self._default(keys, where)
        return DocumentInput(
            unquote(name),
            unquote(widget),
            self._text(keys, "label"),
            self._text(keys, "help"),
            default,
            options,
            **self._stated(keys.others, where),
        )

    def _keys(self, span: Span, where: str) -> _Keys:
        read = {*_KEYS, *_LATER_KEYS.split("|")}
        lines = [
            (key.lower() if key.lower() in read else key, value)
            for key, value in self._page.indented_keys(span)
        ]
        if not _are_keys([key for key, _ in lines]):
            lines = []  # a text holds what looks like a key: the order of tokens decides
        if not lines:
            keys = self._tokens(span)
            for name in keys.known.keys() - {"type", "options"}:
                self._note_inner(self._text(keys, name) or "", f"{where}: its {name}")
            return keys
        others = {key: self._page.read(value) for key, value in lines if key not in _KEYS}
        return _Keys({key: value for key, value in lines if key in _KEYS}, others)

    def _tokens(self, span: Span) -> _Keys:
        """Find the keys by their tokens, by the strictest reading that finds a type."""
        readings = (self._page.fields(tokens, span) for tokens in (_TYPED_KEYS, _KEYS, _LOOSE_KEYS))
        return _Keys(
            next((reading for reading in readings if "type" in reading), dict[str, Span]())
        )

    def _note_inner(self, text: str, what: str) -> None:
        """Note what may be a key or a heading inside a value; where no indentation says so, it stays a text."""
        inner = dict.fromkeys(f"`{match[0]}`" for match in _INNER.finditer(text))
        if inner:
            self._notes.append(f"{what} holds {', '.join(inner)}, taken for part of the text")

    def _text(self, keys: _Keys, key: str) -> str | None:
        if key not in keys.known:
            return None
        text = self._page.read(keys.known[key])
        new = _NEW_KEY.fullmatch(text) if key == "type" else None
        if new is not None and new["key"] not in _LATER_KEYS.split("|"):
            keys.others.setdefault(new["key"], new["value"])
            text = new["widget"]
        said: set[str] = set()
        while key in {"type", "default"} and (tail := _FLAT_TAIL.search(f" {text}")):
            value = unquote(tail["value"])
            is_said = tail["key"].lower() in said
            if is_said or (read_flag(value) is None and read_number(value) is None):
                break
            said.add(tail["key"].lower())
            keys.others.setdefault(tail["key"].lower(), value)
            text = text[: max(tail.start() - 1, 0)].rstrip()
        return text or None

    def _default(self, keys: _Keys, where: str) -> str | None:
        text = self._text(keys, "default")
        self._note_lines(text or "", f"{where}: default")
        return None if text is None else unquote(text) or None

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
            word = unquote(text)
            value = read_flag(word) if key == "required" else read_number(word)
            if value is not None and (key in _BOUNDS or key == "required"):
                facts[name] = value
            elif text:
                extra[key] = text
                self._notes.append(
                    f"{where}: `{key}:` has no meaning here and is kept as it stands"
                )
        return {**facts, "extra": extra}

    def _options(self, span: Span, where: str) -> tuple[DocumentOption, ...]:
        """Read the options: each with its value or its label first, or a plain list of values."""
        before, entries = self._page.pieces(_OPTION, span)
        listed = self._page.read(before)
        if not entries and (plain := _plain_values(listed)):
            return tuple(DocumentOption(value) for value in plain)
        if listed.startswith(_LABELLED_OPTION):
            _, entries = self._page.pieces(rf"{_LABELLED_OPTION}|{_OPTION}", span)
            return tuple(
                self._labelled_option(option, where)
                if match[0].endswith(_LABELLED_OPTION)
                else self._option(option, where)
                for match, option in entries
            )
        if listed:
            shown = " ".join(listed.split())[:60]
            self._notes.append(f"{where}: {shown!r} under its options was not read")
        return tuple(self._option(option, where) for _, option in entries)

    def _labelled_option(self, span: Span, where: str) -> DocumentOption:
        """Read an option whose label comes before its value."""
        value = self._page.find(r"value:", span)
        if value is None:
            raise self._no_value(span.start, where)
        read = self._option(Span(value.end(), span.end), where)
        return replace(read, label=self._page.read(Span(span.start, value.start())) or read.label)

    def _no_value(self, start: int, where: str) -> DocumentError:
        message = "expected a value, best in double quotes, then `label:`"
        return self._page.error(start, f"Model Inputs, {where}", message, _REMEDY)

    def _option(self, span: Span, where: str) -> DocumentOption:
        value = _OPTION_VALUE.match(self._page.text, span.start, span.end)
        if value is None:
            raise self._no_value(span.start, where)
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


def _are_keys(keys: list[str]) -> bool:
    """Whether lines that look like keys are these: each once, and in their order or all of them there."""
    known = [key for key in keys if key in _KEYS]
    is_whole = known[:1] and {"label", "help", "type", "default"} <= {*known}
    in_order = known == [key for key in _KEYS if key in known]
    return len({*keys}) == len(keys) and bool(in_order or is_whole)


def _plain_values(text: str) -> list[str]:
    """Return the values of a list without keys: `- a` in lines of their own, or `[a, b]`; maybe none."""
    if text.startswith("[") and text.endswith("]") and "\n" not in text:
        listed = [value.strip() for value in text[1:-1].split(",")]
    else:
        lines = [_PLAIN_OPTION.fullmatch(line) for line in text.splitlines() if line.strip()]
        listed = [line["value"].strip() for line in lines if line is not None]
        if len(listed) < len(lines) or any(_KEY_LIKE.match(value) for value in listed):
            return []
    return [unquote(value) for value in listed]


def unquote(text: str) -> str:
    """Take one pair of double quotes off a text."""
    is_quoted = len(text) > 1 and text.startswith('"') and text.endswith('"')
    return text[1:-1] if is_quoted else text
