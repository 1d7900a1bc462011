"""Changes as an entry of a changelog: what callers of a regenerated client must do, and what is new."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from wirogen.compat.change import Change, Severity
from wirogen.plan import names
from wirogen.plan.model import ModelPlan
from wirogen.text.untrusted import expose

NOTHING: Final = "No change for callers of the generated clients.\n"

_HEADINGS: Final = {
    Severity.BREAKING: "### Calls that must change",
    Severity.PRICE: "### Calls that may cost another sum",
    Severity.ADDITIVE: "### New in generated clients",
}
_MARKUP: Final = str.maketrans({"<": "&lt;", "[": r"\[", "*": r"\*"})
"""What Markdown would take for markup; messages quote documents."""


def write_entry(
    changes: Sequence[Change], old: Sequence[ModelPlan], new: Sequence[ModelPlan], name: str
) -> str:
    """Write the entry, in Markdown.

    Args:
        changes: what `wirogen.compat.compare.compare` found between the two.
        old: what callers use today.
        new: what they will get.
        name: the import name of the package, which classes are shown under.
    """
    homes = {**_classes(old, name), **_classes(new, name)}
    parts = ["\n".join(_section(changes, severity, homes)) for severity in _HEADINGS]
    reworded = len({change.model for change in changes if change.severity is Severity.COSMETIC})
    if reworded:
        models = "1 model" if reworded == 1 else f"{reworded} models"
        parts.append(f"Documentation of {models} is worded differently; calls stay as they are.")
    said = "\n\n".join(part for part in parts if part)
    return f"{said}\n" if said else NOTHING


def _section(changes: Sequence[Change], severity: Severity, homes: dict[str, str]) -> Iterator[str]:
    chosen = sorted(
        (change for change in changes if change.severity is severity),
        key=lambda change: change.model,
    )
    if chosen:
        yield f"{_HEADINGS[severity]}\n"
    for model, group in groupby(chosen, key=lambda change: change.model):
        sentences = [_sentence(change) for change in group]
        if len(sentences) == 1:
            yield f"- `{homes[model]}` ({model}): {sentences[0]}."
        else:
            yield f"- `{homes[model]}` ({model}):"
            yield from (f"  - {message}." for message in sentences)


def _sentence(change: Change) -> str:
    message = change.message.translate(_MARKUP)
    return f"`{change.argument}`: {message}" if change.argument else message


def _classes(models: Sequence[ModelPlan], name: str) -> dict[str, str]:
    """Return the full name of each model's class, by slug."""
    return {
        expose(model.slug): f"{name}.models.{names.package(expose(model.owner))}.{model.class_name}"
        for model in models
    }
