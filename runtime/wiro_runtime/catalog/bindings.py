"""A generated package's models as data: what each is, what it takes and makes.

    from wiro import catalog

    catalog.get("pruna/vace").inputs[0].name

For forms, tools and searches that must not depend on one model's class. Read from files beside the
generated modules when first asked for; no model is loaded. What the platform offers today, beyond what
a package was generated from, is asked of a client.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from wiro_runtime.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wiro_runtime.request.request import Request
    from wiro_runtime.response import Price
    from wiro_runtime.task.kind import Kind

__all__ = ["Catalog", "Choice", "Input", "InputType", "Model", "catalog_of"]

InputType: TypeAlias = Literal[
    "string", "integer", "number", "boolean", "choice", "file", "files", "json"
]
"""What an argument takes: `choice` one of the choices, `json` a structure."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that an input offers."""

    value: str | int
    label: str
    """For people; the value itself where the document has no label."""


@dataclass(frozen=True, slots=True)
class Input:
    """One argument of a model."""

    name: str
    """As the request class calls it."""
    wire_name: str
    """As the platform calls it."""
    type: InputType
    label: str
    """For people; the name where the document has no label."""
    doc: str
    """What the docstring says about it."""
    required: bool = False
    default: str | int | float | bool | None = None
    """What is documented for when it is left out; of a `json` input, as JSON text."""
    sent: bool = False
    """Whether the default goes on the wire; otherwise the model applies its own, which should be it."""
    choices: Sequence[Choice] = ()
    """What is offered. Only a `choice` takes nothing else."""
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    """Documented, and not insisted on."""
    example: str | int | float | bool | None = None
    """What the document fills in to show the model; never sent."""
    schema: Mapping[str, Any] | None = None
    """Of a `json` input that is sent as JSON: the JSON Schema of its value."""


@dataclass(frozen=True)
class Model:
    """One model of a generated package."""

    slug: str
    """The model, as `owner/model`."""
    title: str
    summary: str
    """One sentence."""
    kind: Kind
    categories: Sequence[str]
    """In the platform's words, among them how it lists the model."""
    output_types: Sequence[str]
    """Kinds of files it makes (`video/*`), as far as its categories say; each output states its own."""
    cover: str | None
    """The URL of a picture or video that shows it."""
    computing_seconds: float | None
    """How long its process takes on the average; None where its document does not say it."""
    cps: Decimal | None
    """USD for a second of its process; None where its document does not say it."""
    average_cost: Decimal | None
    """USD of an average run; None where its document does not say it."""
    prices: Sequence[Price]
    """What a run costs by its inputs: `dynamicprice`, decoded, its amounts as text."""
    content: Sequence[str]
    """The inputs of which a call must give one: prompts, texts and files that it works on."""
    class_name: str
    module: str
    """The module that has the request class."""
    _read: Callable[[], Sequence[Input]] = field(repr=False, compare=False)

    @property
    def owner(self) -> str:
        """The first part of the slug."""
        return self.slug.split("/")[0]

    @cached_property
    def inputs(self) -> Sequence[Input]:
        """What it takes, in the document's order."""
        return self._read()

    def request_class(self) -> type[Request[Any, Any]]:
        """The generated class whose objects are requests of this model; loads its module, and so pydantic."""
        model_class: type[Request[Any, Any]] = getattr(import_module(self.module), self.class_name)
        return model_class

    def request(self, **arguments: Any) -> Request[Any, Any]:
        """Make a request from arguments that a form or a tool collected: `client.run(model.request(**them))`.

        Raises:
            InvalidRequest: An argument is missing, unknown, or not what the model takes.
        """
        make: Callable[..., Request[Any, Any]] = self.request_class()
        return make(**arguments)


class Catalog:
    """The models of one generated package.

    Args:
        package: Its import name.
    """

    def __init__(self, package: str) -> None:
        self._package = package
        self._inputs: dict[str, Mapping[str, Any]] = {}

    def models(
        self, *, owner: str | None = None, kind: Kind | None = None, category: str | None = None
    ) -> list[Model]:
        """List models, sorted by slug.

        Args:
            owner: Only those of this owner.
            kind: Only those of this kind.
            category: Only those whose document names this category, like `text-to-video`; many documents name none.
        """
        return [
            model
            for model in self._models.values()
            if owner in {None, model.owner}
            and kind in {None, model.kind}
            and (category is None or category in model.categories)
        ]

    def find(self, slug: str) -> Model | None:
        """One model; None if the package has no such one."""
        return self._models.get(slug)

    def get(self, slug: str) -> Model:
        """Return one model of the package.

        Raises:
            LookupError: The package has no such model.
        """
        model = self._models.get(slug)
        if model is None:
            raise LookupError(
                f"{self._package} has no model {slug!r}{did_you_mean(slug, self._models)}"
            )
        return model

    def __repr__(self) -> str:
        return f"Catalog({self._package!r})"

    @cached_property
    def _models(self) -> dict[str, Model]:
        rows: list[dict[str, Any]] = self._load("index")
        return {row["slug"]: self._model(row) for row in rows}

    def _model(self, row: Mapping[str, Any]) -> Model:
        slug, module = str(row["slug"]), str(row["module"])
        return Model(
            slug=slug,
            title=row["title"],
            summary=row["summary"],
            kind=row["kind"],
            categories=tuple(row.get("categories", ())),
            output_types=tuple(row.get("output_types", ())),
            cover=row.get("cover"),
            computing_seconds=row.get("computing_seconds"),
            cps=Decimal(row["cps"]) if "cps" in row else None,
            average_cost=Decimal(row["average_cost"]) if "average_cost" in row else None,
            prices=tuple(row.get("prices", ())),
            content=tuple(row.get("content", ())),
            class_name=row["class_name"],
            module=f"{self._package}.models.{module}",
            _read=lambda: self._read_inputs(module.split(".", maxsplit=1)[0], slug),
        )

    def _read_inputs(self, owner: str, slug: str) -> Sequence[Input]:
        if owner not in self._inputs:
            self._inputs[owner] = self._load(owner)
        return tuple(_input(row) for row in self._inputs[owner][slug])

    def _load(self, name: str) -> Any:
        from importlib.resources import files  # noqa: PLC0415 - as late as the data themselves

        return json.loads(files(self._package).joinpath("_catalog", f"{name}.json").read_bytes())


def _input(row: Mapping[str, Any]) -> Input:
    choices = tuple(
        Choice(choice["value"], choice.get("label", str(choice["value"])))
        for choice in row.get("choices", ())
    )
    stated: dict[str, Any] = {"label": row["name"], **row, "choices": choices}
    return Input(**stated)


@cache
def catalog_of(package: str) -> Catalog:
    """The one catalog of a package, read once."""
    return Catalog(package)
