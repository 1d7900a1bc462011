"""The llms.txt form: sections in Markdown, inputs in something close to YAML but not YAML.

It has no required flags, ranges or prices. Values are not escaped, so that each is read up to the
next token that is expected after it; see `llms_page` for what a token is.
"""

import re
from collections.abc import Mapping
from typing import Final

from wirogen.document.document import (
    DocumentInput,
    DocumentPrice,
    DocumentStatus,
    ModelDocument,
)
from wirogen.document.llms_input import InputReader
from wirogen.document.llms_page import Page, Section, Span
from wirogen.document.price import read_price_section
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
_INPUT_HEADINGS: Final = ("Model Inputs", "Tool Inputs")
_FLAT_INPUT: Final = (
    r"- name:[ \t]*(?P<name>\S+(?: [^\s:]+){0,3}?)(?=\s+label:(?:(?!- name:).)*?(?:\shelp:|\Z))"
)
"""A name of few words before its label and its help: a text may hold `- name: a hero label: short` too."""
_STATUS: Final = r"- (?P<name>[a-z][a-z0-9_]*) ?:"
_HEADING: Final = re.compile(r"\n[ \t]*\n#{2,3} (?P<title>\S[^\n]*?)[ \t]*\n")
_NEW_INFO: Final = r"(?P<key>(?:Model|Tool) [a-z]+):(?=\s|\Z)"
_KEPT: Final = "has no meaning here and is kept as it stands"
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
        self._extra: dict[str, object] = {}
        self._odd_sections: list[Section] = []

    def read(self) -> ModelDocument:
        info = self._info()
        run = self._text(info, "run")
        if run is None:
            raise self._no_model()
        is_cut = self._is_cut()
        inputs = self._inputs()
        cover = self._text(info, "cover")
        price = self._new_sections()
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
            price=price,
            extra=self._extra,
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
        """Cut the first section at its keys; what a key that is new says is kept beside them."""
        section = self._section("Basic ")
        fields = self._page.fields(_INFO, section.body) if section else {}
        for name, span in fields.items():
            rest, entries = self._page.pieces(_NEW_INFO, span)
            fields[name] = rest
            for key, value in entries:
                self._extra[key["key"]] = self._page.read(value)
                self._notes.append(f"`{key['key']}:` {_KEPT}")
        return fields

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
        """Read the inputs of every section of them; most documents have one."""
        sections = [
            section for section in self._sections if section.heading.rstrip(":") in _INPUT_HEADINGS
        ]
        if not sections:
            message = "there is no `## Model Inputs:` section"
            raise self._page.error(len(self._page.text), "Model Inputs", message, _SAVE_AGAIN)
        reader = InputReader(self._page, self._notes)
        return tuple(
            reader.read(match["name"], span)
            for section in sections
            for match, span in self._entries(section)
        )

    def _entries(self, section: Section) -> list[tuple[re.Match[str], Span]]:
        """Cut a section before each input; the last is left out where the document ends in it."""
        body = section.body
        if self._page.text[body.start : body.end].isspace():
            return []
        before, entries = self._page.pieces(self._input_token(section.body), section.body)
        is_cut = section is self._sections[-1]
        if self._page.read(before) and not is_cut:
            message = "expected `- name:` and a name, then `label:`"
            raise self._page.error(before.start, "Model Inputs", message, _SAVE_AGAIN)
        if entries:
            entries[-1] = (entries[-1][0], self._without_section(entries[-1][1]))
        for match, span in entries:
            self._look_for_another(match["name"], span)
        if is_cut and entries:
            name = entries.pop()[0]["name"]
            self._notes.append(f"the document ends inside input `{name}`, which was left out")
        return entries

    def _without_section(self, span: Span) -> Span:
        """Cut off what follows the last input under a heading that is new; prose may hold one of its own."""
        heading = (
            None if self._page.is_flat else _HEADING.search(self._page.text, span.start, span.end)
        )
        if heading is None or re.search(
            r"\n[ \t]*type:[ \t]*textarea", self._page.text[span.start : heading.start()]
        ):
            return span
        self._odd_sections.append(Section(heading["title"], Span(heading.end(), span.end)))
        return Span(span.start, heading.start())

    def _input_token(self, span: Span) -> str:
        """Return what an input begins with; its indentation is that of the first one."""
        first = self._page.find(r"- name:", span)
        if self._page.is_flat or first is None:
            return _FLAT_INPUT
        dash = self._page.text.index("-", first.start())
        indent = self._page.text[self._page.text.rfind("\n", 0, dash) + 1 : dash]
        return rf"(?<=\n{re.escape(indent)})- name:[ \t]*(?P<name>\S+(?:[ \t]+\S+)*)(?=[ \t]*\n\s*(?:label|help|type|default):)"

    def _look_for_another(self, name: str, span: Span) -> None:
        """Notice an input that does not begin as one must: it would be taken for part of the text before it."""
        another = self._page.find(r"- name:", span)
        if another is None:
            return
        if self._page.is_flat:
            self._notes.append(f"input `{name}`: holds `- name:`, taken for a part of the text")
            return
        if self._page.column(another.end()) > self._page.column(span.start - len(name)):
            return  # deeper than an input begins: a part of the text, and noted as one
        message = "expected a name and `label:` after `- name:`"
        where = f"Model Inputs, input `{name}`"
        raise self._page.error(another.start(), where, message, _SAVE_AGAIN)

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

    def _new_sections(self) -> tuple[DocumentPrice, ...]:
        """Read price sections; keep every other section that the form does not have, and note it."""
        prices: list[DocumentPrice] = []
        for section in (*self._sections, *self._odd_sections):
            if section.is_known:
                continue
            text = self._page.read(section.body)
            is_price = re.search(r"pric|cost", section.heading, re.IGNORECASE)
            stated = read_price_section(text) if is_price else ()
            prices += stated
            if stated:
                self._notes.append(f"section `{section.heading}` is read as prices")
                continue
            self._extra[section.heading.rstrip(":")] = text
            self._notes.append(f"section `{section.heading}` {_KEPT}")
        return tuple(prices)

    def _is_cut(self) -> bool:
        """Return whether the document ends before its last section is whole."""
        last = self._sections[-1]
        text = self._page.read(last.body)
        if last.heading.startswith("Running Task Statuses"):
            return not text.endswith(".")
        is_example = " - " in last.heading
        # Older documents end after any of the examples, whose closing fence says they are whole.
        return not (is_example and text.count("```") > 1 and text.endswith("```"))
