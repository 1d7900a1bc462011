"""What ties a request class to its model; known without loading the library that checks values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wiro_runtime import check
from wiro_runtime.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wiro_runtime.request.encoding import Encoding
    from wiro_runtime.response import Price
    from wiro_runtime.task.kind import Kind

__all__ = ["Binding", "binding_of"]


@dataclass(frozen=True, slots=True)
class Binding:
    """What ties a request class to its model."""

    slug: str = ""
    """The model, as `owner/model`; "" for a class that is no model's."""
    kind: Kind = "media"
    """What the model makes."""
    is_open: bool = False
    """Whether it takes any argument, to be checked against the live description of the model."""
    computing_seconds: float | None = None
    """How long the model's process takes on the average, in seconds; None where no document says it."""
    cps: str | None = None
    """What a second of the process costs in USD, as the platform spells it; None where nothing says it."""
    average_cost: str | None = None
    """What an average run costs in USD, spelled alike; None where nothing says it."""
    prices: Sequence[Price] = ()
    """What a run costs by its inputs: `dynamicprice`, decoded, its amounts as text; () where nothing says it."""
    content: tuple[str, ...] = ()
    """The arguments of which a call must give one: the prompts, texts and files that the model works on."""
    encodings: Mapping[str, Encoding] = field(default_factory=dict[str, "Encoding"], repr=False)
    """How each argument is written, by its name."""


def binding_of(model: object) -> Binding:
    """What ties a request class, or a request, to its model.

    Raises:
        InvalidRequest: It is neither.
    """
    binding: object = getattr(model, "_binding", None)
    if not isinstance(binding, Binding) or not binding.slug:
        raise InvalidRequest(
            f"expected a model's request, like Vace(prompt=…), got {check.shown(model)}. Nothing was sent."
        )
    return binding
