"""The catalog of a package: what each model is and takes, as data for forms, tools and searches.

JSON beside the modules and not Python: it is read on demand, and type checkers and editors, which
would read thousands of literals, never see it. Everything is ASCII, so nothing in it can hide.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

from wirogen.plan import names
from wirogen.plan.model import Argument, ModelPlan
from wirogen.spec.model import Input, ModelSpec
from wirogen.spec.tool_call import with_tool_calls
from wirogen.text.untrusted import Untrusted, expose

INDEX: Final = "_catalog/index.json"


def listing(spec: ModelSpec, plan: ModelPlan) -> str:
    """Describe a model in one line."""
    return json.dumps(
        _stated(
            slug=spec.model,
            module=f"{names.package(expose(plan.owner))}.{plan.module}",
            class_name=plan.class_name,
            title=spec.title,
            summary=expose(plan.summary),
            kind=spec.kind,
            categories=spec.categories,
            output_types=list(plan.output_types),
            cover=spec.cover,
            computing_seconds=plan.computing_seconds,
            cps=spec.cps,
            average_cost=spec.approximate_cost,
            prices=[rule.to_wire() for rule in plan.prices],
            content=list(plan.content),
        )
    )


def inputs(spec: ModelSpec, plan: ModelPlan) -> str:
    """Describe each argument of a model, in order; a line for each, so that a diff shows which changed."""
    fields = {field.name: field for field in with_tool_calls(spec).inputs}
    rows = (_input(fields[expose(argument.wire_name)], argument) for argument in plan.arguments)
    return _lines("[]", (json.dumps(row) for row in rows))


class Listed(Protocol):
    """A model with its lines of the catalog."""

    @property
    def model(self) -> str:
        """The slug, `owner/model`."""
        ...

    @property
    def listing(self) -> str:
        """What `listing` returned."""
        ...

    @property
    def inputs(self) -> str:
        """What `inputs` returned."""
        ...


def catalog_files(models: Mapping[str, Sequence[Listed]]) -> dict[str, bytes]:
    """Write the files of the catalog.

    Args:
        models: by the name of the owner's package, its models.
    """
    files = {
        f"_catalog/{owner}.json": _lines(
            "{}", (f"{json.dumps(model.model)}: {model.inputs}" for model in listed)
        )
        for owner, listed in models.items()
    }
    rows = (model.listing for listed in models.values() for model in listed)
    files[INDEX] = _lines("[]", rows)
    return {path: f"{text}\n".encode() for path, text in files.items()}


def _lines(brackets: str, members: Iterable[str]) -> str:
    body = ",\n".join(members)
    return f"{brackets[0]}\n{body}\n{brackets[1]}" if body else brackets


def _input(field: Input, argument: Argument) -> dict[str, Any]:
    value_type, default = argument.type, argument.default
    return _stated(
        name=argument.name,
        wire_name=field.name,
        type=value_type.kind,
        label=_plain(argument.label),
        doc=expose(argument.doc),
        required=default.required or None,
        default=_plain(default.value),
        sent=default.is_sent or None,
        choices=[
            _stated(value=_plain(choice.value), label=_plain(choice.label))
            for choice in value_type.choices
        ],
        minimum=value_type.minimum,
        maximum=value_type.maximum,
        step=value_type.step,
        example=_plain(argument.example),
        schema=None if value_type.schema is None else json.loads(expose(value_type.schema)),
    )


def _plain(value: Any) -> Any:
    return expose(value) if isinstance(value, Untrusted) else value


def _stated(**facts: Any) -> dict[str, Any]:
    """Leave out what says nothing; a default of `False` or 0 says something."""
    return {name: fact for name, fact in facts.items() if fact is not None and fact != []}
