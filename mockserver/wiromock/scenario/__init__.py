"""What shall happen to a run, or to a call: values that say the same in a test, a file and over HTTP.

    Success         runs, finishes, leaves outputs, costs money
    Fails           runs and ends with another exit code than 0
    Stalls          never gets past a stage
    Requeues        shows task_error, goes back to the queue, ends one way or another
    Cancelled       the platform itself cancels it
    Talks           a realtime session

    Refused         the platform says no; no task is made
    HttpFault       an HTTP error instead of an answer
    ConnectionLost  the connection breaks instead of an answer
    BadJson         status 200, and no JSON
    Hangs           no answer at all
    AsUsual         what would have happened without a script, at once, late or slowly

`Pace`, `Signals` and `Race` say how a task behaves around its process. `to_json` and `from_json`
translate; the key `scenario` names the kind.
"""

from functools import cache
from typing import Annotated, Any, TypeAlias

from pydantic import Field, TypeAdapter, ValidationError

from wiromock.errors import WrongScript
from wiromock.scenario.base import MediaKind, Stage
from wiromock.scenario.fault import (
    AsUsual,
    BadJson,
    CallScenario,
    ConnectionLost,
    Fault,
    Hangs,
    HttpFault,
    Refused,
)
from wiromock.scenario.options import Dialect, Pace, Race, Signals
from wiromock.scenario.task import (
    Cancelled,
    Fails,
    Played,
    Requeues,
    Running,
    Stalls,
    Success,
    Talks,
    ToolCall,
    Turn,
)

__all__ = [
    "AsUsual",
    "BadJson",
    "CallScenario",
    "Cancelled",
    "ConnectionLost",
    "Dialect",
    "Fails",
    "Fault",
    "Hangs",
    "HttpFault",
    "MediaKind",
    "Pace",
    "Played",
    "Race",
    "Refused",
    "Requeues",
    "Running",
    "Scenario",
    "Signals",
    "Stage",
    "Stalls",
    "Success",
    "Talks",
    "ToolCall",
    "Turn",
    "from_json",
    "to_json",
]

Scenario: TypeAlias = Running | CallScenario
"""What can happen to a run."""

AnyScenario: TypeAlias = Annotated[Scenario, Field(discriminator="scenario")]
"""The same, told apart in JSON by the key `scenario`."""


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
        places = (
            f"{'.'.join(str(at) for at in one['loc']) or 'scenario'}: {one['msg']}"
            for one in error.errors()
        )
        raise WrongScript(f"not a scenario: {'; '.join(places)}") from error


@cache
def _adapter() -> TypeAdapter[Scenario]:
    return TypeAdapter(AnyScenario)
