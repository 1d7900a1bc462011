"""A model as an OpenAPI document, in the form of the platform's own: one for each way to authenticate.

The platform serves such documents per model; their extensions (`x-input-type`, `x-options`, `x-label`,
`x-help`) say what the plain schema cannot.
"""

from typing import Any, Final, Literal, TypeAlias

from wirogen.spec.model import Input, ModelSpec, PlatformSpec
from wiromock.spec.validation import required_names, url_names
from wiromock.spec.value import FILE_TYPES, kind_of, limits_of

Way: TypeAlias = Literal["apikey", "bearer", "signature"]

_TITLES: Final[dict[Way, str]] = {
    "apikey": "API Key Auth",
    "bearer": "Bearer Auth",
    "signature": "Signature Auth",
}
_JSON_TYPES: Final = {"number": "number", "integer": "number", "boolean": "boolean"}
_PLAIN: Final[dict[str, Any]] = {"type": "string"}


def describe_model(platform: PlatformSpec, spec: ModelSpec) -> list[dict[str, Any]]:
    """Write the documents of a model as Tool/DetailOpenAPI answers them."""
    return [{"type": way, "spec": _document(platform, spec, way)} for way in _TITLES]


def _document(platform: PlatformSpec, spec: ModelSpec, way: Way) -> dict[str, Any]:
    schemes = _schemes(platform, way)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": f"{spec.model} API ({_TITLES[way]})",
            "description": spec.description or "",
            "version": "1.0.0",
        },
        "servers": [{"url": platform.hosts.rest, "description": "Production server"}],
        "tags": [{"name": "Run Task"}, {"name": "Task Management"}],
        "security": [{name: [] for name in schemes}],
        "paths": _paths(spec),
        "components": {"securitySchemes": schemes, "schemas": _schemas(spec)},
        "x-task-status-info": {
            "completed_statuses": {"values": _statuses(platform.lifecycle.terminal)},
            "running_statuses": {"values": _statuses(platform.lifecycle.running)},
        },
    }


def _statuses(names: list[str]) -> list[dict[str, str]]:
    return [{"status": name, "description": ""} for name in names]


def _schemes(platform: PlatformSpec, way: Way) -> dict[str, Any]:
    auth = platform.auth
    if way == "bearer":
        return {"BearerAuth": {"type": "http", "scheme": "bearer"}}
    headers = {"ApiKeyAuth": auth.key_header}
    if way == "signature":
        headers |= {"NonceAuth": auth.nonce_header, "SignatureAuth": auth.signature_header}
    return {
        name: {"type": "apiKey", "in": "header", "name": header} for name, header in headers.items()
    }


def _paths(spec: ModelSpec) -> dict[str, Any]:
    both = ("application/json", "multipart/form-data")
    form = ("multipart/form-data",)
    return {
        "/Task/Detail": _operation("getTaskDetail", both, "TaskDetailRequest"),
        "/Task/Kill": _operation("killTask", form, "TaskKillRequest"),
        "/Task/Cancel": _operation("cancelTask", form, "TaskCancelRequest"),
        f"/Run/{spec.model}": _operation(
            f"run{spec.model.partition('/')[2]}", both, "RunToolSchema", "RunTaskResponse"
        ),
    }


def _operation(
    name: str, types: tuple[str, ...], request: str, reply: str = "TaskDetailResponse"
) -> dict[str, Any]:
    sent = {content_type: {"schema": _ref(request)} for content_type in types}
    answered = {"application/json": {"schema": _ref(reply)}}
    return {
        "post": {
            "operationId": name,
            "tags": ["Run Task" if request == "RunToolSchema" else "Task Management"],
            "requestBody": {"required": True, "content": sent},
            "responses": {"200": {"description": "Answered", "content": answered}},
        }
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _schemas(spec: ModelSpec) -> dict[str, Any]:
    error = _object(code={"type": "integer"}, message=_PLAIN)
    envelope = {"result": {"type": "boolean"}, "errors": {"type": "array", "items": error}}
    tasks = {"type": "array", "items": _ref("TaskObject")}
    outputs = {"type": "array", "items": _ref("OutputFile")}
    return {
        "RunTaskResponse": _object(**envelope, taskid=_PLAIN, socketaccesstoken=_PLAIN),
        "TaskKillRequest": _object(taskid=_PLAIN, socketaccesstoken=_PLAIN),
        "TaskCancelRequest": {**_object(taskid=_PLAIN), "required": ["taskid"]},
        "TaskDetailRequest": _object(taskid=_PLAIN, tasktoken=_PLAIN, uuid=_PLAIN),
        "TaskDetailResponse": _object(**envelope, total=_PLAIN, tasklist=tasks),
        "TaskObject": _object(
            id=_PLAIN, socketaccesstoken=_PLAIN, status=_PLAIN, pexit=_PLAIN, outputs=outputs
        ),
        "OutputFile": _object(name=_PLAIN, contenttype=_PLAIN, size=_PLAIN, url=_PLAIN),
        "RunToolSchema": _run_schema(spec),
    }


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _run_schema(spec: ModelSpec) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for known in spec.inputs:
        properties[known.name] = _property(known)
        for name in url_names(known)[:1] if known.type != "combinefileinput" else ():
            properties[name] = {"title": name, "type": "string", "format": "uri"}
    properties["callbackUrl"] = {"type": "string", "format": "uri", "title": "Callback URL"}
    needed = required_names(spec)
    required = [known.name for known in spec.inputs if known.name in needed]
    schema = _object(**properties)
    return {**schema, "required": required} if required else schema


def _property(known: Input) -> dict[str, Any]:
    label = known.label or known.name
    stated: dict[str, Any] = {"title": label, "description": known.help or label}
    stated["type"] = _JSON_TYPES.get(kind_of(known), "string")
    if known.type in FILE_TYPES:
        stated["format"] = "uri"
    if known.type in {"select", "selectwithcover", "combinefileinput"}:
        stated["x-input-type"] = known.type
    if known.default is not None:
        stated["default"] = known.default
    if known.options is not None:
        stated["enum"] = [option.value for option in known.options]
        stated["x-options"] = [
            {"value": option.value, "label": option.label or option.value}
            for option in known.options
        ]
    low, high = limits_of(known)
    bounds = {"minimum": low, "maximum": high, "multipleOf": known.step}
    return {**stated, **{name: value for name, value in bounds.items() if value is not None}}
