"""Specs rendered in every form, and what of a spec each form can say.

Written from the description of the forms and not from their readers.
"""

import json

from codegen.document.llms_writer import Choice, Item, write

PLAIN = {
    "text": "string",
    "number": "number",
    "range": "number",
    "integer": "integer",
    "boolean": "boolean",
}
"""Widgets that an openapi.json states by JSON's own types."""
NAMED = {"select", "selectwithcover", "combinefileinput"}
"""Widgets that it names."""


def stated(**values):
    """Leave out what is not stated."""
    return {key: value for key, value in values.items() if value is not None}


# openapi.json


def as_openapi(spec, *, way="Signature"):
    owner, _, model = spec.model.rpartition("/")
    time = f"\n\n**Processing Time:** {spec.computing_time}" if spec.computing_time else ""
    schema = {
        "type": "object",
        "properties": {field.name: property_of(field) for field in spec.inputs}
        | {"callbackUrl": {"type": "string", "format": "uri", "title": "Callback URL"}},
        "required": [field.name for field in spec.inputs if field.required],
    }
    reference = {"schema": {"$ref": "#/components/schemas/RunToolSchema"}}
    run = {
        "summary": f"Run {spec.title}",
        "description": (spec.description or "") + time,
        "requestBody": {
            "content": {"application/json": reference, "multipart/form-data": reference}
        },
    }
    return json.dumps(
        {
            "openapi": "3.0.3",
            "info": {"title": f"{owner}/{model} API ({way} Auth)"},
            "servers": [{"url": "https://api.wiro.ai/v1"}],
            "paths": {"/Task/Detail": {"post": {}}, f"/Run/{owner}/{model}": {"post": run}},
            "components": {"schemas": {"RunToolSchema": schema}},
            "x-task-status-info": {
                f"{kind}_statuses": {
                    "values": [{"status": name} for name in getattr(spec.statuses, kind)]
                }
                for kind in ("completed", "running")
            },
        }
    )


def property_of(field):
    named = field.type if field.type in NAMED else None
    options = field.options
    return stated(
        **{"type": PLAIN.get(field.type, "string"), "x-input-type": named, **(field.extra or {})},
        title=field.label,
        description=field.help,
        default=field.default,
        format="uri" if named == "combinefileinput" else None,
        enum=None if options is None else [option.value for option in options],
        minimum=field.minimum,
        maximum=field.maximum,
        multipleOf=field.step,
        minLength=field.min_length,
        maxLength=field.max_length,
        **{"x-options": None if options is None else [option_of(option) for option in options]},
    )


def option_of(option):
    return stated(
        value=option.value, label=option.label, cover=option.cover, **(option.extra or {})
    )


# Tool/Detail


def as_tool(spec, *, loose=False):
    """Write the reply; `loose` writes numbers and flags as texts, as some tools do."""
    owner, _, model = spec.model.rpartition("/")
    tool = stated(
        id="1611",
        title=spec.title,
        description=spec.description,
        image=spec.cover,
        slugowner=owner.upper(),
        slugproject=model.upper(),
        cleanslugowner=owner,
        cleanslugproject=model,
        computingtime=spec.computing_time,
        categories=spec.categories,
        tags=spec.tags,
        taskstat={"runcount": 7, "successcount": "6"},
        parameters=[{"title": "", "items": [item_of(field, loose=loose) for field in spec.inputs]}],
        **(spec.extra or {}),
    )
    return json.dumps({"result": True, "errors": [], "tool": [tool]})


def item_of(field, *, loose):
    def number(value):
        return str(value) if loose and value is not None else value

    required = field.required
    return stated(
        id=field.name,
        type=field.type,
        label=field.label,
        note=field.help,
        default=field.default,
        required=str(required).lower() if loose and required is not None else required,
        options=None if field.options is None else [option_of(option) for option in field.options],
        min=number(field.minimum),
        max=number(field.maximum),
        step=number(field.step),
        **(field.extra or {}),
    )


# llms.txt


def as_llms(spec):
    return write(
        [
            Item(
                field.name,
                field.type,
                field.label or "",
                field.help or "",
                "" if field.default is None else as_word(field.default),
                None if field.options is None else [choice_of(option) for option in field.options],
            )
            for field in spec.inputs
        ],
        slug=spec.model,
        description=spec.description or "",
        cover=spec.cover or "No cover",
        categories=spec.categories,
        tags=spec.tags,
    )


def choice_of(option):
    extra = {"cover": option.cover} if option.cover else {}
    return Choice(option.value, option.label or option.value, extra | (option.extra or {}))


def as_word(value):
    return value if isinstance(value, str) else json.dumps(value)


# What a form can say


def said_in(form, spec):
    """Give what of a spec a document of this form can say."""
    cut = {"openapi.json": _in_openapi, "tool-detail": _in_tool, "llms.txt": _in_llms}[form]
    source = spec.source.model_copy(update={"form": form})
    return cut(spec).model_copy(update={"source": source})


def _in_openapi(spec):
    return _copy(spec, _in_openapi_input, cover=None, categories=[], tags=[], extra=None)


def _in_openapi_input(field):
    plain = PLAIN.get(field.type, "string")
    return field.model_copy(
        update={
            "type": field.type if field.type in NAMED else {"string": "text"}.get(plain, plain),
            "required": bool(field.required),
        }
    )


def _in_tool(spec):
    lengths = {"min_length": None, "max_length": None}
    return _copy(
        spec, lambda field: field.model_copy(update=lengths), endpoints=None, statuses=None
    )


def _in_llms(spec):
    title = spec.model.split("/")[1].capitalize()
    return _copy(spec, _in_llms_input, title=title, computing_time=None, extra=None)


def _in_llms_input(field):
    names = ("required", "minimum", "maximum", "step", "min_length", "max_length", "extra")
    default = None if field.default in {None, ""} else as_word(field.default)
    return field.model_copy(update={**dict.fromkeys(names), "default": default})


def _copy(spec, cut, **update):
    return spec.model_copy(update={"inputs": [cut(field) for field in spec.inputs], **update})
