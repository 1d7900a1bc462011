"""A request that has been recognised and read."""

from collections.abc import Mapping
from dataclasses import dataclass

from wiromock.spec.operation import Operation
from wiromock.wire.body import Form
from wiromock.wire.http import Request


@dataclass(slots=True)
class Call:
    """A request for one operation."""

    operation: Operation
    endpoint: str
    """The operation's name in the platform's spec."""
    request: Request
    values: Mapping[str, str]
    """What the path holds for `{owner}` and the like."""
    form: Form
