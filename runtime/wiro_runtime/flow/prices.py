"""What a run may cost, by the prices that its class knows or the platform states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wiro_runtime.price.estimate import estimate
from wiro_runtime.price.rule import PriceList
from wiro_runtime.request.file import LocalFile, location

if TYPE_CHECKING:
    from collections.abc import Callable

    from wiro_runtime.catalog.info import ModelInfo
    from wiro_runtime.flow.effect import Flow
    from wiro_runtime.price.estimate import Estimate
    from wiro_runtime.request.body import RunBody
    from wiro_runtime.request.file import FileInput

__all__ = ["estimate_body"]


def estimate_body(model_info: Callable[[str], Flow[ModelInfo]], body: RunBody) -> Flow[Estimate]:
    """What a run of a request may cost.

    Args:
        model_info: Gives the platform's description of a model.
        body: The request.
    """
    info = yield from model_info(body.slug)
    prices = PriceList.from_wire(
        info.prices,
        per_second=info.cps,
        average=info.average_cost,
        seconds=info.computing_seconds,
    )
    files = [LocalFile.of(file) for _, file in body.local_files()]
    return estimate(prices, body.to_json(_place), files)


def _place(file: FileInput) -> str:
    """Where a file is; of a local one, that it will be somewhere."""
    return location(file) or f"file:{LocalFile.of(file).name}"
