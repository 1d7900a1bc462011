"""What a documented default means, and whether an argument may be left out.

Three kinds. *Sent*: the Python default, always on the wire, as in the document's own example call.
*Server*: what the model does without it; documented, not sent. *Sample*: an example that would cost
money if it were taken for what the caller wants (a prompt about a deer, the file name of somebody's picture); never
a default, never sent.

`DEFAULTS` and `REQUIRED` are the tables: the first rule that answers decides. The docstring of a
rule is its text in `docs/typing-rules.md`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from wirogen.plan.types.structure import takes
from wirogen.plan.types.value_type import ValueType
from wirogen.spec.content import content_names, is_prose, says_required
from wirogen.spec.model import DefaultKind, Input, ModelSpec, Scalar
from wirogen.spec.number import read_number
from wirogen.spec.value import as_text, is_canonical, is_number, is_structure
from wirogen.text.untrusted import Untrusted, expose

Value: TypeAlias = Untrusted | int | float | bool

Flags: TypeAlias = Literal["absent", "unused", "used"]
"""Whether a document says what is required: not at all; of nothing; of something."""


class DefaultError(ValueError):
    """A refinement does not fit the documented default.

    Args:
        message: what is wrong, as one sentence without a full stop.
    """


@dataclass(frozen=True)
class Default:
    """What happens when the caller leaves the argument out."""

    required: bool
    """Leaving it out is an error."""
    kind: DefaultKind | None = None
    """What the documented default means; nothing if none is documented that fits."""
    value: Value | None = None
    """The documented default as a Python value; for a `json` argument, as JSON text."""
    rejected_default: Untrusted | None = None
    """A documented default that the argument does not take, and that is therefore never sent."""
    assumption: str = ""
    """What was assumed about leaving it out, as a sentence without a full stop; empty if nothing."""

    @property
    def is_sent(self) -> bool:
        """Whether the class states it as its default, so that it travels with every run."""
        return self.kind == "sent"


@dataclass(frozen=True)
class Context:
    """What the rules ask of the model that an input belongs to."""

    flags: Flags = "absent"
    content: tuple[str, ...] = ()
    """The wire names of the inputs of which a call must give one."""

    @classmethod
    def of(cls, spec: ModelSpec) -> "Context":
        """Read it off a spec."""
        stated = {field.required for field in spec.inputs}
        flags: Flags = "used" if True in stated else "unused" if False in stated else "absent"
        return cls(flags, content_names(spec))


DefaultRule: TypeAlias = Callable[[Input, ValueType, Context], DefaultKind | None]
RequiredRule: TypeAlias = Callable[[Input, ValueType, Context], bool | None]

# Required: the first rule that answers


def refined_required(field: Input, _value_type: ValueType, _context: Context) -> bool | None:
    """A refinement's `required` decides."""
    return None if field.refine is None else field.refine.required


def messages(field: Input, _value_type: ValueType, context: Context) -> bool | None:
    """A `prompt` that `messages` can stand in for is not required, whatever its flag says."""
    return False if field.name == "prompt" and "messages" in context.content else None


def flagged(field: Input, _value_type: ValueType, _context: Context) -> bool | None:
    """What a document flags as required is required."""
    return True if field.required else None


def only_content(field: Input, _value_type: ValueType, context: Context) -> bool | None:
    """The only prompt, text or file that a model works on is required, whatever its flag or its help says.

    Without it there is nothing to make anything of; the call would be billed all the same.
    """
    return True if context.content == (field.name,) else None


def said(field: Input, _value_type: ValueType, context: Context) -> bool | None:
    """Of prompts, texts and files, a help that says required or optional is believed; "not optional" is required."""
    return says_required(field.help) if field.name in context.content else None


def unflagged(_field: Input, _value_type: ValueType, context: Context) -> bool | None:
    """Where a document flags anything as required, the rest is not."""
    return False if context.flags == "used" else None


def prompt(field: Input, value_type: ValueType, _context: Context) -> bool | None:
    """Where it requires nothing, `prompt` is required.

    Asking a caller for one word too many is cheaper than a bill for the sample's deer.
    """
    return value_type.kind == "string" and field.name == "prompt"


REQUIRED: Final[tuple[RequiredRule, ...]] = (
    refined_required,
    messages,
    flagged,
    only_content,
    said,
    unflagged,
    prompt,
)


# Defaults: the first rule that answers


def refined_default(field: Input, _value_type: ValueType, _context: Context) -> DefaultKind | None:
    """A refinement's `default` decides."""
    return None if field.refine is None else field.refine.default


def sample_file(_field: Input, value_type: ValueType, _context: Context) -> DefaultKind | None:
    """The default of a file input names somebody's sample file: a *sample*."""
    return "sample" if value_type.is_file else None


def prose(field: Input, value_type: ValueType, _context: Context) -> DefaultKind | None:
    """Text that was written to be read is a *sample*: a `prompt`, a text area, three words or more, a URL, a structure."""
    is_text = value_type.schema is not None and isinstance(field.default, str)
    is_written = (value_type.kind == "string" or is_text) and is_prose(field)
    is_example = value_type.kind == "json" and is_structure(field.default)
    return "sample" if is_written or is_example else None


def required_value(field: Input, value_type: ValueType, context: Context) -> DefaultKind | None:
    """The default of a required input is *sent*, and the caller may leave the argument out."""
    return "sent" if _is_required(field, value_type, context)[0] else None


def optional_value(field: Input, _value_type: ValueType, context: Context) -> DefaultKind | None:
    """The default of an input that the document calls optional is the *server*'s: documented, not sent."""
    return "server" if context.flags == "used" or field.required is False else None


def unflagged_text(field: Input, value_type: ValueType, _context: Context) -> DefaultKind | None:
    """Without required flags, the default of a free text is a *sample*, unless it is spelled in digits."""
    return "sample" if value_type.kind == "string" and not is_number(field.default) else None


def unflagged_value(_field: Input, _value_type: ValueType, _context: Context) -> DefaultKind:
    """Without required flags, the default of a choice, a number or a switch is *sent*, as the document's own example call does."""
    return "sent"


DEFAULTS: Final[tuple[DefaultRule, ...]] = (
    refined_default,
    sample_file,
    prose,
    required_value,
    optional_value,
    unflagged_text,
    unflagged_value,
)


def decide(field: Input, value_type: ValueType, *, context: Context) -> Default:
    """Decide what leaving the argument out means.

    Args:
        field: the input.
        value_type: its type, which a default has to fit: documents state defaults that are not among the
            options, or cut-off text for numbers, and none of those may be sent.
        context: what the model says of itself.

    Raises:
        DefaultError: If a refinement does not fit the documented default.
    """
    required, rule = _is_required(field, value_type, context)
    assumption = _ASSUMPTIONS.get(rule, "") if required else ""
    kind = _kind(field, value_type, context)
    if kind == "sample":
        return Default(required=required, kind=kind, assumption=assumption)
    value = usable(field, value_type)
    if value is not None:
        return Default(
            required=required and kind != "sent", kind=kind, value=value, assumption=assumption
        )
    _blame_refinement(field, value_type)
    stated = as_text(field.default) if field.default is not None else ""
    rejected_default = Untrusted(stated) if stated else None
    return Default(required=required, rejected_default=rejected_default, assumption=assumption)


def _kind(field: Input, value_type: ValueType, context: Context) -> DefaultKind:
    answers: list[DefaultKind | None] = [rule(field, value_type, context) for rule in DEFAULTS]
    return next(answer for answer in answers if answer is not None)


def _is_required(field: Input, value_type: ValueType, context: Context) -> tuple[bool, str]:
    """Return the answer, and the name of the rule that decided it."""
    answers = ((rule(field, value_type, context), rule.__name__) for rule in REQUIRED)
    return next(((answer, name) for answer, name in answers if answer is not None), (False, ""))


_ASSUMPTIONS: Final[Mapping[str, str]] = {
    "only_content": "it is all that the model works on, so it is required (rule only_content)",
    "said": "its help says that it is required (rule said)",
    "prompt": "the document requires nothing, but a prompt is taken to be required (rule prompt)",
}
"""What was concluded, by the rule that did; what a document flags is no conclusion."""


def usable(field: Input, value_type: ValueType) -> Value | None:
    """The documented default as a value of the argument's type, or nothing if it is none."""
    if field.default is None or value_type.is_file:
        return None
    if value_type.is_numeric:
        return _fitting_number(field.default, value_type)
    word = Untrusted(as_text(field.default))
    if value_type.kind == "boolean":
        return _switched(word, value_type)
    if value_type.kind == "choice":
        return _offered(field.default, value_type)
    if value_type.kind == "json" and value_type.schema is not None:
        return _as_json(field.default, value_type.schema)
    is_value = bool(word) and (value_type.kind != "json" or is_structure(expose(word)))
    return _as_read(field.default, word, value_type) if is_value else None


def _as_json(default: Scalar, schema: Untrusted) -> Untrusted | None:
    """The JSON text of a default that suits the schema of its input."""
    fits = takes(json.loads(expose(schema)), default)
    return Untrusted(json.dumps(default)) if fits else None


def _as_read(default: Scalar, word: Untrusted, value_type: ValueType) -> Value:
    """The text, or its number where `wire.Numeral` reads a number out of it."""
    number = read_number(default)
    if not value_type.is_loose or number is None or not is_canonical(default):
        return word
    return number if float(number) == number else word


def _offered(default: Scalar, value_type: ValueType) -> Value | None:
    """The choice that a default names: by its text, by its number where numbers are offered, else by its label."""
    is_number = value_type.marker == "Number"
    stated = read_number(default) if is_number else Untrusted(as_text(default))
    spelled = ((c.value if is_number else c.text, c.value) for c in value_type.choices)
    by_value = [value for spelling, value in spelled if spelling == stated]
    by_label = [c.value for c in value_type.choices if c.label == Untrusted(as_text(default))]
    return by_value[0] if by_value else by_label[0] if len(by_label) == 1 else None


def _switched(word: Untrusted, value_type: ValueType) -> bool | None:
    if value_type.flag is None:
        return _SWITCH.get(expose(word).lower())
    return {value_type.flag.on: True, value_type.flag.off: False}.get(word)


_SWITCH: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("true", "1", "on", "yes"), True),
    **dict.fromkeys(("false", "0", "off", "no"), False),
}
"""How documents spell the default of a JSON boolean, in lower case."""


def _fitting_number(default: Scalar, value_type: ValueType) -> int | float | None:
    number = read_number(default)
    if number is None or (value_type.kind == "integer" and not isinstance(number, int)):
        return None
    above = value_type.minimum is None or number >= value_type.minimum
    below = value_type.maximum is None or number <= value_type.maximum
    return number if above and below else None


def _blame_refinement(field: Input, value_type: ValueType) -> None:
    """Refuse a refinement that no longer fits the documented default; facts alone may be odd."""
    refine = field.refine
    if refine is None or field.default in {None, ""}:
        return
    refined = (refine.kind, refine.minimum, refine.maximum, refine.default)
    if any(conclusion is not None for conclusion in refined):
        raise DefaultError(
            f"the refinement does not fit the documented default {field.default!a}, "
            f"which is no {value_type.kind} in range"
        )
