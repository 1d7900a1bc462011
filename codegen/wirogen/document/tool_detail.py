"""What Tool/Detail answers about one model: the whole reply, or the one tool in it.

Numbers, booleans and texts stand for each other here: `required` is true, "true" or 1; a bound is
5 or "5". What a widget's help says is in any of three keys.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from wirogen.document.document import (
    DocumentInput,
    DocumentPrice,
    ModelDocument,
    Scalar,
    read_flag,
)
from wirogen.document.json_tree import Tree
from wirogen.document.option_list import read_options
from wirogen.document.price import read_amount, read_dynamic_price
from wirogen.errors import DocumentError

_HELP_KEYS: Final = ("description", "note", "placeholder")
_ITEM_KEYS: Final = frozenset(
    {"id", "type", "label", *_HELP_KEYS, "default", "required", "options", "min", "max", "step"}
)
_TEXT_KEYS: Final = ("type", "label", *_HELP_KEYS)
_CALL_KEYS: Final = ("onlymembers",)
"""What else concerns a call: who may make it."""
_FETCH: Final = "ask Tool/Detail for this one model, without `summary`"


def is_tool(root: Tree) -> bool:
    """Return whether a JSON value is a model of the catalog, without the reply around it."""
    return root.has("cleanslugowner") or root.has("slugowner")


def is_reply(root: Tree) -> bool:
    """Return whether a JSON value is an API reply with tools, or one that refuses to give any."""
    return root.has("tool") or (root.has("result") and root["result"].value is False)


def read_reply(root: Tree) -> ModelDocument:
    """Read the reply of Tool/Detail.

    Raises:
        DocumentError: it is a refusal, holds no tool or several, or its tool cannot be read.
    """
    if root["result"].value is False:
        said = [error["message"].word() or "" for error in root["errors"].elements()]
        said.append(root["message"].word() or "")
        because = ": ".join(["the platform refused", *filter(None, said)])
        raise root.error(because, "ask for another model")
    tools = root["tool"].elements()
    if len(tools) != 1:
        message = f"the reply holds {len(tools)} tools; one is expected"
        raise root["tool"].error(message, _FETCH)
    return read_tool(tools[0])


def read_tool(root: Tree) -> ModelDocument:
    """Read one tool.

    Raises:
        DocumentError: it has no slug or no inputs, or a part of it is not of the shape it must have.
    """
    if root["parameters"].value is None:
        raise root["parameters"].error("there are no inputs in this; it is a summary", _FETCH)
    reader = _Inputs(root["parameters"].decoded())
    extra = {key: root[key].value for key in _CALL_KEYS}
    price = _price(root["dynamicprice"], extra, reader.notes)
    owner, project = (_slug_part(root, key) for key in ("owner", "project"))
    return ModelDocument(
        form="tool-detail",
        name=f"{root['slugowner'].word() or owner}/{root['slugproject'].word() or project}",
        title=root["title"].plain() or None,
        slug=f"{owner}/{project}",
        description=root["description"].plain() or None,
        cover=root["image"].plain() or None,
        categories=_words(root["categories"], reader.notes),
        tags=_words(root["tags"], reader.notes),
        computing_time=root["computingtime"].plain() or None,
        cps=_amount(root["cps"]),
        approximate_cost=_amount(root["approximatelycost"]),
        price=price,
        inputs=tuple(reader.read()),
        samples=tuple(_samples(root["inspire"])),
        extra=extra,
        notes=tuple(reader.notes),
    )


def _amount(amount: Tree) -> str | None:
    """Return an amount in plain digits, or what stands there where it is none."""
    try:
        return read_amount(amount)
    except DocumentError:
        return amount.plain()


def _price(listed: Tree, extra: dict[str, object], notes: list[str]) -> tuple[DocumentPrice, ...]:
    """Read the prices; what cannot be read is kept as it stands, and noted."""
    try:
        return read_dynamic_price(listed)
    except DocumentError as error:
        extra["dynamicprice"] = listed.value
        notes.append(f"`dynamicprice` {error.problems[0].message}; it is kept as it stands")
        return ()


def _slug_part(root: Tree, key: str) -> str:
    """Return the clean step of the slug; where only the raw one is stated, it is cleaned later."""
    step = root[f"cleanslug{key}"].word() or root[f"slug{key}"].word()
    if not step:
        raise root[f"cleanslug{key}"].error("the key is missing or empty")
    return step


def _words(listed: Tree, notes: list[str]) -> tuple[str, ...]:
    """List words; some are numbers, some of these lists are null, and a lone word may stand for its list."""
    listed = listed.decoded()
    if listed.value is not None and not listed.is_list:
        key, word = listed.pointer[-1], listed.plain()
        notes.append(f"`{key}` is no list" + ("; its text is taken for the only word" * bool(word)))
        return (word,) if word else ()
    return tuple(text for word in listed.elements() if (text := (word.plain() or "").strip()))


def _samples(listed: Tree) -> Iterator[Mapping[str, object]]:
    for sample in listed.elements() if listed.is_list else ():
        if isinstance(sample.value, dict):
            yield {name: value.value for name, value in sample.items()}


class _Inputs:
    """Reads groups of inputs; what a reviewer should know gathers in `notes`."""

    def __init__(self, groups: Tree) -> None:
        self._groups = groups
        self.notes: list[str] = []

    def read(self) -> Iterator[DocumentInput]:
        for group in self._groups.elements():
            if group.has("id") and not group.has("items"):
                yield self._input(group, None)  # an input outside any group
            for item in group["items"].elements():
                yield self._input(item, group["title"].plain())

    def _input(self, item: Tree, group: str | None) -> DocumentInput:
        name = item["id"].plain()
        if not name:
            raise item["id"].error("an input has no `id`")
        where = f"input `{name}`"
        helps = [key for key in _HELP_KEYS if item[key].plain()]
        extra = {key: member.value for key, member in item.items() if key not in _ITEM_KEYS}
        extra |= {key: item[key].word() for key in helps[1:]}
        extra |= {"group": group} if group else {}
        for key in _TEXT_KEYS:
            if item[key].is_structure:
                self._keep(item, key, extra, "is no text")
        options = read_options(item["options"], where, self.notes)
        return DocumentInput(
            name,
            self._widget(item, where, has_options=bool(options)),
            label=item["label"].plain() or None,
            help=item[helps[0]].plain() if helps else None,
            default=self._default(item, extra),
            options=options,
            required=self._flag(item, extra),
            minimum=self._measure(item, "min", extra),
            maximum=self._measure(item, "max", extra),
            step=self._measure(item, "step", extra),
            extra=extra,
        )

    def _widget(self, item: Tree, where: str, *, has_options: bool) -> str:
        """Return the widget; one that is not stated is the plainest that holds what else is stated."""
        widget = item["type"].plain()
        if widget and widget.strip():
            return widget
        widget = "select" if has_options else "text"
        self.notes.append(f"{where}: no `type` says what it is; taken for a {widget}")
        return widget

    def _default(self, item: Tree, extra: dict[str, object]) -> Scalar | None:
        default = item["default"]
        if default.is_structure:
            self._keep(item, "default", extra, "is no single value")
            return None
        return default.scalar()

    def _flag(self, item: Tree, extra: dict[str, object]) -> bool | None:
        stated = item["required"]
        if stated.value is None:
            return None
        flag = None if stated.is_structure else read_flag(stated.word() or "")
        if flag is None:
            self._keep(item, "required", extra, "says neither yes nor no")
        return flag

    def _measure(self, item: Tree, key: str, extra: dict[str, object]) -> float | None:
        number = item[key].number()
        if number is None and item[key].value not in (None, ""):
            self._keep(item, key, extra, "is no number")
        return number

    def _keep(self, item: Tree, key: str, extra: dict[str, object], reason: str) -> None:
        extra[key] = item[key].value
        self.notes.append(f"input `{item['id'].word()}`: `{key}` {reason} and is kept as it stands")
