"""What Tool/Detail answers about one model: the whole reply, or the one tool in it.

Numbers, booleans and texts stand for each other here: `required` is true, "true" or 1; a bound is
5 or "5". What a widget's help says is in any of three keys.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from wirogen.document.document import (
    DocumentInput,
    DocumentOption,
    DocumentPrice,
    ModelDocument,
    Scalar,
    read_flag,
)
from wirogen.document.json_tree import Tree
from wirogen.document.price import read_amount, read_dynamic_price
from wirogen.errors import DocumentError

_HELP_KEYS: Final = ("description", "note", "placeholder")
_ITEM_KEYS: Final = frozenset(
    {"id", "type", "label", *_HELP_KEYS, "default", "required", "options", "min", "max", "step"}
)
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
    reader = _Inputs(root["parameters"])
    extra = {key: root[key].value for key in _CALL_KEYS}
    price = _price(root["dynamicprice"], extra, reader.notes)
    owner, project = (_slug_part(root, key) for key in ("owner", "project"))
    return ModelDocument(
        form="tool-detail",
        name=f"{root['slugowner'].word() or owner}/{root['slugproject'].word() or project}",
        title=root["title"].word() or None,
        slug=f"{owner}/{project}",
        description=root["description"].word() or None,
        cover=root["image"].word() or None,
        categories=_words(root["categories"]),
        tags=_words(root["tags"]),
        computing_time=root["computingtime"].word() or None,
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
        return amount.word()


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


def _words(listed: Tree) -> tuple[str, ...]:
    """List words; some are numbers, and some of these lists are null."""
    return tuple(text for word in listed.elements() if (text := word.word()))


def _samples(listed: Tree) -> Iterator[Mapping[str, object]]:
    for sample in listed.elements():
        yield {name: value.value for name, value in sample.items()}


class _Inputs:
    """Reads groups of inputs; what a reviewer should know gathers in `notes`."""

    def __init__(self, groups: Tree) -> None:
        self._groups = groups
        self.notes: list[str] = []

    def read(self) -> Iterator[DocumentInput]:
        for group in self._groups.elements():
            for item in group["items"].elements():
                yield self._input(item, group["title"].word())

    def _input(self, item: Tree, group: str | None) -> DocumentInput:
        name, widget = item["id"].word(), item["type"].word()
        if not name:
            raise item["id"].error("an input has no `id`")
        if not widget:
            raise item["type"].error(f"the input `{name}` has no `type`")
        helps = [key for key in _HELP_KEYS if item[key].word()]
        extra = {key: member.value for key, member in item.items() if key not in _ITEM_KEYS}
        extra |= {key: item[key].word() for key in helps[1:]}
        extra |= {"group": group} if group else {}
        return DocumentInput(
            name,
            widget,
            label=item["label"].word() or None,
            help=item[helps[0]].word() if helps else None,
            default=self._default(item, extra),
            options=self._options(item["options"], f"input `{name}`"),
            required=self._flag(item, extra),
            minimum=self._measure(item, "min", extra),
            maximum=self._measure(item, "max", extra),
            step=self._measure(item, "step", extra),
            extra=extra,
        )

    def _default(self, item: Tree, extra: dict[str, object]) -> Scalar | None:
        default = item["default"]
        if default.is_structure:
            extra["default"] = default.value
            return None
        return default.scalar()

    def _flag(self, item: Tree, extra: dict[str, object]) -> bool | None:
        stated = item["required"]
        if stated.value is None:
            return None
        flag = read_flag(stated.word() or "")
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

    def _options(self, listed: Tree, where: str) -> tuple[DocumentOption, ...] | None:
        if listed.value is None:
            return None
        options = [option for choice in listed.elements() if (option := _option(choice))]
        absent = len(listed.elements()) - len(options)
        if absent:
            self.notes.append(f"{where}: {absent} options without a value were left out")
        return tuple(options)


def _option(choice: Tree) -> DocumentOption | None:
    if not isinstance(choice.value, dict):
        value = choice.word()
        return None if value is None else DocumentOption(value)
    value = choice["value"].word()
    if value is None:
        return None
    extra = {key: member.value for key, member in choice.items() if key not in {"value", "label"}}
    return DocumentOption(value, choice["label"].word() or None, extra)
