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
"""Widgets that an openapi.json tells by JSON's own types."""
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
        "properties": {one.name: property_of(one) for one in spec.inputs}
        | {"callbackUrl": {"type": "string", "format": "uri", "title": "Callback URL"}},
        "required": [one.name for one in spec.inputs if one.required],
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


def property_of(one):
    named = one.type if one.type in NAMED else None
    options = one.options
    return stated(
        **{"type": PLAIN.get(one.type, "string"), "x-input-type": named, **(one.extra or {})},
        title=one.label,
        description=one.help,
        default=one.default,
        format="uri" if named == "combinefileinput" else None,
        enum=None if options is None else [each.value for each in options],
        minimum=one.minimum,
        maximum=one.maximum,
        multipleOf=one.step,
        minLength=one.min_length,
        maxLength=one.max_length,
        **{"x-options": None if options is None else [option_of(each) for each in options]},
    )


def option_of(each):
    return stated(value=each.value, label=each.label, cover=each.cover, **(each.extra or {}))


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
        parameters=[{"title": "", "items": [item_of(one, loose=loose) for one in spec.inputs]}],
        **(spec.extra or {}),
    )
    return json.dumps({"result": True, "errors": [], "tool": [tool]})


def item_of(one, *, loose):
    def number(value):
        return str(value) if loose and value is not None else value

    required = one.required
    return stated(
        id=one.name,
        type=one.type,
        label=one.label,
        note=one.help,
        default=one.default,
        required=str(required).lower() if loose and required is not None else required,
        options=None if one.options is None else [option_of(each) for each in one.options],
        min=number(one.minimum),
        max=number(one.maximum),
        step=number(one.step),
        **(one.extra or {}),
    )


# llms.txt


def as_llms(spec):
    return write(
        [
            Item(
                one.name,
                one.type,
                one.label or "",
                one.help or "",
                "" if one.default is None else as_word(one.default),
                None if one.options is None else [choice_of(each) for each in one.options],
            )
            for one in spec.inputs
        ],
        slug=spec.model,
        description=spec.description or "",
        cover=spec.cover or "No cover",
        categories=spec.categories,
        tags=spec.tags,
    )


def choice_of(each):
    extra = {"cover": each.cover} if each.cover else {}
    return Choice(each.value, each.label or each.value, extra | (each.extra or {}))


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


def _in_openapi_input(one):
    plain = PLAIN.get(one.type, "string")
    return one.model_copy(
        update={
            "type": one.type if one.type in NAMED else {"string": "text"}.get(plain, plain),
            "required": bool(one.required),
        }
    )


def _in_tool(spec):
    lengths = {"min_length": None, "max_length": None}
    return _copy(spec, lambda one: one.model_copy(update=lengths), endpoints=None, statuses=None)


def _in_llms(spec):
    title = spec.model.split("/")[1].capitalize()
    return _copy(spec, _in_llms_input, title=title, computing_time=None, extra=None)


def _in_llms_input(one):
    names = ("required", "minimum", "maximum", "step", "min_length", "max_length", "extra")
    default = None if one.default in {None, ""} else as_word(one.default)
    return one.model_copy(update={**dict.fromkeys(names), "default": default})


def _copy(spec, cut, **update):
    return spec.model_copy(update={"inputs": [cut(one) for one in spec.inputs], **update})
