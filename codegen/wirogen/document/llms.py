"""The llms.txt form: sections in Markdown, inputs in something close to YAML but not YAML.

It has no required flags, ranges or prices. Values are not escaped, so that each is read up to the
next token that is expected after it; see `page` for what a token is.
"""

import re
from collections.abc import Mapping
from typing import Final

from wirogen.document.document import (
    DocumentInput,
    DocumentOption,
    DocumentStatus,
    ModelDocument,
)
from wirogen.document.llms_page import Page, Section, Span
from wirogen.errors import DocumentError

_INFO: Final = {
    "name": r"(?:Model|Tool) name:",
    "description": r"(?:Model|Tool) description:",
    "cover": r"(?:Model|Tool) cover:",
    "categories": r"(?:Model|Tool) categories:",
    "tags": r"(?:Model|Tool) tags:",
    "run": r"Run Task Endpoint \(POST\):",
    "detail": r"Get Task Detail Endpoint \(POST\):",
}
_INPUT: Final = r"- name:[ \t]*(?P<name>\S+)(?=\s+label:)"
_INPUT_KEYS: Final = {
    "label": r"label:",
    "help": r"help:",
    # A help text may say `type:` too; the real one is a single word before `default:`.
    "type": r"type:(?=[ \t]*+\S*+\s*+(?:\Z|default:))",
    "default": r"default:",
    "options": r"options:(?=\s*(?:\Z|- value:))",
}
_OPTION: Final = r"- value:"
_OPTION_VALUE: Final = re.compile(r'\s*"(?P<value>.*?)"(?=\s+label:|\s*\Z)', re.DOTALL)
_OPTION_KEYS: Final = {
    "label": r"label:",
    "description": r"description:",
    "cover": r"cover:",
    "triggerwords": r"triggerwords:",
    "generatesettings": r"generatesettings:",
}
_STATUS: Final = r"- (?P<name>[a-z][a-z0-9_]*) ?:"
_SAVE_AGAIN: Final = "save the document again"


def read_llms(text: str, file: str) -> ModelDocument:
    """Read an llms.txt document, line-broken or flattened.

    Args:
        text: the document.
        file: its name, for messages.

    Raises:
        DocumentError: it is about no model, has no inputs section, or an input cannot be read.
    """
    return _Reader(Page(text, file)).read()


class _Reader:
    """Reads one page; what a reviewer should know gathers in `notes`."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._sections = page.sections()
        self._notes: list[str] = []

    def read(self) -> ModelDocument:
        info = self._info()
        run = self._text(info, "run")
        if run is None:
            raise self._no_model()
        is_cut = self._is_cut()
        inputs = self._inputs()
        cover = self._text(info, "cover")
        completed, running = (
            self._statuses(kind) for kind in ("Completed Task Statuses", "Running Task Statuses")
        )
        return ModelDocument(
            form="llms.txt",
            name=self._text(info, "name"),
            run_endpoint=run,
            detail_endpoint=self._text(info, "detail"),
            description=self._text(info, "description"),
            cover=None if cover == "No cover" else cover,
            categories=self._list(info, "categories"),
            tags=self._list(info, "tags"),
            inputs=inputs,
            completed=completed,
            running=running,
            samples=self._samples(inputs),
            incomplete=is_cut,
            notes=tuple(self._notes),
        )

    def _section(self, heading: str) -> Section | None:
        return next(
            (section for section in self._sections if section.heading.startswith(heading)), None
        )

    def _info(self) -> dict[str, Span]:
        section = self._section("Basic ")
        return self._page.fields(_INFO, section.body) if section else {}

    def _text(self, fields: dict[str, Span], key: str) -> str | None:
        return (self._page.read(fields[key]) or None) if key in fields else None

    def _list(self, fields: dict[str, Span], key: str) -> tuple[str, ...]:
        if key not in fields:
            return ()
        _, entries = self._page.pieces(r"-(?= )", fields[key])
        return tuple(text for _, span in entries if (text := self._page.read(span)))

    def _no_model(self) -> DocumentError:
        message = (
            "this is a document for no model: it has no `Run Task Endpoint (POST):` "
            "with a URL like https://api.wiro.ai/v1/Run/owner/model"
        )
        remedy = "save the llms.txt of a model's page and import that"
        return self._page.error(0, "Basic tool info", message, remedy)

    # Inputs

    def _inputs(self) -> tuple[DocumentInput, ...]:
        section = self._section("Model Inputs") or self._section("Tool Inputs")
        if section is None:
            message = "there is no `## Model Inputs:` section"
            raise self._page.error(len(self._page.text), "Model Inputs", message, _SAVE_AGAIN)
        before, entries = self._page.pieces(_INPUT, section.body)
        is_cut = section is self._sections[-1]
        if self._page.read(before) and not is_cut:
            message = "expected `- name:` and a name, then `label:`"
            raise self._page.error(before.start, "Model Inputs", message, _SAVE_AGAIN)
        inputs = [
            self._input(match["name"], span)
            for match, span in (entries[:-1] if is_cut else entries)
        ]
        if is_cut and entries:
            name = entries[-1][0]["name"]
            self._notes.append(f"the document ends inside input `{name}`, which was left out")
        return tuple(inputs)

    def _input(self, name: str, span: Span) -> DocumentInput:
        where = f"Model Inputs, input `{name}`"
        self._look_for_another(span, where)
        fields = self._page.fields(_INPUT_KEYS, span)
        for key in ("label", "help", "type", "default"):
            if key not in fields:
                message = f"expected `{key}:`; an input has name, label, help, type and default"
                raise self._page.error(span.start, where, message, _SAVE_AGAIN)
        widget = self._text(fields, "type")
        if widget is None:
            message = "`type:` is empty; expected a word such as text or select"
            raise self._page.error(fields["type"].start, where, message, _SAVE_AGAIN)
        return DocumentInput(
            name,
            widget,
            self._text(fields, "label"),
            self._text(fields, "help"),
            _unquote(self._text(fields, "default")),
            self._options(fields["options"], where) if "options" in fields else None,
        )

    def _look_for_another(self, span: Span, where: str) -> None:
        """Notice an input that does not begin as one must: it would drown in a text before it."""
        another = self._page.find(r"- name:", span)
        if another is None:
            return
        if self._page.is_flat:
            self._notes.append(f"{where}: holds `- name:`, taken for a part of the text")
            return
        message = "expected a name and `label:` after `- name:`"
        raise self._page.error(another.start(), where, message, _SAVE_AGAIN)

    def _options(self, span: Span, where: str) -> tuple[DocumentOption, ...]:
        _, entries = self._page.pieces(_OPTION, span)
        return tuple(self._option(option, where) for _, option in entries)

    def _option(self, span: Span, where: str) -> DocumentOption:
        value = _OPTION_VALUE.match(self._page.text, span.start, span.end)
        if value is None:
            message = "expected a value in double quotes, then `label:`"
            raise self._page.error(span.start, where, message, _SAVE_AGAIN)
        fields = self._page.fields(_OPTION_KEYS, Span(value.end(), span.end))
        extra = {key: self._page.read(fields[key]) for key in fields if key != "label"}
        return DocumentOption(value["value"], self._text(fields, "label"), extra)

    # The rest

    def _samples(self, inputs: tuple[DocumentInput, ...]) -> tuple[Mapping[str, str], ...]:
        """Read the sets of sample inputs that a fuller document lists one after the other.

        Nothing separates them; a name that comes again begins the next.
        """
        section = self._section("Model Parameter Inspires") or self._section(
            "Tool Parameter Inspires"
        )
        if section is None or not inputs:
            return ()
        names = "|".join(re.escape(field.name) for field in inputs)
        _, entries = self._page.pieces(rf"- (?P<name>{names}):(?=\s|\Z)", section.body)
        samples: list[dict[str, str]] = [{}]
        for match, span in entries:
            if match["name"] in samples[-1]:
                samples.append({})
            samples[-1][match["name"]] = self._page.read(span)
        return tuple(sample for sample in samples if sample)

    def _statuses(self, heading: str) -> tuple[DocumentStatus, ...]:
        section = self._section(heading)
        if section is None:
            return ()
        _, entries = self._page.pieces(_STATUS, section.body)
        return tuple(
            DocumentStatus(match["name"], self._page.read(span)) for match, span in entries
        )

    def _is_cut(self) -> bool:
        """Return whether the document ends before its last section is whole."""
        last = self._sections[-1]
        text = self._page.read(last.body)
        if last.heading.startswith("Running Task Statuses"):
            return not text.endswith(".")
        is_example = " - " in last.heading
        # Older documents end after any of the examples, whose closing fence says they are whole.
        return not (is_example and text.count("```") > 1 and text.endswith("```"))


def _unquote(text: str | None) -> str | None:
    """Take one pair of quotes off a default; `""` says there is none."""
    if text is not None and len(text) > 1 and text.startswith('"') and text.endswith('"'):
        return text[1:-1] or None
    return text
