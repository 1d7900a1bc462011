"""One model's plan: its request class, decided to the last name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from wirogen.errors import Problem
from wirogen.plan import defaults, names
from wirogen.plan.choice import Constants, name_choices
from wirogen.plan.defaults import Context, Default
from wirogen.plan.description import describe
from wirogen.plan.duration import read_seconds
from wirogen.plan.media import media_types
from wirogen.plan.price import PriceRule, describe_cost, read_rules
from wirogen.plan.types import decide as typing
from wirogen.plan.types import file as file_input
from wirogen.plan.types.value_type import TypingError, ValueType
from wirogen.spec.content import content_names
from wirogen.spec.input_name import without_url
from wirogen.spec.model import Input, Kind, ModelSpec
from wirogen.spec.tool_call import with_tool_calls
from wirogen.spec.widget import CALL_FIELDS
from wirogen.text.untrusted import Untrusted, expose, join

_BASES: Final[dict[Kind, str]] = {
    "media": "MediaRequest",
    "text": "TextRequest",
    "realtime": "RealtimeRequest",
}
_NO_SUBJECT: Final = frozenset({"tool", "use-agent", "partner"})
"""Categories that say how the platform lists a model, not what it does."""


@dataclass(frozen=True)
class Argument:
    """One argument of a request class."""

    name: str
    wire_name: Untrusted
    url_name: Untrusted | None
    """The wire name of the sibling that takes URLs, of a file argument."""
    type: ValueType
    default: Default
    doc: Untrusted
    label: Untrusted | None
    """What forms call it, as the catalog says."""
    example: Untrusted | float | None
    """The document's own sample, which is never sent."""
    constants: Constants | None


@dataclass(frozen=True)
class ModelPlan:
    """One request class in a module of its own."""

    slug: Untrusted
    owner: Untrusted
    module: str
    class_name: str
    base: str
    """The class of the runtime that it derives from; decides the result type."""
    title: Untrusted
    cover: Untrusted | None
    """The URL of a picture of what it makes."""
    summary: Untrusted
    subjects: Untrusted
    """What the model does, as its categories say; may be empty."""
    output_types: tuple[str, ...]
    """Media types of what it makes, as far as its categories say."""
    computing_seconds: float | None
    """How long its process takes on the average, as far as its document says."""
    cps: Untrusted | None
    """USD for a second of the process, where no price says otherwise."""
    average_cost: Untrusted | None
    """USD of an average run."""
    prices: tuple[PriceRule, ...]
    """What a run costs by its inputs."""
    cost: Untrusted
    """The same in words; empty where the document does not say."""
    source: Untrusted | None
    """The document that the spec was made from, below the specs folder."""
    arguments: tuple[Argument, ...]
    content: tuple[str, ...]
    """The arguments of which a call must give one, since the model works on nothing else; maybe none."""

    @property
    def is_any_content_enough(self) -> bool:
        """Whether no single one of several such arguments is required."""
        required = {argument.name for argument in self.arguments if argument.default.required}
        return len(self.content) > 1 and required.isdisjoint(self.content)


def plan_model(spec: ModelSpec) -> ModelPlan | list[Problem]:
    """Decide everything about one model, or say all that stands in the way."""
    spec = with_tool_calls(spec)
    planned = list(_arguments(spec))
    problems = [outcome for outcome in planned if isinstance(outcome, Problem)]
    arguments = tuple(outcome for outcome in planned if isinstance(outcome, Argument))
    problems += _collisions(spec, arguments)
    owner, model = spec.model.split("/")
    try:
        module = names.module(model)
        class_name = names.request_class(model, pinned=spec.class_name)
    except names.NamingError as error:
        return [*problems, _problem(spec, "model", error.message, error.remedy)]
    if problems:
        return problems
    prices = read_rules(spec)
    return ModelPlan(
        slug=Untrusted(spec.model),
        owner=Untrusted(owner),
        module=module,
        class_name=class_name,
        base=_BASES[spec.kind],
        title=Untrusted(spec.title),
        cover=_stated(spec.cover),
        summary=_sentence(spec.description or spec.title),
        subjects=_subjects(spec, owner),
        output_types=media_types(spec.categories),
        computing_seconds=read_seconds(spec.computing_time),
        cps=_stated(spec.cps),
        average_cost=_stated(spec.approximate_cost),
        prices=prices,
        cost=describe_cost(
            prices,
            per_second=_stated(spec.cps),
            average=_stated(spec.approximate_cost),
            names={argument.wire_name: argument.name for argument in arguments},
        ),
        source=_stated(spec.source.document),
        arguments=arguments,
        content=_content(spec, arguments),
    )


def _stated(text: str | None) -> Untrusted | None:
    return Untrusted(text) if text else None


def _arguments(spec: ModelSpec) -> Iterator[Argument | Problem]:
    context = Context.of(spec)
    decided = [_decide_type(spec, position) for position in range(len(spec.inputs))]
    siblings = {outcome[1] for outcome in decided if isinstance(outcome, tuple)}
    for position, (field, outcome) in enumerate(zip(spec.inputs, decided, strict=True)):
        if field.name in CALL_FIELDS or field.name in siblings:
            continue
        if isinstance(outcome, Problem):
            yield outcome
        else:
            yield _argument(spec, position, *outcome, context=context)


def _decide_type(spec: ModelSpec, position: int) -> tuple[ValueType, str | None] | Problem:
    field = spec.inputs[position]
    try:
        value_type = typing.decide(field, spec.inputs)
        return value_type, file_input.find_sibling(field, value_type, spec.inputs)
    except TypingError as error:
        return _input_problem(spec, position, str(error), "correct `refine` or the facts")


def _argument(
    spec: ModelSpec, position: int, value_type: ValueType, url_name: str | None, *, context: Context
) -> Argument | Problem:
    field = spec.inputs[position]
    refine = field.refine
    try:
        default = defaults.decide(field, value_type, context=context)
        name = names.argument(
            _spoken(field, value_type), pinned=refine.python_name if refine else None
        )
    except defaults.DefaultError as error:
        return _input_problem(spec, position, str(error), "correct `refine`")
    except names.NamingError as error:
        return _input_problem(spec, position, error.message, error.remedy)
    constants = name_choices(name, value_type)
    return Argument(
        name=name,
        wire_name=Untrusted(field.name),
        url_name=None if url_name is None else Untrusted(url_name),
        type=value_type,
        default=default,
        doc=describe(field, value_type, default, constants),
        label=_stated(field.label),
        example=_example(field, default),
        constants=constants,
    )


def _example(field: Input, default: Default) -> Untrusted | float | None:
    if default.kind != "sample" or field.default == "":
        return None
    return Untrusted(field.default) if isinstance(field.default, str) else field.default


def _spoken(field: Input, value_type: ValueType) -> str:
    """The wire name as an argument is called after it; one that takes files needs no `Url` in it."""
    return without_url(field.name) if value_type.is_file else field.name


def _content(spec: ModelSpec, arguments: Sequence[Argument]) -> tuple[str, ...]:
    names = content_names(spec)
    return tuple(a.name for a in arguments if expose(a.wire_name) in names)


def _collisions(spec: ModelSpec, arguments: Sequence[Argument]) -> Iterator[Problem]:
    first: dict[str, Argument] = {}
    for argument in arguments:
        other = first.setdefault(argument.name, argument)
        if other is not argument:
            yield _problem(
                spec,
                "inputs",
                f"`{expose(other.wire_name)}` and `{expose(argument.wire_name)}` would both be the argument `{argument.name}`",
                "pin a name for one of them with `refine.python_name`",
            )


def _subjects(spec: ModelSpec, owner: str) -> Untrusted:
    kept = [c for c in spec.categories if c not in _NO_SUBJECT and c != owner]
    return Untrusted(", ".join(kept))


def _sentence(text: str) -> Untrusted:
    """The first paragraph of a description, ended like a sentence."""
    summary = text.strip().split("\n\n")[0].strip()
    return join(Untrusted(summary), "" if summary[-1:] in {".", "!", "?", "…"} else ".")


def _input_problem(spec: ModelSpec, position: int, message: str, remedy: str) -> Problem:
    named = f"`{spec.inputs[position].name}`: {message}"
    return _problem(spec, f"inputs[{position}]", named, remedy)


def _problem(spec: ModelSpec, pointer: str, message: str, remedy: str) -> Problem:
    return Problem(message, remedy, file=f"models/{spec.model}.yaml", pointer=pointer)
