"""Arguments of a call that are not what they may be, named all at once and before anything is sent."""

from __future__ import annotations

from wiro_runtime import check
from wiro_runtime.errors import InvalidRequest, Problem
from wiro_runtime.secret import Secret

__all__ = ["is_given", "read_token", "require"]


def require(call: str, **problems: str | None) -> None:
    """Do nothing, unless something is wrong with one of a call's arguments.

    Args:
        call: The name of the method, for the message.
        **problems: What is wrong with each, by its name; None where nothing is.

    Raises:
        InvalidRequest: Something is; all of it is reported together.
    """
    wrong = [Problem(argument, problem) for argument, problem in problems.items() if problem]
    if wrong:
        raise InvalidRequest.about(f"{call}()", wrong)


def is_given(value: object) -> bool:
    """Whether a call was given this at all: neither None nor an empty text. Arrays do not say whether they are empty."""
    try:
        return bool(value)
    except Exception:  # noqa: BLE001 - whatever a caller's own class does
        return True


def read_token(call: str, given: object) -> Secret | None:
    """A task's token, as a call was given it; None if it was given none.

    Raises:
        InvalidRequest: It is no text.
    """
    if not is_given(given):
        return None
    is_text = check.optional_text(given)  # says what kind of thing it is, and not the thing
    require(call, token=is_text)
    return Secret(given)
