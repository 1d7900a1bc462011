"""An untyped request is checked against the live description of its model, and can then be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wiro_runtime.request.binding import binding_of
from wiro_runtime.request.body import Argument, RunBody

if TYPE_CHECKING:
    from wiro_runtime.catalog.info import ModelInfo
    from wiro_runtime.request.request import Request

__all__ = ["bind"]


def bind(request: Request[Any, Any], info: ModelInfo) -> RunBody:
    """What an untyped request says on the wire.

    Raises:
        InvalidRequest: The arguments do not fit the live description.
    """
    values = info.check(request.model_extra or {})
    return RunBody(
        title=type(request).__name__,
        slug=binding_of(request).slug,
        arguments=[Argument(name, how, value) for name, (how, value) in values.items()],
        encodings={name: how for name, (how, _) in values.items()},
    )
