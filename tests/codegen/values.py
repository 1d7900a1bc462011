"""Values that an argument takes, and what the platform expects to see of each on the wire."""

import json
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from wirogen.plan.model import Argument, ModelPlan
from wirogen.plan.types.value_type import ValueType
from wirogen.text.untrusted import expose, plain

WORDS = st.text(st.characters(codec="utf-8"), max_size=20)
URLS = st.from_regex(r"https://[a-z]{1,8}\.example/[A-Za-z0-9._%-]{0,12}", fullmatch=True)
WHOLE = st.integers(-(2**70), 2**70)
SPELLED = st.from_regex(r"[+-]?[0-9]{1,25}(\.[0-9]{1,25})?", fullmatch=True)
NUMBERS = WHOLE | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | WHOLE | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=5,
)
STRUCTURES = st.lists(JSON, max_size=3) | st.dictionaries(WORDS, JSON, max_size=3)


def values_of(value_type: ValueType) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - one line for each kind
    """Every kind of value that a type promises to take."""
    low, high = value_type.minimum, value_type.maximum
    match value_type.kind:
        case "integer":
            return st.integers(low, high)
        case "number":
            fractions = st.floats(low, high, allow_nan=False, allow_infinity=False)
            is_free = low is None and high is None
            texts = SPELLED if value_type.marker == "Text" else st.nothing()
            return fractions | WHOLE | texts if is_free else fractions
        case "boolean":
            return st.booleans()
        case "choice":
            offered = [plain(choice.value) for choice in value_type.choices]
            texts = [
                expose(choice.text)
                for choice in value_type.choices
                if value_type.marker != "Number"
            ]
            return st.sampled_from([*offered, *texts])
        case "file":
            return URLS
        case "files":
            return URLS | st.lists(URLS, min_size=1, max_size=3)
        case "json" if value_type.schema is not None:
            return fitting(json.loads(expose(value_type.schema)))
        case "json":
            return STRUCTURES | STRUCTURES.map(json.dumps)
        case _:
            return NUMBERS | WORDS if value_type.is_loose else WORDS


def fitting(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that a schema of a structure takes."""
    if "anyOf" in schema:
        return st.one_of(fitting(branch) for branch in schema["anyOf"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema.get("type"):
        case "array":
            least, most = schema.get("minItems", 0), schema.get("maxItems")
            most = least + 3 if most is None else min(most, least + 3)
            items = fitting(schema.get("items", {}))
            return st.lists(items, min_size=least, max_size=most)
        case "object" if "properties" in schema:
            members = {name: fitting(of) for name, of in schema["properties"].items()}
            required = schema.get("required", ())
            optional = {name: of for name, of in members.items() if name not in required}
            return st.fixed_dictionaries(
                {name: members[name] for name in required}, optional=optional
            )
        case "object":
            inner = fitting(schema.get("additionalProperties") or {})
            return st.dictionaries(WORDS, inner, max_size=3)
        case kind:
            return _values_of_kind(kind, schema)


def _values_of_kind(kind: str | None, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    low, high = schema.get("minimum"), schema.get("maximum")
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    match kind:
        case "string":
            letters = st.characters(codec="utf-8")
            return st.text(letters, min_size=least, max_size=most or least + 20)
        case "integer":
            above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
            lowest = [x for x in (low, None if above is None else above + 1) if x is not None]
            highest = [x for x in (high, None if below is None else below - 1) if x is not None]
            return st.integers(max(lowest, default=None), min(highest, default=None))
        case "number":
            above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
            floats = st.floats(low, high, allow_nan=False, allow_infinity=False)
            return floats.filter(
                lambda x: (above is None or x > above) and (below is None or x < below)
            )
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case _:
            return JSON


def calls_of(plan: ModelPlan) -> st.SearchStrategy[dict[str, Any]]:
    """Calls of a model: what is required, something to work on, and any of the rest."""
    types = {argument.name: argument.type for argument in plan.arguments}
    required = {a.name: values_of(a.type) for a in plan.arguments if a.default.required}
    optional = {a.name: values_of(a.type) for a in plan.arguments if not a.default.required}
    if not plan.content:
        return st.fixed_dictionaries(required, optional=optional)
    return st.one_of(
        st.fixed_dictionaries(
            {**required, name: values_of(types[name]).filter(says_something)},
            optional={other: values for other, values in optional.items() if other != name},
        )
        for name in plan.content
    )


def says_something(value: object) -> bool:
    """Whether there is anything in it to work on."""
    return bool(value.strip()) if isinstance(value, str) else value not in ([], {})


def check_given(plan: ModelPlan, call: dict[str, Any], body: dict[str, Any]) -> None:
    """What a caller gave is what is on the wire, digit by digit and letter by letter."""
    for argument in plan.arguments:
        if argument.name in call:
            sent = body[expose(argument.url_name or argument.wire_name)]
            _check_same(argument.type, call[argument.name], sent)


def _check_same(kind: ValueType, value: Any, sent: Any) -> None:
    match kind.marker:
        case "Text" | "Numeral" if isinstance(value, str):
            assert sent == value
        case "Text" | "Numeral":
            assert (float(sent) if isinstance(value, float) else Fraction(sent)) == value
        case "Flag":
            assert sent == expose(kind.flag.on if value else kind.flag.off)
        case "Json":
            assert json.loads(sent) == (json.loads(value) if isinstance(value, str) else value)
        case "CombinedFiles":
            assert sent == ([value] if isinstance(value, str) else list(value))
        case "FileList":
            assert sent.split(",") == ([value] if isinstance(value, str) else list(value))
        case _:
            assert sent == value


def check_body(plan: ModelPlan, body: dict[str, Any]) -> None:
    """A body of Run as the platform's own examples write it."""
    arguments = {expose(a.url_name or a.wire_name): a for a in plan.arguments}
    assert body.keys() <= arguments.keys()
    for name, value in body.items():
        _check_value(arguments[name], value)


def _check_value(argument: Argument, value: object) -> None:
    value_type = argument.type
    match value_type.marker:
        case "Number":
            assert isinstance(value, int | float)
            assert not isinstance(value, bool)
        case "JsonValue":
            assert not isinstance(
                value, float
            )  # which `check_given` has compared to the last digit
        case "Boolean":
            assert isinstance(value, bool)
        case "CombinedFiles":
            assert isinstance(value, list)
            assert all(isinstance(url, str) for url in value)
        case "Json":
            assert isinstance(value, str)
            assert isinstance(json.loads(value), dict | list)
        case "Flag":
            assert value in {expose(value_type.flag.on), expose(value_type.flag.off)}
        case _:
            assert isinstance(value, str)
    if value_type.kind == "choice":
        assert str(value) in {expose(choice.text) for choice in value_type.choices}
