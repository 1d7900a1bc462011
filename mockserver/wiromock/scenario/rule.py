"""Rules: which scenarios are for which calls, and what follows the last one. Values, with one JSON form.

{"on": "pruna/vace", "where": {"resolution": "720p"}, "calls": [2],
 "then": [{"scenario": "fails", "pexit": "137"}], "after": "pass_through"}
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, cast, get_args

from pydantic import TypeAdapter, ValidationError

from wiromock.argument import is_list, show
from wiromock.errors import WrongScript
from wiromock.scenario import AnyScenario, CallScenario, Scenario, scenario_keys, to_json
from wiromock.scenario.base import STRICT, Base, check_fields
from wiromock.scenario.explanation import explain
from wiromock.spec.operation import EVERY_CALL, CallTarget, Operation
from wiromock.spec.value import form_text
from wiromock.strict_json import NotJson, read_json_once

_MOST_FAULTS: Final = 20
"""Faults of one text that are named; what follows is usually of the same kind."""

MOST_NAMED = 20
"""Calls, or rules that were passed over, that a sentence names; a script may hold thousands."""

After: TypeAlias = Literal["repeat", "pass_through", "error"]
"""What happens when a sequence has ended: its last scenario again, what would happen without a
script, or a `ScenarioExhausted`."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Rule(Base):
    """Scenarios for the calls that it describes.

    Args:
        then: what happens, in order.
        on: the model whose runs are meant, or `*` for every model.
        on_call: the operation that is meant, or `*` for every call, instead of the runs of a model.
        where: fields of the body that must have these values; numbers equal their text.
        calls: of the calls described so far, only these are meant, counted from 1; empty means all.
        probability: the share of them that is meant, 0 to 1; the seed decides which.
        tenant: whose calls are meant; None means everybody's.
        after: what follows the last scenario. A single one repeats; with several it has to be stated.
    """

    __pydantic_config__ = STRICT

    then: tuple[AnyScenario, ...]
    on: str = "*"
    on_call: CallTarget | None = None
    where: Mapping[str, Any] = field(default_factory=dict[str, Any])
    calls: tuple[int, ...] = ()
    probability: float = 1.0
    tenant: str | None = None
    after: After | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "calls", _numbers(self.calls))
        object.__setattr__(self, "then", _sequence(self.then))
        check_where(self.where)
        check_fields(self, "a rule", leave={"then", "calls", "on_call"})
        self._check_target()
        if not self.then:
            raise WrongScript(f"nothing is scripted for {self.target}: give then() a scenario")
        for given in self.then:
            _check_scenario(given)
        if len(self.then) > 1 and self.after is None:
            raise WrongScript(
                f"{len(self.then)} scenarios for {self.target}: say what follows the last one with "
                'after="repeat", after="pass_through" or after="error"'
            )
        if not 0 <= self.probability <= 1:
            raise WrongScript(
                f"the rule for {self.on}: probability is 0 to 1, not {show(self.probability)}"
            )
        if any(number < 1 for number in self.calls):
            raise WrongScript(f"the rule for {self.target}: calls are counted from 1")

    def _check_target(self) -> None:
        if self.on_call is None:
            return
        operations = get_args(Operation)
        if self.on_call not in (*operations, EVERY_CALL):
            raise WrongScript(
                f"no operation is called {show(self.on_call)}; there are {', '.join(operations)}"
            )
        if self.on != "*":
            raise WrongScript(
                f"a rule is for the runs of a model or for an operation; not for {self.on} and {self.on_call}"
            )
        for given in self.then:
            _check_scenario(given)
            if not isinstance(given, CallScenario):
                raise WrongScript(
                    f"{type(given).__name__} makes a task, so it can be scripted for the runs of a model "
                    f'only: on("*").then(…), not on_call("{self.on_call}")'
                )

    @property
    def target(self) -> str:
        """What it is for, in words."""
        parts = ["every call" if self.on_call == EVERY_CALL else self.on_call or self.on]
        parts += [f"with {name}={value!r}" for name, value in self.where.items()]
        if self.calls:
            more = ", …" if len(self.calls) > MOST_NAMED else ""
            parts.append(f"call {', '.join(map(str, self.calls[:MOST_NAMED]))}{more}")
        if self.probability < 1:
            parts.append(f"with probability {self.probability:g}")
        if self.tenant is not None:
            parts.append(f"of tenant {self.tenant}")
        return " ".join(parts)

    @property
    def weight(self) -> tuple[bool, int]:
        """How closely it describes a call: a named model or operation first, then the number of conditions."""
        conditions = len(self.where) + bool(self.calls) + (self.probability < 1)
        is_named = self.on != "*" or self.on_call not in {None, EVERY_CALL}
        return is_named, conditions + (self.tenant is not None)

    def suits(self, fields: Mapping[str, Any], tenant: str) -> bool:
        """Return whether a call has the described fields and tenant."""
        if self.tenant not in {None, tenant}:
            return False
        return all(name in fields and _same(fields[name], is_) for name, is_ in self.where.items())


def check_where(where: object) -> None:
    """Refuse conditions that no body of a call can meet, because JSON has no such names or values.

    Raises:
        WrongScript: it is no mapping of names to what JSON can say.
    """
    if not isinstance(where, Mapping):
        raise WrongScript(
            f'a rule: where takes an object, not {show(where)}; such as {{"seed": 7}}'
        )
    for name, value in cast("Mapping[object, object]", where).items():
        if not isinstance(name, str):
            raise WrongScript(f"where: the name of a field is a text, not {show(name)}")
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError, RecursionError):
            raise WrongScript(
                f"where: {name} takes what JSON can say, such as a text or a number, not {show(value)}"
            ) from None


def _check_scenario(given: object) -> None:
    """Refuse what is no scenario, in words for who has just begun.

    Raises:
        WrongScript: it is something else.
    """
    if isinstance(given, Scenario):
        return
    kinds = {kind.__name__: kind for kind in get_args(Scenario)}
    if isinstance(given, type) and given.__name__ in kinds:
        raise WrongScript(f"{given.__name__} is a class; make one: {given.__name__}()")
    if isinstance(given, list | tuple):
        raise WrongScript(
            "several scenarios are given one by one, not as a list: then(Fails(), Success())"
        )
    close = next(
        (name for name in kinds if show(given).strip("'").replace("_", "").lower() == name.lower()),
        "",
    )
    hint = f"did you mean {close}()?" if close else f"there are {', '.join(sorted(kinds))}"
    raise WrongScript(f"{show(given)} is no scenario; {hint}")


def _sequence(then: Any) -> tuple[Any, ...]:
    """Return what shall happen as a tuple, however it was given.

    Raises:
        WrongScript: it is no sequence.
    """
    if isinstance(then, list | tuple):
        return tuple(cast("Iterable[Any]", then))
    raise WrongScript(f"a rule: then takes a list of scenarios, not {show(then)}")


def _numbers(calls: Any) -> tuple[int, ...]:
    """Return the numbers of calls that a rule is for.

    Raises:
        WrongScript: they are none.
    """
    numbers: tuple[Any, ...] = tuple(calls) if is_list(calls) else (calls,)
    if all(type(number) is int for number in numbers):  # True and False are of that kind too
        return numbers
    raise WrongScript(f"calls are numbers counted from 1, such as [1, 3], not {show(calls)}")


def _same(given: Any, expected: Any) -> bool:
    """Whether two values are equal, as values or as what forms make of them."""
    return given == expected or form_text(given) == form_text(expected)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFile:
    """What a scenario file holds: rules in the order in which they are tried."""

    __pydantic_config__ = STRICT

    scenarios: tuple[Rule, ...] = ()


def rules_to_json(rules: Iterable[Rule]) -> dict[str, Any]:
    """Write rules as the JSON object that files and the control API use."""
    given = tuple(rules)
    plain: dict[str, Any] = _file().dump_python(
        RuleFile(scenarios=given), mode="json", exclude_defaults=True
    )
    # What is at its default is left out, but the kind of a scenario is at its default always.
    written = [
        {**written, "then": [to_json(scenario) for scenario in rule.then]}
        for rule, written in zip(given, plain.get("scenarios", []), strict=True)
    ]
    return {"scenarios": written}


def rules_from_json(value: object, where: str = "scenarios") -> tuple[Rule, ...]:
    """Read rules.

    Args:
        value: an object with a list `scenarios`; a key `$schema` is for editors.
        where: what to call it in messages.

    Raises:
        WrongScript: it is wrong; every fault is named with its place.
    """
    if isinstance(value, dict):
        value = {name: each for name, each in value.items() if name != "$schema"}  # pyright: ignore[reportUnknownVariableType] # keys of raw JSON
    try:
        return _file().validate_python(value).scenarios
    except ValidationError as error:
        keys = (*(part.name for part in fields(Rule)), "scenarios", *scenario_keys())
        faults = [f"{where}: {_place(place)}: {said}" for place, said in explain(error, keys)]
        more = (
            [f"{where}: and {len(faults) - _MOST_FAULTS} more"]
            if len(faults) > _MOST_FAULTS
            else []
        )
        raise WrongScript("\n".join(faults[:_MOST_FAULTS] + more)) from error


def read_rules(path: Path) -> tuple[Rule, ...]:
    """Read a file of rules.

    Args:
        path: a JSON file; its form is what `wiromock schema` prints.

    Raises:
        WrongScript: it cannot be read, is no JSON, or says something wrong; with line and column, or
            the place inside.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise WrongScript(f"{path} is not UTF-8: {error}") from error
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or error
        raise WrongScript(f"{path} cannot be read: {said}") from error
    return rules_from_text(text, str(path))


def rules_from_text(text: str, where: str) -> tuple[Rule, ...]:
    """Read rules from JSON text.

    Args:
        text: an object with a list `scenarios`.
        where: what to call it in messages.

    Raises:
        WrongScript: it is no JSON, or says something wrong; with line and column, or the place inside.
    """
    try:
        value = read_json_once(text)
    except NotJson as error:
        wrong = error.__cause__
        if isinstance(wrong, json.JSONDecodeError):
            place = f"{where}:{wrong.lineno}:{wrong.colno}"
            raise WrongScript(f"{place}: no JSON: {wrong.msg}") from error
        raise WrongScript(f"{where}: it {error}") from error
    return rules_from_json(value, where)


def json_schema() -> dict[str, Any]:
    """Describe the JSON form of rules, for editors and other languages."""
    described = _file().json_schema(mode="validation")
    described["properties"]["$schema"] = {"type": "string"}
    described["title"] = "Scenarios of the Wiro mock"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described}


def _place(steps: tuple[int | str, ...]) -> str:
    """A place as people write it, without the names of the kinds of scenarios."""
    text = ""
    for before, step in zip((None, *steps), steps, strict=False):
        if isinstance(step, int):
            text += f"[{step}]"
        elif not (isinstance(before, int) and steps.index(step) > 2):
            text += f".{step}" if text else step
    return text or "the file"


@cache
def _file() -> TypeAdapter[RuleFile]:
    return TypeAdapter(RuleFile)
