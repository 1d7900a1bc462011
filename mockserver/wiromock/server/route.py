"""Routes of the control API, and the OpenAPI document that is written from them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from wiromock.errors import MockError
from wiromock.wire.http import Reply, json_reply

Schema = Mapping[str, Any]

CONTROL: Final = "/_mock"
"""The path below which the control API is."""


class BadCall(MockError):  # noqa: N818 - the name says what happened
    """The control API was asked for something that it cannot do.

    Args:
        status: the HTTP status.
        detail: what is wrong and what would be right.
    """

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


@dataclass(frozen=True, slots=True)
class ControlRequest:
    """A call of the control API, taken apart."""

    tenant: str
    """Whose world it is about; the empty name is for whoever names none."""
    values: Mapping[str, str]
    """What stands in the path for `{id}` and the like."""
    query: Mapping[str, str]
    body: Any
    """The JSON of the body; None where there is none."""


Answer = Callable[[ControlRequest], Reply]


@dataclass(frozen=True, slots=True)
class ControlRoute:
    """One call of the control API."""

    method: str
    path: str
    """Below `CONTROL`."""
    summary: str
    answer: Answer
    body: Schema | None = None
    """JSON Schema of the body; None means that it takes no body."""
    returns: Schema = field(default_factory=dict[str, Any])
    """JSON Schema of a good answer."""
    media: str = "application/json"
    failures: tuple[int, ...] = ()
    """Statuses of what may be wrong, besides 400 for a wrong body."""
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    """Names of parameters, and what they mean."""

    def match(self, path: str) -> Mapping[str, str] | None:
        """Return what a path holds for `{id}` and the like; None when the path is another route's."""
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path)
        matched = re.fullmatch(pattern, path)
        return None if matched is None else matched.groupdict()


PROBLEM: Final[Schema] = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
    "required": ["title", "status", "detail"],
}


def problem(status: int, detail: str, **headers: str) -> Reply:
    """Return a reply that says what is wrong, in the form of RFC 9457.

    Args:
        status: the HTTP status.
        detail: what is wrong, and the way out.
        headers: further ones, with `_` for `-`.
    """
    reply = json_reply(
        status, {"title": _TITLES.get(status, "Wrong"), "status": status, "detail": detail}
    )
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, {"content-type": "application/problem+json", **named}, reply.body)


_TITLES: Final = {
    400: "The body is not what this call takes",
    403: "Not from another site",
    404: "There is no such thing",
    405: "Not with this verb",
    409: "Not in this state",
    413: "Too large",
}


def describe(routes: tuple[ControlRoute, ...]) -> dict[str, Any]:
    """Write the OpenAPI document of routes.

    Args:
        routes: all of them.
    """
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(f"{CONTROL}{route.path}", {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Control of the Wiro mock",
            "version": "1",
            "description": "What a test needs besides the platform's own API. The header "
            "`x-mock-tenant` names a world of its own; without it, all callers share one.",
        },
        "paths": paths,
    }


def _operation(route: ControlRoute) -> dict[str, Any]:
    wrong = {
        "description": "What is wrong",
        "content": {"application/problem+json": {"schema": PROBLEM}},
    }
    answers: dict[str, Any] = {
        "200": {"description": "Done", "content": {route.media: {"schema": route.returns}}}
    }
    answers |= {str(status): wrong for status in sorted({400, *route.failures})}
    operation: dict[str, Any] = {
        "summary": route.summary,
        "operationId": _name(route),
        "parameters": [*_parameters(route)],
        "responses": answers,
    }
    if route.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": route.body}},
        }
    return operation


def _parameters(route: ControlRoute) -> list[dict[str, Any]]:
    named = re.findall(r"\{(\w+)\}", route.path)
    return [
        *(
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in named
        ),
        *(
            {
                "name": name,
                "in": "query",
                "description": meaning,
                "schema": {"type": "integer", "minimum": 0},
            }
            for name, meaning in route.query.items()
        ),
        {
            "name": "x-mock-tenant",
            "in": "header",
            "description": "Whose world",
            "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
        },
    ]


def _name(route: ControlRoute) -> str:
    words = re.findall(r"\w+", route.path)
    return "_".join([route.method.lower(), *words])
