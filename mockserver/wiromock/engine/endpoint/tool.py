"""POST /Tool/List, /Tool/Detail, /Tool/Explore and /Tool/DetailOpenAPI: the models, from their specs."""

import json
from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal
from typing import Any

from wirogen.spec.model import Input, ModelSpec
from wiromock.engine.call import Call
from wiromock.engine.endpoint.task import page_of
from wiromock.engine.world import World
from wiromock.spec.catalog import clean_slug
from wiromock.spec.validation import required_names
from wiromock.spec.value import as_list, limits_of
from wiromock.task.profile import Profile
from wiromock.wire.http import JSON_HEADERS, Reply, json_reply, to_json
from wiromock.wire.openapi import describe_model

_EXPLORED = 10
"""Models in each group of Explore."""


def list_tools(world: World, call: Call) -> Reply:
    """Answer a List: the models that suit the filters, a page of them."""
    fields = call.form.fields
    suitable = [spec for spec in world.catalog if _suits(spec, fields)]
    if str(fields.get("order") or "ASC").upper() == "DESC":
        suitable.reverse()
    first, size = page_of(world, fields)
    tools = [show_tool(world, spec) for spec in suitable[first : first + size]]
    return json_reply(200, {"result": True, "errors": [], "total": len(suitable), "tool": tools})


def detail(world: World, call: Call) -> Reply:
    """Answer a Detail: one model with its inputs, which a summary leaves out."""
    spec = _find(world, call)
    if spec is None:
        raise world.errors.refuse("unknown_model", world.catalog.describe_unknown(_slug(call)))
    shown = show_tool(world, spec)
    if not _is_true(call.form.fields.get("summary")):
        shown |= {"parameters": [{"title": "Inputs", "items": _items(spec)}], "readme": ""}
        shown["inspire"] = []
    return json_reply(200, {"result": True, "errors": [], "tool": [shown]})


def explore(world: World, call: Call) -> Reply:
    """Answer an Explore: some models of each category."""
    del call
    groups: dict[str, list[ModelSpec]] = {}
    for spec in world.catalog:
        for category in spec.categories[:1]:
            groups.setdefault(category, []).append(spec)
    shown = [
        {
            "id": world.ids.digits(f"group/{category}"),
            "title": category,
            "tools": [_card(world, spec) for spec in specs[:_EXPLORED]],
            "total": len(specs),
        }
        for category, specs in sorted(groups.items())
    ]
    return json_reply(200, {"result": True, "errors": [], "explore": shown})


def detail_openapi(world: World, call: Call) -> Reply:
    """Answer a DetailOpenAPI: a bare list, without the envelope; empty for an unknown model."""
    spec = _find(world, call)
    documents = [] if spec is None else describe_model(world.catalog.platform, spec)
    return Reply(200, JSON_HEADERS, to_json(documents))


def show_tool(world: World, spec: ModelSpec) -> dict[str, Any]:
    """Write a model as a list of tools does."""
    runs = [task for task in world.tasks.values() if task.spec is spec]
    profile = world.catalog.once(spec, Profile.of)
    views = [task.view(world.clock.time()) for task in runs]
    succeeded = sum(view.succeeded for view in views)
    failed = sum(view.is_over for view in views) - succeeded
    return {
        **_card(world, spec),
        "title": spec.title,
        "seotitle": spec.title,
        "seodescription": "",
        "slugowner": spec.model.partition("/")[0],
        "slugproject": spec.model.partition("/")[2],
        "computingtime": spec.computing_time or "",
        "tags": spec.tags,
        "samples": [],
        "marketplace": 1,
        "onlymembers": "1",
        "dynamicprice": profile.price_list,
        "cps": str(profile.prices.cps),
        "approximatelycost": spec.approximate_cost
        or f"{profile.prices.cps * Decimal(profile.duration):.4f}",
        "taskstat": {
            "runcount": len(runs),
            "successcount": str(succeeded),
            "errorcount": str(failed),
            "lastruntime": str(int(runs[-1].created)) if runs else "0",
        },
        "parameters": None,
    }


def _card(world: World, spec: ModelSpec) -> dict[str, Any]:
    owner, _, project = spec.model.partition("/")
    return {
        "id": world.ids.digits(f"model/{spec.model}"),
        "cleanslugowner": owner,
        "cleanslugproject": project,
        "image": spec.cover or "",
        "description": spec.description or "",
        "categories": spec.categories,
        "commentcount": "0",
        "ratedusercount": "0",
        "averagepoint": "0.00",
        "discount": None,
    }


def _items(spec: ModelSpec) -> list[dict[str, Any]]:
    required = required_names(spec)
    return [_item(known, is_required=known.name in required) for known in spec.inputs]


def _item(known: Input, *, is_required: bool) -> dict[str, Any]:
    low, high = limits_of(known)
    item: dict[str, Any] = {
        "id": known.name,
        "type": known.type,
        "label": known.label or known.name,
    }
    stated = {
        "description": known.help,
        "default": None if known.default is None else str(known.default),
        "required": is_required,
        "min": low,
        "max": high,
        "step": known.step,
    }
    item |= {name: value for name, value in stated.items() if value is not None}
    if known.options is not None:
        item["options"] = [
            {"label": option.label or option.value, "value": option.value}
            for option in known.options
        ]
    return item


def _suits(spec: ModelSpec, fields: dict[str, Any]) -> bool:
    words = str(fields.get("search") or "").lower().split()
    texts = (spec.model, spec.title, spec.description or "", *spec.categories, *spec.tags)
    said = "\n".join(texts).lower()
    owner = str(fields.get("slugowner") or "")
    return (
        all(word in said for word in words)
        and clean_slug(owner) in {"", spec.model.partition("/")[0]}
        and _shares(fields.get("categories"), spec.categories)
        and _shares(fields.get("tags"), spec.tags)
    )


def _shares(asked: Any, has: Iterable[str]) -> bool:
    wanted = {str(value) for value in _listed(asked)} - {""}
    return not wanted or not wanted.isdisjoint(has)


def _listed(asked: Any) -> list[Any]:
    """Return what a filter lists: a list, its JSON text as a form sends it, or a single value."""
    if isinstance(asked, str) and asked.lstrip().startswith("["):
        with suppress(ValueError, RecursionError):
            asked = json.loads(asked)
    return [] if asked is None else as_list(asked)


def _find(world: World, call: Call) -> ModelSpec | None:
    return world.catalog.find(_slug(call))


def _slug(call: Call) -> str:
    fields = call.form.fields
    return f"{fields.get('slugowner') or ''}/{fields.get('slugproject') or ''}"


def _is_true(value: Any) -> bool:
    return value is True or str(value).lower() in {"true", "1"}
