"""The calls that the mock answers, recognised by verb and path."""

from collections.abc import Mapping
from dataclasses import dataclass

from wirogen.spec.model import Endpoint


@dataclass(frozen=True, slots=True)
class Route:
    """Where a call goes."""

    endpoint: str
    """The spec's name for it."""
    public: bool
    """Whether it needs no credentials."""
    values: Mapping[str, str]
    """What stands in the path for `{owner}` and the like."""


class Router:
    """Finds the endpoint of a path.

    Args:
        endpoints: those of the platform's spec.
    """

    def __init__(self, endpoints: Mapping[str, Endpoint]) -> None:
        self._fixed: dict[tuple[str, str], Route] = {}
        self._open: list[tuple[str, list[str], str, bool]] = []
        for name, endpoint in endpoints.items():
            if "{" in endpoint.path:
                self._open.append(
                    (endpoint.method, endpoint.path.split("/"), name, endpoint.public)
                )
            else:
                self._fixed[endpoint.method, endpoint.path] = Route(name, endpoint.public, {})

    def find(self, method: str, path: str) -> Route | None:
        """Find the endpoint.

        Args:
            method: the verb; a HEAD counts as a GET.
            path: below the base URL, percent-decoded.
        """
        verb = "GET" if method == "HEAD" else method
        if (verb, path) in self._fixed:
            return self._fixed[verb, path]
        parts = path.split("/")
        for known, pattern, name, public in self._open:
            if known == verb and (values := _match(pattern, parts)) is not None:
                return Route(name, public, values)
        return None

    def describe_unknown(self, method: str, path: str) -> str:
        """Return why there is nothing at a path."""
        other = self.find("GET" if method == "POST" else "POST", path)
        if other is not None:
            return (
                f"{path} exists, but not for {method}; every call is a POST, file downloads are GET"
            )
        return f"the platform's spec has no endpoint {path}"


def _match(pattern: list[str], parts: list[str]) -> dict[str, str] | None:
    if len(pattern) != len(parts):
        return None
    values: dict[str, str] = {}
    for expected, part in zip(pattern, parts, strict=True):
        if expected.startswith("{") and part:
            values[expected[1:-1]] = part
        elif expected != part:
            return None
    return values
