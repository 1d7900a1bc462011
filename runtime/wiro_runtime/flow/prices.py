"""What a run may cost, by the prices that its class knows or the platform states."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wiro_runtime.price.estimate import estimate
from wiro_runtime.price.rule import PriceList
from wiro_runtime.request.file import LocalFile, location

if TYPE_CHECKING:
    from wiro_runtime.catalog.info import ModelInfo
    from wiro_runtime.price.estimate import Estimate
    from wiro_runtime.request.binding import Binding
    from wiro_runtime.request.body import RunBody
    from wiro_runtime.request.file import FileInput

__all__ = ["estimate_body"]


def estimate_body(body: RunBody, binding: Binding, info: ModelInfo | None) -> Estimate:
    """What a run of a request may cost.

    Args:
        body: The request.
        binding: What its class knows of the model; its prices are as old as the class.
        info: The platform's description of the model; None where nobody asked for it.
    """
    known = binding if info is None else info
    source = "prices of the generated class" if info is None else "prices of the platform"
    prices = PriceList.from_wire(
        known.prices,
        per_second=known.cps,
        average=known.average_cost,
        seconds=known.computing_seconds,
    )
    files = [LocalFile.of(file) for _, file in body.local_files()]
    found = estimate(prices, body.to_json(_place), files)
    return replace(found, basis=f"{found.basis}; {source}")


def _place(file: FileInput) -> str:
    """Where a file is; of a local one, that it will be somewhere."""
    return location(file) or f"file:{LocalFile.of(file).name}"
