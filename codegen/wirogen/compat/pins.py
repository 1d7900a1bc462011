"""Names that callers use, kept in `names.json` beside the specs once they are published.

Every name is derived, so a better rule, a new option or a corrected spec could rename what somebody's
program already calls. What stands in the file must come out the same again; anything else is an error
until somebody says that the rename is meant. Only the standard library: thousands of names are read
in milliseconds.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from wirogen.errors import Problem, SpecError

if TYPE_CHECKING:
    from wirogen.plan.model import Argument, ModelPlan

FILE: Final = "names.json"

Names: TypeAlias = Mapping[str, Mapping[str, str]]
"""One model's names, by group: what a name is for, then the name."""

_GROUPS: Final = {
    "module": ("module", ""),
    "class": ("class", "keep it with `class_name: {was}`"),
    "arguments": ("argument", "keep it with `python_name: {was}` in its `refine:`"),
    "constants": ("constant", ""),
}
"""What one of a group is called, and how its name is kept."""

_ACCEPT: Final = "accept the new name with `wirogen pin --rename`"


@dataclass
class Comparison:
    """Published names compared with those that would be generated."""

    renamed: list[Problem] = field(default_factory=list[Problem])
    """Names that are published and would be others."""
    new: list[str] = field(default_factory=list[str])
    """Names that are not published yet, as people write them."""
    gone: list[str] = field(default_factory=list[str])
    """Published names of things that no spec has any more."""


def of(plan: "ModelPlan") -> dict[str, dict[str, str]]:
    """Collect the names of one model."""
    # Needed while models are made, which has loaded both; reading and comparing pins needs neither.
    from wirogen.plan import names  # noqa: PLC0415
    from wirogen.text.untrusted import expose  # noqa: PLC0415

    return {
        "module": {"": f"{names.package(expose(plan.owner))}.{plan.module}"},
        "class": {"": plan.class_name},
        "arguments": {expose(argument.wire_name): argument.name for argument in plan.arguments},
        "constants": {
            f"{expose(argument.wire_name)}={value}": name
            for argument in plan.arguments
            for value, name in _constants(argument).items()
        },
    }


def _constants(argument: "Argument") -> dict[str, str]:
    """The names of choices by value; empty for a choice that has none among others that have one."""
    from wirogen.text.untrusted import expose  # noqa: PLC0415 - see `of`

    group = argument.constants
    if group is None:
        return {}
    named = {expose(member.value): f"{group.name}.{member.name}" for member in group.members}
    return {**{expose(choice.text): "" for choice in argument.type.choices}, **named}


def read(specs: Path) -> dict[str, Names]:
    """Read the published names of all models of a specs folder; none if there is no file.

    Raises:
        SpecError: the file is not as `wirogen pin` writes it.
    """
    path = specs / FILE
    try:
        stated: Any = json.loads(path.read_bytes())
        return {
            str(model): {
                str(group): {str(key): str(name) for key, name in entries.items()}
                for group, entries in groups.items()
            }
            for model, groups in stated["models"].items()
        }
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        remedy = "restore it from version control; `wirogen pin` writes it"
        raise SpecError(Problem("does not hold published names", remedy, file=str(path))) from error


def to_bytes(models: Mapping[str, Names]) -> bytes:
    """Return the content of the file: one line for each name, in one order."""
    kept = {
        model: {group: dict(sorted(names.items())) for group, names in groups.items() if names}
        for model, groups in sorted(models.items())
    }
    stated = {"about": "Published names; written by `wirogen pin`.", "models": kept}
    return (json.dumps(stated, indent=1) + "\n").encode()


def compare(
    published: Mapping[str, Names], generated: Mapping[str, Names], specs: Path
) -> Comparison:
    """Compare published names with those that would be generated.

    Args:
        published: what `names.json` says.
        generated: the names of every model there is a spec of.
        specs: the specs folder, for messages.
    """
    comparison = Comparison()
    for model, groups in generated.items():
        file = str(specs / "models" / f"{model}.yaml")
        for group, was, now, key in _changes(published.get(model, {}), groups):
            shown = f"{model}: {_GROUPS[group][0]} {was or now}"
            if not was:
                comparison.new += [shown] if now else []
            elif now is None:
                comparison.gone.append(shown)
            else:
                comparison.renamed.append(_renamed(file, group, was, now, key))
    comparison.gone += [f"{model}: the model" for model in published if model not in generated]
    return comparison


def _changes(was: Names, now: Names) -> Iterator[tuple[str, str | None, str | None, str]]:
    """List each name that differs, as (group, published, generated, key)."""
    for group in now:
        old, new = was.get(group, {}), now[group]
        for key in [*new, *(key for key in old if key not in new)]:
            if old.get(key) != new.get(key):
                yield group, old.get(key), new.get(key), key


def _renamed(file: str, group: str, was: str, now: str, key: str) -> Problem:
    what, keeping = _GROUPS[group]
    keep = keeping.format(was=was)
    of_what = f" of `{key}`" if key else ""
    would = f"would be `{now}`" if now else "would have no name, as another reads alike"
    return Problem(
        f"the {what}{of_what} was published as `{was}` and {would}",
        f"{keep}, or {_ACCEPT}" if keep else _ACCEPT,
        file=file,
    )
