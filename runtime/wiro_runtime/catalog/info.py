"""A model as the platform describes it now: what a form could be made of, and a call checked against."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from wiro_runtime import check, parse
from wiro_runtime.errors import InvalidRequest, Problem
from wiro_runtime.names import clean_slug_part, snake_case
from wiro_runtime.request import wire
from wiro_runtime.request.body import CALL_FIELDS
from wiro_runtime.request.file_check import check_one, check_several
from wiro_runtime.request.validation import nothing_given, unknown
from wiro_runtime.task.kind import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from decimal import Decimal

    from wiro_runtime import response
    from wiro_runtime.task.kind import Kind

__all__ = ["CheckedValue", "InputInfo", "ModelInfo"]

_ENCODINGS: Mapping[str, Callable[[str], wire.Encoding]] = {
    "number": wire.Number,
    "numeric": wire.Number,
    "integer": wire.Number,
    "float": wire.Number,
    "range": wire.Number,
    "checkbox": wire.Boolean,
    "boolean": wire.Boolean,
    "fileinput": wire.File,
    "multifileinput": wire.FileList,
    "combinefileinput": wire.CombinedFiles,
}
"""By the platform's word for the widget."""

_TEXTS = frozenset({"text", "textarea", "select", "selectwithcover"})
"""Widgets whose values are text. Of any other word, the default says how a value is written."""

_CONTENT = frozenset({"textarea", "fileinput", "multifileinput", "combinefileinput"})
"""Widgets that hold nothing but what a model works on."""

TOOL_CALL_CATEGORY = "llm-tool-call"

_TOOL_CALLS: Mapping[str, wire.Encoding] = {
    spelling: wire.JsonValue(name)
    for name in (
        "messages",
        "tools",
        "tool_choice",
        "parallel_tool_calls",
        "response_format",
        "previousTaskToken",
        "toolOutputs",
        "session_id",
    )
    for spelling in (name, snake_case(name))
}
"""What every model of that category takes, declared or not: real JSON values."""


@dataclass(frozen=True, slots=True)
class InputInfo:
    """What the platform says of one input: its widget, bounds, choices and default."""

    name: str
    """Its wire name."""
    type: str
    """The platform's word for its widget."""
    label: str = ""
    help: str = field(default="", repr=False)
    default: Any = None
    """As the platform states it; often a sample rather than a default."""
    required: bool | None = None
    """None when the platform does not say."""
    options: tuple[tuple[str, str], ...] = ()
    """What is offered, as (value, label)."""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    step: Decimal | None = None
    raw: response.Input = field(default_factory=parse.nothing, repr=False, compare=False)
    """The item as it came."""

    @classmethod
    def from_wire(cls, item: Mapping[str, Any]) -> InputInfo:
        """Read an item of `parameters`."""
        wire = cast("response.Input", item)
        helps = (parse.text(wire.get(key)) for key in ("description", "note", "placeholder"))
        return cls(
            name=parse.text(wire.get("id")),
            type=parse.text(wire.get("type")).lower(),
            label=parse.text(wire.get("label")),
            help=next(filter(None, helps), ""),
            default=wire.get("default"),
            required=_truth(wire.get("required")),
            options=tuple(
                (_word(option.get("value")), parse.text(option.get("label")))
                for option in parse.mappings(wire.get("options"))
                if option.get("value") is not None
            ),
            minimum=parse.decimal(wire.get("min")),
            maximum=parse.decimal(wire.get("max")),
            step=parse.decimal(wire.get("step")),
            raw=wire,
        )

    @property
    def holds_content(self) -> bool:
        """Whether it holds what the model works on: a prompt, a long text, a file."""
        return self.name == "prompt" or self.type in _CONTENT

    @property
    def may_hold_content(self) -> bool:
        """Whether what is given of it may be such: any file and any text but a choice."""
        return self._encoding not in {wire.Number, wire.Boolean} and not self.options

    @property
    def _encoding(self) -> Callable[[str], wire.Encoding]:
        known = _ENCODINGS.get(self.type)
        if known is None and self.type not in _TEXTS:
            if isinstance(self.default, bool):
                return wire.Boolean
            if isinstance(self.default, int | float):
                return wire.Number
        return known or wire.Text

    def fit(self, value: object, *, url_name: str | None = None) -> CheckedValue:
        """Check a value, and decide how it is written.

        Args:
            value: What the caller gave.
            url_name: The input that takes the URL of a file which is given for this one.

        Raises:
            ValueError: It is not what this input takes; the text says what is.
        """
        encoding = self._encoding(self.name)
        if isinstance(encoding, wire.File | wire.FileList):
            encoding = type(encoding)(self.name, url_name)
        match encoding:
            case wire.Number():
                return CheckedValue(encoding, self._number(value))
            case wire.Boolean():
                return CheckedValue(encoding, _switch(value))
            case wire.File():
                return CheckedValue(encoding, check_one(value))
            case wire.FileList() | wire.CombinedFiles():
                return CheckedValue(encoding, check_several(value))
            case _:
                is_closed = bool(self.options) and self.type in _TEXTS
                return self._choice(value) if is_closed else self._text(value)

    def _text(self, value: object) -> CheckedValue:
        match value:
            case bool():
                return CheckedValue(wire.Flag(self.name), value)
            case str() | int() | float():
                return CheckedValue(wire.Text(self.name), value)
            case list() | dict():  # structures travel as JSON text
                return CheckedValue(wire.Json(self.name), cast("object", value))
            case _:
                raise ValueError(f"expected text or a number, got {check.shown(value)}.")

    def _number(self, value: object) -> int | float:
        number = parse.decimal(value)
        if number is None:
            raise ValueError(f"expected a number, got {check.shown(value)}.")
        if self.minimum is not None and number < self.minimum:
            raise ValueError(f"must be at least {self.minimum}, got {value}.")
        if self.maximum is not None and number > self.maximum:
            raise ValueError(f"must be at most {self.maximum}, got {value}.")
        exact = value if isinstance(value, int | float) else number
        return int(exact) if number == number.to_integral_value() else float(exact)

    def _choice(self, value: object) -> CheckedValue:
        offered = [value for value, _ in self.options]
        if isinstance(value, bool):  # yes/no selects travel as words of their own
            words = ("true", "on", "yes") if value else ("false", "off", "no")
            value = next((word for word in offered if word.lower() in words), value)
        if str(value) in offered:
            return CheckedValue(wire.Text(self.name), str(value))
        listed = ", ".join(map(repr, offered[:20]))
        raise ValueError(f"{check.shown(value)} is not offered. Offered: {listed}.")


class CheckedValue(NamedTuple):
    """A checked value and how it is written."""

    encoding: wire.Encoding
    value: Any


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model in the platform's own catalog."""

    slug: str
    """`owner/model` in the clean form."""
    title: str = ""
    description: str = field(default="", repr=False)
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = field(default=(), repr=False)
    image: str = field(default="", repr=False)
    """The URL of its cover."""
    computing_seconds: float | None = None
    """How long the platform says a run takes."""
    average_cost: Decimal | None = None
    """US dollars for an average run; None when not stated."""
    cps: Decimal | None = None
    """US dollars for a second of the process; None when not stated."""
    prices: tuple[response.Price, ...] = field(default=(), repr=False)
    """`dynamicprice`, decoded."""
    inputs: tuple[InputInfo, ...] | None = field(default=None, repr=False)
    """None in lists and summaries, which leave them out."""
    raw: response.Tool = field(default_factory=parse.nothing, repr=False, compare=False)
    """The object as it came."""

    @classmethod
    def from_wire(cls, tool: Mapping[str, Any]) -> ModelInfo:
        """Read an item of `tool`."""
        wire = cast("response.Tool", tool)
        groups = wire.get("parameters")
        return cls(
            slug=_slug(wire),
            title=parse.text(wire.get("title") or wire.get("name")),
            description=parse.text(wire.get("description")),
            categories=parse.texts(wire.get("categories")),
            tags=parse.texts(wire.get("tags")),
            image=parse.text(wire.get("image")),
            computing_seconds=_seconds(wire.get("computingtime")),
            average_cost=parse.decimal(wire.get("approximatelycost")),
            cps=parse.decimal(wire.get("cps")),
            prices=tuple(parse.mappings(wire.get("dynamicprice"))),
            inputs=None if parse.decoded(groups) is None else tuple(_inputs(groups)),
            raw=wire,
        )

    @property
    def kind(self) -> Kind | None:
        """What it makes, as its categories say; None where they say nothing of it."""
        return kind_of(self.categories)

    def check(self, arguments: Mapping[str, Any]) -> dict[str, CheckedValue]:
        """Check a call's arguments, and decide how each is written.

        Args:
            arguments: By wire name, or by that name in snake_case, with `_` after it if need be; None stands for left out.

        Raises:
            InvalidRequest: One is unknown, missing or not what the input takes; all are reported.
        """
        inputs = {field.name: field for field in self.inputs or ()}
        spoken = {snake_case(name): field for name, field in reversed(inputs.items())}
        # A class calls an input that shares a name with Python itself `class_`.
        by_name = {f"{name}_": field for name, field in spoken.items()} | spoken | inputs
        urls = {_URL.sub("", name, count=1): name for name in inputs if _URL.search(name)}
        tool_calls: Mapping[str, wire.Encoding] = (
            _TOOL_CALLS if TOOL_CALL_CATEGORY in self.categories else {}
        )
        given = {name: value for name, value in arguments.items() if value is not None}
        checked: dict[str, CheckedValue] = {}
        problems = [
            unknown(name, inputs) for name in given if name not in by_name.keys() | tool_calls
        ]
        for name in given.keys() & (by_name.keys() | tool_calls):
            try:
                checked[name] = (
                    _as_json(tool_calls[name], given[name])
                    if name in tool_calls
                    else by_name[name].fit(given[name], url_name=urls.get(by_name[name].name))
                )
            except ValueError as wrong:
                problems.append(Problem(name, str(wrong)))
        named = {by_name[name].name for name in given.keys() & by_name.keys()}
        if given.keys() & tool_calls.keys() & {"messages", "toolOutputs", "tool_outputs"}:
            named.add("prompt")  # which they stand for
        problems += self._too_few_or_many(named, urls)
        if not problems:
            problems += nothing_given(self._content(by_name, checked))
        if problems:
            raise InvalidRequest.about(
                self.slug, sorted(problems, key=lambda problem: problem.argument)
            )
        return {name: checked[name] for name in given}

    def _too_few_or_many(self, named: set[str], urls: Mapping[str, str]) -> Iterator[Problem]:
        """What is required and was not given, and files of which the URL was given too."""
        for known in self.inputs or ():
            url_name = urls.get(known.name)
            if known.name in named and url_name in named:
                said = f"takes the URL of {known.name}, which was given too; give one of them."
                yield Problem(url_name, said)
            is_needed = known.required and known.default in (None, "")
            if is_needed and named.isdisjoint({known.name, url_name}):
                yield Problem(known.name, "is missing.")

    def _content(
        self, by_name: Mapping[str, InputInfo], checked: Mapping[str, CheckedValue]
    ) -> dict[str, object]:
        """What the model works on, with what was given of it; empty where it works on nothing that is known.

        Any text that was given counts: only its name could show that it is a setting.
        """
        content: dict[str, object] = {
            field.name: None for field in self.inputs or () if field.holds_content
        }
        if not content:
            return {}
        texts = (
            (name, value)
            for name, (_, value) in checked.items()
            if name not in by_name or by_name[name].may_hold_content
        )
        return content | {
            by_name[name].name if name in by_name else name: value for name, value in texts
        }


def _as_json(encoding: wire.Encoding, value: object) -> CheckedValue:
    return CheckedValue(encoding, encoding.write(value, str))


def _inputs(groups: object) -> Iterator[InputInfo]:
    for group in parse.mappings(groups):
        for item in parse.mappings(group.get("items")):
            field = InputInfo.from_wire(item)
            if field.name and field.name not in CALL_FIELDS.values():
                yield field


def _slug(tool: response.Tool) -> str:
    owner, model = (
        parse.text(tool.get(f"clean{key}")) or clean_slug_part(parse.text(tool.get(key)))
        for key in ("slugowner", "slugproject")
    )
    return f"{owner}/{model}"


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"expected True or False, got {check.shown(value)}.")  # noqa: TRY004 - as `fit` says
    return value


def _word(value: object) -> str:
    """A choice as it travels: of a JSON boolean the word that JSON has for it."""
    return str(value).lower() if isinstance(value, bool) else parse.text(value)


# As the generator reads names (`wirogen.spec.input_name`); a test compares the two.
_URL = re.compile(r"(?:Ur[li]|UR[LI]|_ur[li])(?![a-z])")


def _truth(value: object) -> bool | None:
    return None if value is None else str(value).lower() in {"true", "1"}


# As the generator reads specs (`wirogen.plan.duration`); a test compares the two.
_DURATION = re.compile(
    r"(?P<number>[0-9]{1,9}(?:\.[0-9]{1,9})?)\s*(?P<unit>s|m|h)?(?:ec(?:ond)?s?|in(?:ute)?s?|(?:ou)?rs?)?",
    re.IGNORECASE,
)


def _seconds(value: object) -> float | None:
    """Seconds out of free text such as `10 seconds` or `2 minutes`; None for other words."""
    duration = _DURATION.fullmatch(parse.text(value).strip())
    if duration is None:
        return None
    unit = (duration["unit"] or "s").lower()
    return float(duration["number"]) * {"s": 1, "m": 60, "h": 3600}[unit]
