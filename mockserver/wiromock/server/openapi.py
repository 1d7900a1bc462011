"""The OpenAPI document of what the server plays below `/v1`: one path for each model, from its spec.

It says what the mock takes, disputed spellings included; `wiromock.wire.openapi` writes the documents that
the platform itself serves of a model.
"""

import json
from collections.abc import Iterable
from typing import Any, Final

from wirogen.spec.model import Input, ModelSpec, PlatformSpec, Responses
from wiromock.engine.dispatch import EXPLANATION_HEADER
from wiromock.spec.condition import TASK_NAMES
from wiromock.spec.validation import required_names
from wiromock.spec.value import kind_of, limits_of

_TEXT: Final[dict[str, Any]] = {"type": "string"}
_ANY_OBJECT: Final[dict[str, Any]] = {"type": "object"}
_PAGE: Final[dict[str, Any]] = {
    "type": ["string", "integer"],
    "pattern": "^[0-9]{1,6}$",
    "minimum": 0,
    "maximum": 100_000,
}

_SCHEMAS: Final = "#/components/schemas/"


def describe_api(
    platform: PlatformSpec, specs: Iterable[ModelSpec], address: str
) -> dict[str, Any]:
    """Write the document.

    Args:
        platform: how callers prove who they are.
        specs: the models.
        address: the base URL of the API.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Wiro, played by wiromock",
            "version": "1",
            "description": "Every refusal is HTTP 200 with `result: false`, as on the platform, except "
            "401 for credentials and 404 for paths. The header `x-mock-explanation` says more.",
        },
        "servers": [{"url": address}],
        "security": [{"key": []}],
        "paths": {
            **{
                f"/Run/{spec.model}": _call(f"Run {spec.model}", _run(spec), _STARTED)
                for spec in specs
            },
            **_fixed_paths(),
        },
        "components": {
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": platform.auth.key_header}
            },
            "schemas": {**_stated(platform.responses), "Refusal": _REFUSAL},
        },
    }


def _stated(responses: Responses) -> dict[str, Any]:
    """The platform's own objects; of a task, what the mock always writes."""
    stated = {
        name: {"type": "object", **schema.model_dump()}
        for name, schema in responses.schemas.items()
    }
    schemas: dict[str, Any] = json.loads(json.dumps(stated).replace("#/$defs/", _SCHEMAS))
    schemas["Task"]["required"] = [*_ALWAYS_IN_TASKS]
    return schemas


def _fixed_paths() -> dict[str, Any]:
    return {
        "/Task/Detail": _call("Look at a task", _names(*TASK_NAMES), _DETAIL),
        "/Task/List": _call("List tasks", _LISTING, _DETAIL),
        "/Task/Cancel": _call("Cancel a task in the queue", _names(*TASK_NAMES), _STOPPED),
        "/Task/Kill": _call("Kill a task that a worker has", _names(*TASK_NAMES), _STOPPED),
        "/Task/InputOutputDelete": _call(
            "Delete the files of a task", _names("tasktoken"), _answer()
        ),
        "/Tool/List": _call(
            "List models",
            _FILTERS,
            _answer(total={"type": "integer"}, tool=_several("Tool")),
            is_public=True,
        ),
        "/Tool/Detail": _call("Look at a model", _SLUG, _answer(tool=_several("Tool"))),
        "/Tool/Explore": _call(
            "Models by category", _ANY_OBJECT, _answer(explore=_several("ExploreGroup"))
        ),
        "/Tool/DetailOpenAPI": _call(
            "The platform's own documents of a model",
            _SLUG,
            {"type": "array", "items": _ANY_OBJECT},
        ),
        "/File/FolderCreate": _call(
            "Make a folder for uploads", _FOLDER, _answer(list=_several("File"))
        ),
        "/File/Upload": _upload(),
    }


def _several(name: str) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": f"{_SCHEMAS}{name}"}}


def _object(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


def _answer(**properties: Any) -> dict[str, Any]:
    return _object(
        "result",
        "errors",
        *properties,
        result={"const": True},
        errors={"type": "array", "maxItems": 0},
        **properties,
    )


_REFUSAL: Final = _object(
    "result",
    "errors",
    result={"const": False},
    errors={
        "type": "array",
        "minItems": 1,
        "items": _object("code", "message", code={"type": "integer"}, message=_TEXT),
    },
)
_ALWAYS_IN_TASKS: Final = (
    "id",
    "socketaccesstoken",
    "status",
    "outputs",
    "parameters",
    "totalcost",
)
_TASKS: Final = _several("Task")
_STARTED: Final = _answer(taskid=_TEXT, socketaccesstoken=_TEXT)
_DETAIL: Final = _answer(total=_TEXT, tasklist=_TASKS)
_STOPPED: Final = _answer(tasklist=_TASKS)
_LISTING: Final = _object(
    type=_TEXT,
    sort=_TEXT,
    order={"enum": ["ASC", "DESC"]},
    start=_PAGE,
    limit=_PAGE,
    modelName=_TEXT,
)
_FILTERS: Final = _object(
    start=_PAGE,
    limit=_PAGE,
    search=_TEXT,
    sort=_TEXT,
    order={"enum": ["ASC", "DESC"]},
    slugowner=_TEXT,
    categories={"type": "array", "items": _TEXT},
    tags={"type": "array", "items": _TEXT},
    hideworkflows={"type": "boolean"},
    summary={"type": "boolean"},
)
_SLUG: Final = _object("slugowner", "slugproject", slugowner=_TEXT, slugproject=_TEXT)
_FOLDER: Final = _object(
    "name", name={"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"}, parentid=_TEXT
)


def _names(*names: str) -> dict[str, Any]:
    return {
        **_object(**dict.fromkeys(names, _TEXT)),
        "anyOf": [{"required": [name]} for name in names],
    }


def _call(
    summary: str, takes: dict[str, Any], returns: dict[str, Any], *, is_public: bool = False
) -> dict[str, Any]:
    operation = {
        "summary": summary,
        "requestBody": {"required": True, "content": {"application/json": {"schema": takes}}},
        "responses": _answers(returns),
    }
    return {"post": {**operation, "security": []} if is_public else operation}


def _upload() -> dict[str, Any]:
    form = _object("file", file={"type": "string", "format": "binary"}, folderid=_TEXT)
    return {
        "post": {
            "summary": "Upload a file",
            "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}}},
            "responses": _answers(_answer(list=_several("File"))),
        }
    }


def _answers(returns: dict[str, Any]) -> dict[str, Any]:
    refused = {"$ref": "#/components/schemas/Refusal"}
    explanation = {
        EXPLANATION_HEADER: {"schema": _TEXT, "description": "Why, and what would be right."}
    }
    return {
        "200": {
            "description": "Done, or refused",
            "headers": explanation,
            "content": {"application/json": {"schema": {"anyOf": [returns, refused]}}},
        },
        "401": {
            "description": "Not with these credentials",
            "headers": explanation,
            "content": {"application/json": {"schema": refused}},
        },
    }


def _run(spec: ModelSpec) -> dict[str, Any]:
    properties = {model_input.name: _property(model_input) for model_input in spec.inputs}
    properties |= {"callbackUrl": _TEXT, "projectid": _TEXT}
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(required_names(spec)),
        "additionalProperties": False,
    }


def _property(model_input: Input) -> dict[str, Any]:  # noqa: PLR0911 - one for each kind
    stated = {
        "title": model_input.label or model_input.name,
        "description": model_input.help or "",
        "x-input-type": model_input.type,
    }
    match kind_of(model_input):
        case "choice":
            return {**stated, "enum": [option.value for option in model_input.options or ()]}
        case "integer" | "number" as kind:
            limits = _range(model_input)
            if (
                limits
            ):  # as text it is taken too, but JSON Schema has no words for the limits of a text
                return {**stated, "type": kind, **limits}
            return {**stated, "type": [kind, "string"], "pattern": "^[0-9]{1,4}$"}
        case "boolean":
            return {**stated, "enum": [True, False, "true", "false"]}
        case "files":
            return {**stated, "type": ["array", "string"], "items": _TEXT}
        case "json":
            return {**stated, "type": ["array", "object"]}
        case "string" | "file":
            return {**stated, "type": "string"}


def _range(model_input: Input) -> dict[str, float]:
    low, high = limits_of(model_input)
    return {name: at for name, at in (("minimum", low), ("maximum", high)) if at is not None}
