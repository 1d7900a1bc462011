"""Options of a mock, checked before anything is made of it."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from wiromock.argument import is_list, show
from wiromock.engine.tenant import TenantBy
from wiromock.errors import WrongValue
from wiromock.scenario.explanation import explain
from wiromock.scenario.options import Dialect

_KINDS: Final[Mapping[str, Any]] = {
    "api_key": str | None,
    "api_secret": str | None,
    "seed": int,
    "start": float | None,
    "strict": bool,
    "dialect": Dialect,
    "reject_replays": bool,
    "time_limit": float,
    "speed": float,
    "tenant_by": TenantBy,
}


def check_options(owner: str, options: Mapping[str, Any]) -> None:
    """Refuse values that are not what an option takes.

    Args:
        owner: what they are options of, for messages.
        options: by name; those that are not known here are checked by whoever takes them.

    Raises:
        WrongValue: a value is of another kind.
    """
    for name, value in options.items():
        said = _fault(name, value)
        if said is not None:
            raise WrongValue(f"{owner}: {name} {said}")


def _fault(name: str, value: object) -> str | None:
    special = _SPECIAL.get(name)
    said = None if special is None else special(value)
    if said is not None or name not in _KINDS:
        return said
    try:
        _adapter(name).validate_python(value, strict=True)
    except ValidationError as error:
        return explain(error, ())[0][1]
    return None


def _check_list(value: object) -> str | None:
    return None if is_list(value) else f"takes a list of texts, not {show(value)}"


def _check_secret(value: object) -> str | None:
    is_empty = isinstance(value, str) and not value.strip()
    return f"takes a text that is not empty, not {show(value)}" if is_empty else None


def _check_money(value: Any) -> str | None:
    try:
        is_amount = not isinstance(value, bool) and Decimal(value).is_finite()
    except (InvalidOperation, TypeError, ValueError):
        is_amount = False
    return None if is_amount else f"is an amount in USD, not {show(value)}"


_SPECIAL: Final[Mapping[str, Callable[[object], str | None]]] = {
    "api_key": _check_secret,
    "api_secret": _check_secret,
    "balance": _check_money,
    "allow_hosts": _check_list,
    "webhooks_to": _check_list,
    "cors": _check_list,
    "rules": _check_list,
}
"""What the kind alone does not say."""


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(_KINDS[name])
