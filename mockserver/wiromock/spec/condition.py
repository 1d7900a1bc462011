"""What the conditions of a rule can ask about: a name that no such request carries would never be met."""

from collections.abc import Iterable, Mapping
from typing import Final

from wiromock.spec.catalog import Catalog
from wiromock.spec.operation import EVERY_CALL, CallTarget, Operation
from wiromock.spec.validation import Validator, near_miss

TASK_NAMES: Final = ("taskid", "tasktoken", "socketaccesstoken")
"""Every name under which any source sends the id or the token of a task."""

_PAGE: Final = ("start", "limit", "sort", "order")
_MODEL: Final = ("slugowner", "slugproject")

FIELDS: Final[Mapping[Operation, tuple[str, ...]]] = {
    "Run": ("callbackUrl", "projectid"),
    "RunSync": ("callbackUrl", "projectid"),
    "TaskDetail": TASK_NAMES,
    "TaskList": ("type", *_PAGE, "modelName", "projectid"),
    "TaskCancel": TASK_NAMES,
    "TaskKill": TASK_NAMES,
    "TaskInputOutputDelete": TASK_NAMES,
    "ToolList": (
        *_PAGE,
        "search",
        "slugowner",
        "categories",
        "tags",
        "hideworkflows",
        "summary",
    ),
    "ToolDetail": (*_MODEL, "summary"),
    "ToolExplore": (),
    "ToolDetailOpenAPI": _MODEL,
    "FileUpload": ("folderid", "folderId"),
    "FileFolderCreate": ("name", "parentid"),
    "File": (),
    "Output": (),
    "Socket": (),
}
"""The fields that some source sends with each operation; a run has its model's inputs too."""

_RUNS: Final = frozenset({"Run", "RunSync", EVERY_CALL, None})


def explain_unknown(
    catalog: Catalog, target: CallTarget | None, names: Iterable[str]
) -> str | None:
    """Return which name no such request carries, and which may be meant; None when all may come.

    Args:
        catalog: the models.
        target: an operation, or every call; None for the runs of any model.
        names: of fields.
    """
    fields = _fields(target)
    for name in names:
        if name in fields or (target in _RUNS and _is_input(catalog, name)):
            continue
        return _explain(catalog, target, name)
    return None


def _fields(target: CallTarget | None) -> frozenset[str]:
    if target is None:
        return frozenset(FIELDS["Run"])
    if target == EVERY_CALL:
        return frozenset(name for names in FIELDS.values() for name in names)
    return frozenset(FIELDS[target])


def _is_input(catalog: Catalog, name: str) -> bool:
    """Whether a model takes it; reads models only until one does."""
    return any(catalog.once(spec, Validator).unknown((name,)) is None for spec in catalog)


def _explain(catalog: Catalog, target: CallTarget | None, name: str) -> str:
    known = set(_fields(target))
    if target in _RUNS:
        known |= {known.name for spec in catalog for known in spec.inputs}
    if not known:
        return f"{target} carries no fields, so no condition on `{name}` is ever met"
    close = near_miss(name, sorted(known))
    if target in _RUNS:
        whose = "no call" if target == EVERY_CALL else "no model"
        hint = f"; did you mean `{close}`?" if close else ""
        return f"{whose} has a parameter `{name}`{hint}"
    hint = f"did you mean `{close}`?" if close else f"it has {', '.join(sorted(known))}"
    return f"{target} has no field `{name}`; {hint}"
