"""The options of an input in a JSON document, in any of the shapes that such a list has."""

import json
from collections.abc import Iterator

from wirogen.document.document import DocumentOption
from wirogen.document.json_tree import Tree


def read_options(listed: Tree, where: str, notes: list[str]) -> tuple[DocumentOption, ...] | None:
    """Read a list of options, the JSON text of one, or a mapping from values to labels.

    Args:
        listed: the place in the document.
        where: the input, for notes.
        notes: where to add what a reviewer should know.

    Returns:
        The options with a value; None where none are stated, or what stands there lists none.
    """
    if listed.value is None:
        return None
    stated = _as_list(listed, where, notes)
    if stated is None:
        shown = json.dumps(listed.value)[:60]
        notes.append(f"{where}: its options {shown} are no list and were left out")
        return None
    options = [*_read(stated)]
    absent = len(stated.elements()) - len(options)
    if absent:
        notes.append(f"{where}: {absent} options without a value were left out")
    return tuple(options)


def _as_list(listed: Tree, where: str, notes: list[str]) -> Tree | None:
    listed = listed.decoded()
    if isinstance(listed.value, dict):
        notes.append(f"{where}: its options are a mapping, taken for values with their labels")
        pairs = [{"value": value, "label": label.value} for value, label in listed.items()]
        return Tree(pairs, listed.file, listed.pointer)
    return listed if listed.is_list else None


def _read(listed: Tree) -> Iterator[DocumentOption]:
    for choice in listed.elements():
        if not isinstance(choice.value, dict):
            value = choice.plain()
            if value is not None:
                yield DocumentOption(value)
            continue
        value, label = choice["value"].plain(), choice["label"].plain()
        if value is None:
            continue
        used = {"value"} if choice["label"].is_structure else {"value", "label"}
        extra = {key: member.value for key, member in choice.items() if key not in used}
        yield DocumentOption(value, label or None, extra)
