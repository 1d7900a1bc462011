"""Where a generated class and the platform's live description of its model disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wiro_runtime.request.binding import binding_of
from wiro_runtime.request.body import CALL_FIELDS
from wiro_runtime.request.validation import choices_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wiro_runtime.catalog.info import InputInfo, ModelInfo
    from wiro_runtime.request.request import Request

__all__ = ["BindingDrift", "differences"]


class BindingDrift(UserWarning):
    """A generated class and the platform's live description of its model disagree."""


def differences(binding: type[Request[Any, Any]], info: ModelInfo) -> tuple[str, ...]:
    """Each disagreement in words.

    Nothing is said of what the platform leaves open, or of types that a document leaves to be guessed.
    """
    encodings = binding_of(binding).encodings
    ours = {name for encoding in encodings.values() for name in encoding.names}
    inputs = {field.name: field for field in info.inputs or ()}
    sentences = [
        f"the platform has a new input `{name}`"
        for name in inputs
        if name not in ours and name not in CALL_FIELDS.values()
    ]
    for argument, encoding in encodings.items():
        live = next((inputs[name] for name in encoding.names if name in inputs), None)
        if live is None:
            sentences.append(
                f"the platform no longer has `{encoding.name}` (argument `{argument}`)"
            )
        else:
            sentences += _differences_of(binding, argument, live)
    return tuple(sentences)


def _differences_of(
    binding: type[Request[Any, Any]], argument: str, live: InputInfo
) -> Iterator[str]:
    field = binding.model_fields[argument]
    choices = {str(choice) for choice in choices_of(field)}
    values = {value for value, _ in live.options}
    if choices and values:
        yield from (f"`{argument}` now offers {value!r}" for value in sorted(values - choices))
        yield from (
            f"`{argument}` no longer offers {value!r}" for value in sorted(choices - values)
        )
    if live.required and not field.is_required() and live.default in (None, ""):
        yield f"`{argument}` is required now"
