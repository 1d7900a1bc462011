"""The platform's own catalog: searching it, and one model's live description."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wiro_runtime import errors, parse
from wiro_runtime.catalog.info import ModelInfo
from wiro_runtime.flow.exchange import read
from wiro_runtime.flow.paging import Page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wiro_runtime.flow.deadline import Deadline
    from wiro_runtime.flow.effect import Flow
    from wiro_runtime.response import ExploreGroup

__all__ = ["Group", "ModelQuery", "explore", "fetch", "search_page"]


@dataclass(frozen=True, slots=True)
class ModelQuery:
    """What is looked for."""

    text: str | None = None
    categories: Sequence[str] = ()
    tags: Sequence[str] = ()
    owner: str | None = None
    sort: str = "relevance"
    """The platform's word: relevance, time, ratedusercount, commentcount, averagepoint or id."""
    order: str = "DESC"

    def to_wire(self, start: int, size: int) -> dict[str, Any]:
        """The body of Tool/List; numbers travel as text."""
        body: dict[str, Any] = {
            "start": str(start),
            "limit": str(size),
            "sort": self.sort,
            "order": self.order,
            "summary": True,
        }
        named = {
            "search": self.text,
            "slugowner": self.owner,
            "categories": list(self.categories),
            "tags": list(self.tags),
        }
        return body | {key: value for key, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class Group:
    """Models under one title of the platform's front page."""

    title: str
    models: tuple[ModelInfo, ...]


def search_page(
    query: ModelQuery, start: int, size: int, deadline: Deadline
) -> Flow[Page[ModelInfo]]:
    """One page of the models that match."""
    payload = yield from read("Tool/List", query.to_wire(start, size), deadline)
    models = tuple(map(ModelInfo.from_wire, parse.mappings(payload.get("tool"))))
    return Page(models, start, parse.integer(payload.get("total")))


def explore(deadline: Deadline) -> Flow[tuple[Group, ...]]:
    """The platform's own selection."""
    payload = yield from read("Tool/Explore", {}, deadline)
    groups: list[ExploreGroup] = parse.mappings(payload.get("explore"))
    return tuple(
        Group(
            parse.text(group.get("title") or group.get("name")),
            tuple(map(ModelInfo.from_wire, parse.mappings(group.get("tools")))),
        )
        for group in groups
    )


def fetch(slug: str, deadline: Deadline) -> Flow[ModelInfo]:
    """A model with its inputs.

    Raises:
        ModelNotFound: There is no such model.
    """
    owner, _, model = slug.partition("/")
    names = {"slugowner": owner, "slugproject": model}
    payload = yield from read("Tool/Detail", names, deadline)
    tools = parse.mappings(payload.get("tool"))
    if not tools:
        raise errors.ModelNotFound(
            f"The platform knows no model {slug}. Look for it with client.catalog.search()."
        )
    return ModelInfo.from_wire(tools[0])
