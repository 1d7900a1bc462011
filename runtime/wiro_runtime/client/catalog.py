"""`client.catalog`: the models that the platform has now, bound in this package or not."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from wiro_runtime import call_check, check
from wiro_runtime.catalog.drift import BindingDrift, differences
from wiro_runtime.flow import catalog as flows
from wiro_runtime.flow.catalog import Group, ModelQuery
from wiro_runtime.flow.paging import Page, Paging
from wiro_runtime.request.binding import binding_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from wiro_runtime.catalog.info import ModelInfo
    from wiro_runtime.client.runner import AsyncRunner, Runner
    from wiro_runtime.flow.calls import Calls
    from wiro_runtime.flow.effect import Flow
    from wiro_runtime.request.request import Request

__all__ = ["AsyncCatalogResource", "CatalogResource"]

_PAGE = 50


class _Catalog:
    """The flows of both twins."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def _search_page(self, query: ModelQuery, start: int) -> Flow[Page[ModelInfo]]:
        deadline = yield from self._calls.start_deadline()
        return (yield from flows.search_page(query, start, _PAGE, deadline))

    def _explore(self) -> Flow[tuple[Group, ...]]:
        deadline = yield from self._calls.start_deadline()
        return (yield from flows.explore(deadline))

    def _get(self, slug: str) -> Flow[ModelInfo]:
        call_check.require("get", slug=check.slug(slug))
        return (yield from self._calls.model_info(slug, fresh=True))

    def _drift(self, binding: type[Request[Any, Any]]) -> Flow[tuple[str, ...]]:
        drift = differences(binding, (yield from self._get(binding_of(binding).slug)))
        if drift:
            warnings.warn(
                f"{binding.__name__} and the platform disagree about {binding_of(binding).slug}: "
                f"{'; '.join(drift)}. Import the model's document again and regenerate, or upgrade.",
                BindingDrift,
                stacklevel=2,
            )
        return drift


class CatalogResource(_Catalog):
    """The models that the platform has now, asked of it each time."""

    def __init__(self, runner: Runner) -> None:
        super().__init__(runner.calls)
        self._perform = runner.perform

    def search(
        self,
        text: str | None = None,
        *,
        categories: Sequence[str] = (),
        tags: Sequence[str] = (),
        owner: str | None = None,
        sort: str = "relevance",
    ) -> Iterator[ModelInfo]:
        """Models that match, without their inputs; pages are fetched as you go on.

        Args:
            text: Words to look for; None for all models.
            categories: Only models of these, such as "text-to-video".
            tags: Only models with these tags.
            owner: Only models of this owner.
            sort: The platform's word: relevance, time, ratedusercount, commentcount, averagepoint, id.
        """
        query = _query(text, categories, tags, owner, sort)
        paging: Paging[ModelInfo] = Paging(lambda model: model.slug)
        while paging.start is not None:
            yield from paging.take(self._perform(self._search_page(query, paging.start)))

    def explore(self) -> tuple[Group, ...]:
        """The platform's own selection, in groups."""
        return self._perform(self._explore())

    def get(self, slug: str) -> ModelInfo:
        """A model as the platform describes it now, with its inputs.

        Args:
            slug: `owner/model`.

        Raises:
            ModelNotFound: There is no such model.
        """
        return self._perform(self._get(slug))

    def drift(self, binding: type[Request[Any, Any]]) -> tuple[str, ...]:
        """Where a generated class and the live model disagree; also issued as a `BindingDrift` warning."""
        return self._perform(self._drift(binding))


class AsyncCatalogResource(_Catalog):
    """The models that the platform has now, asked of it each time; awaited."""

    def __init__(self, runner: AsyncRunner) -> None:
        super().__init__(runner.calls)
        self._perform = runner.perform

    async def search(
        self,
        text: str | None = None,
        *,
        categories: Sequence[str] = (),
        tags: Sequence[str] = (),
        owner: str | None = None,
        sort: str = "relevance",
    ) -> AsyncIterator[ModelInfo]:
        """Models that match, as `CatalogResource.search()` returns them; use `async for`."""
        query = _query(text, categories, tags, owner, sort)
        paging: Paging[ModelInfo] = Paging(lambda model: model.slug)
        while paging.start is not None:
            page = await self._perform(self._search_page(query, paging.start))
            for model in paging.take(page):
                yield model

    async def explore(self) -> tuple[Group, ...]:
        """The platform's own selection, as `CatalogResource.explore()` returns it."""
        return await self._perform(self._explore())

    async def get(self, slug: str) -> ModelInfo:
        """A model with its inputs, as `CatalogResource.get()` returns it."""
        return await self._perform(self._get(slug))

    async def drift(self, binding: type[Request[Any, Any]]) -> tuple[str, ...]:
        """Where a class and the live model disagree, as `CatalogResource.drift()` returns it."""
        return await self._perform(self._drift(binding))


def _query(
    text: str | None, categories: Sequence[str], tags: Sequence[str], owner: str | None, sort: str
) -> ModelQuery:
    call_check.require(
        "search",
        text=check.optional_text(text),
        categories=check.texts(categories),
        tags=check.texts(tags),
        owner=check.optional_text(owner),
        sort=check.text(sort),
    )
    return ModelQuery(text, categories, tags, owner, sort)
