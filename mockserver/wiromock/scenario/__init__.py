"""What shall happen to a run, or to a call: values that say the same in a test, a file and over HTTP.

    Success         runs, finishes, leaves outputs, costs money
    Fails           runs and ends with another exit code than 0
    Stalls          never gets past a stage
    Requeues        shows task_error, goes back to the queue, ends one way or another
    Cancelled       the platform itself cancels it
    Talks           a realtime session

    Refused         the platform refuses; no task is made
    HttpFault       an HTTP error instead of an answer
    ConnectionLost  the connection breaks instead of an answer
    BadJson         status 200, and no JSON
    Hangs           no answer at all
    PassThrough     what would have happened without a script, at once, late or slowly

`Pace`, `Notifications` and `CommandBehaviour` say how a task behaves around its process. `to_json` and `from_json`
translate; the key `scenario` names the kind.
"""

from functools import cache
from typing import Annotated, Any, TypeAlias

from pydantic import Field, TypeAdapter, ValidationError

from wiromock.errors import WrongScript
from wiromock.scenario.base import MediaKind, Stage
from wiromock.scenario.explanation import explain
from wiromock.scenario.fault import (
    BadJson,
    CallScenario,
    ConnectionLost,
    Fault,
    Hangs,
    HttpFault,
    PassThrough,
    Refused,
)
from wiromock.scenario.options import CommandBehaviour, Dialect, Notifications, Pace
from wiromock.scenario.task import (
    Cancelled,
    Fails,
    Requeues,
    Stalls,
    Success,
    Talks,
    TaskBase,
    TaskScenario,
    ToolCall,
    Turn,
)

__all__ = [
    "BadJson",
    "CallScenario",
    "Cancelled",
    "CommandBehaviour",
    "ConnectionLost",
    "Dialect",
    "Fails",
    "Fault",
    "Hangs",
    "HttpFault",
    "MediaKind",
    "Notifications",
    "Pace",
    "PassThrough",
    "Refused",
    "Requeues",
    "Scenario",
    "Stage",
    "Stalls",
    "Success",
    "Talks",
    "TaskBase",
    "TaskScenario",
    "ToolCall",
    "Turn",
    "from_json",
    "to_json",
]

Scenario: TypeAlias = TaskScenario | CallScenario
"""What can happen to a run."""

AnyScenario: TypeAlias = Annotated[Scenario, Field(discriminator="scenario")]
"""The same in JSON, where the key `scenario` says which one it is."""


def to_json(scenario: Scenario) -> dict[str, Any]:
    """Write a scenario as a JSON object, without what is at its default; `from_json` reads it back."""
    value: dict[str, Any] = _adapter().dump_python(scenario, mode="json", exclude_defaults=True)
    return {"scenario": scenario.scenario, **value}


def from_json(value: object) -> Scenario:
    """Read a scenario from a JSON object.

    Args:
        value: an object whose key `scenario` names the kind.

    Raises:
        WrongScript: it is none; the message says where.
    """
    try:
        return _adapter().validate_python(value)
    except ValidationError as error:
        faults = (
            f"{'.'.join(str(step) for step in place) or 'scenario'}: {said}"
            for place, said in explain(error, scenario_keys())
        )
        raise WrongScript(f"not a scenario: {'; '.join(faults)}") from error


@cache
def scenario_keys() -> tuple[str, ...]:
    """Every key of the JSON form of any scenario."""
    definitions = _adapter().json_schema().get("$defs", {})
    return tuple(key for shape in definitions.values() for key in shape.get("properties", {}))


@cache
def _adapter() -> TypeAdapter[Scenario]:
    return TypeAdapter(AnyScenario)
