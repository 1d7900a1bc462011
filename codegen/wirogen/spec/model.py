"""What a spec says: one model (`specs/models/<owner>/<model>.yaml`) and the platform all models share.

A fact is what a document states, in the document's own words. A refinement is what we concluded,
always with a `why`. The two never mix: importing a document again replaces the facts and keeps
every `refine`.
"""

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

Scalar: TypeAlias = str | int | float | bool
"""A YAML scalar that JSON can say too. Never null: an absent key says "not stated"."""


def _keep_whole(value: object, check: ValidatorFunctionWrapHandler) -> float:
    checked: float = check(value)
    return value if type(value) is int else checked


Bound = Annotated[float, WrapValidator(_keep_whole)]
"""A number; a whole one stays whole, since a float holds no more than 15 digits."""

Kind: TypeAlias = Literal["media", "text", "realtime"]
"""Decides the result type: files, an LLM's text, or a live session."""

Form: TypeAlias = Literal["llms.txt", "openapi.json", "tool-detail"]
"""The form of a model document."""

SourceForm: TypeAlias = Form | Literal["hand"]
"""The same, or no document at all: the spec was written by hand."""

ValueKind: TypeAlias = Literal[
    "string", "integer", "number", "boolean", "choice", "file", "files", "json"
]
"""What the Python argument takes; the wire encoding follows from it and the widget."""

DefaultKind: TypeAlias = Literal["sent", "server", "sample"]
"""`sent`: Python default, always on the wire. `server`: documented, not sent. `sample`: an example only."""

Slug = Annotated[
    str,
    StringConstraints(
        pattern=r"^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?/[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$"
    ),
]
"""`owner/model` in the clean form that Run takes (platform.md §4.2)."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Refinement(_Section):
    """What we concluded about an input; survives every re-import of the document."""

    why: str
    """The reason, for the person who reviews it."""
    kind: ValueKind | None = None
    """The argument's kind where the widget does not say it."""
    required: bool | None = None
    """Whether the caller must give it, where the document is silent or wrong."""
    default: DefaultKind | None = None
    """What the documented default means, where the rule guesses wrong."""
    minimum: Bound | None = None
    maximum: Bound | None = None
    url_name: str | None = None
    """The wire name of the sibling that takes URLs for a file input."""
    python_name: str | None = None
    """The argument's name, pinned, where the derived one collides."""


class ModelRefinement(_Section):
    """What we concluded about a model as a whole; survives every re-import of the document."""

    why: str
    """The reason, for the person who reviews it."""
    content: list[str] | None = None
    """The inputs of which a call must give one, by wire name, where the rule finds others; empty for none."""


class Option(_Section):
    """A value that an input offers, with what people are shown."""

    value: str
    """Sent on the wire, exactly. May be empty."""
    label: str | None = None
    """Shown to people; absent when it equals the value."""
    cover: str | None = None
    """A picture of the choice."""
    extra: dict[str, object] | None = None
    """Keys beyond value, label and cover, kept as documented."""


class Input(_Section):
    """One input of a model, as its document states it."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    """The wire name, always."""
    type: str
    """The platform's own word for the widget (text, textarea, select, combinefileinput, …)."""
    label: str | None = None
    help: str | None = None
    required: bool | None = None
    """Absent when the form of the document has no such flag."""
    default: Scalar | None = None
    """Exactly as documented."""
    minimum: Bound | None = None
    maximum: Bound | None = None
    step: Bound | None = None
    min_length: int | None = None
    max_length: int | None = None
    options: list[Option] | None = None
    """Absent for a widget without choices; an empty list says a heading with nothing under it."""
    value: dict[str, object] | None = None
    """The JSON Schema of a value that is no single one (a list, a mapping, alternatives); sent as JSON."""
    extra: dict[str, object] | None = None
    """Documented keys we have no word for, kept."""
    listed_by: SourceForm | None = None
    """The form of the document that lists it, where the newest document does not."""
    refine: Refinement | None = None


class Price(_Section):
    """What a run costs, in USD, where its inputs are these."""

    inputs: dict[str, str] | None = None
    """Values by wire name, or `QUANTITY:n` for so many files; absent for a price that always holds."""
    price: str
    """In plain decimal digits, as documented."""
    method: str | None = None
    """What is counted, by the platform's word: `cpr` a request, `cps` a second, `cpo` an output, …"""
    extra: str | None = None
    """What each further unit costs (`priceExtra`)."""
    per_input: str | None = None
    """What each unit of the inputs costs (`priceInput`)."""


class Origin(_Section):
    """A document that some of the facts come from."""

    form: Form
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Source(_Section):
    """Where the facts come from: a document, or whoever wrote the spec by hand."""

    form: SourceForm
    document: str | None = None
    """Path below the specs folder, when the document may be shipped."""
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    """Of the document; a spec that was written by hand has none."""
    facts_only: bool = False
    """Whether the vendor's sentences were left out."""
    incomplete: bool = False
    """Whether the document was cut off."""
    earlier: list[Origin] = Field(default_factory=list)
    """Documents of other forms, for the facts that this form cannot say; the newest first."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.form == "hand":
            if self.sha256 is not None or self.document is not None:
                raise ValueError("a spec by hand has no document; leave out sha256 and document")
        elif self.sha256 is None:
            raise ValueError("there is no sha256 of its document; import it, or say `form: hand`")
        return self


class Endpoints(_Section):
    """URLs that the document itself states."""

    run: str
    detail: str | None = None


class Statuses(_Section):
    """Task statuses that the document itself lists; older documents list fewer."""

    completed: list[str]
    running: list[str]


class ModelSpec(_Section):
    """What a reviewed YAML file says of a model: facts of its documents, and our conclusions under `refine`."""

    model: Slug
    title: str
    kind: Kind = "media"
    description: str | None = None
    cover: str | None = None
    categories: list[str] = Field(default_factory=list)
    tags: list[str] = Field(default_factory=list)
    computing_time: str | None = None
    """The platform's free text, such as `10 seconds`."""
    cps: str | None = None
    """What a second of the process costs in USD, in the document's own digits."""
    approximate_cost: str | None = None
    """What an average run costs in USD, in the document's own digits."""
    price: list[Price] = Field(default_factory=list)
    """What a run costs by its inputs (`dynamicprice`); where it is empty, `cps` for each second."""
    source: Source
    endpoints: Endpoints | None = None
    statuses: Statuses | None = None
    class_name: str | None = None
    """The class name, pinned, where the derived one collides or was published before."""
    extra: dict[str, object] | None = None
    """Documented keys about calling the model that we have no word for, kept."""
    refine: ModelRefinement | None = None
    inputs: list[Input]


class Hosts(_Section):
    """Base URLs."""

    rest: str
    socket: str
    outputs: str | None = None
    """Where finished files are served from; public, for a limited time."""
    source: str


class Auth(_Section):
    """How a request proves who sends it."""

    key_header: str
    nonce_header: str
    signature_header: str
    algorithm: Literal["hmac-sha256"]
    message: str
    """Which text is signed, in words: `secret + nonce`."""
    key: str
    """Which text is the HMAC key, in words: `api key`."""
    source: str


class Endpoint(_Section):
    """An operation of the platform's HTTP API: where it is, and what it takes."""

    path: str
    """Below the base URL; `{owner}` and `{model}` stand for the slug."""
    method: Literal["POST", "GET"] = "POST"
    content_types: list[str] = Field(default_factory=lambda: ["application/json"])
    """What the body may be."""
    public: bool = False
    """Whether it answers without credentials."""
    required: list[str] = Field(default_factory=list)
    """Fields of the body that must be there."""
    answers: list[str] = Field(default_factory=list)
    """Fields of a successful answer, in addition to `result` and `errors`."""
    identify_by: list[str] = Field(default_factory=list)
    """Fields that name the task, any one of which is enough."""
    source: str


class Lifecycle(_Section):
    """The statuses of a task, in order (platform.md §6)."""

    order: list[str]
    terminal: list[str]
    running: list[str]
    optional: list[str] = Field(default_factory=list)
    """Statuses a task may skip."""
    cancel_during: list[str]
    kill_during: list[str]
    kill_disputed: list[str] = Field(default_factory=list)
    """Statuses in which some sources say that Kill works, and others that it does not."""
    success: str
    """When a finished task succeeded, in words."""
    source: str


class ErrorCode(_Section):
    """One documented refusal."""

    name: str
    code: int
    http: int
    message: str
    """The platform's own text; `{name}` marks what it fills in. Spelling is literal."""
    where: list[str]
    source: str


class ResponseSchema(_Section):
    """One object of an answer."""

    description: str
    properties: dict[str, dict[str, object]]
    """A JSON Schema for each field; `#/$defs/NAME` names another object. Any field may be missing."""


class Responses(_Section):
    """What the platform answers: its objects by name, as they are on the wire."""

    source: str
    schemas: dict[str, ResponseSchema]


class PlatformSpec(_Section):
    """What every model shares."""

    hosts: Hosts
    auth: Auth
    endpoints: dict[str, Endpoint]
    lifecycle: Lifecycle
    errors: list[ErrorCode]
    responses: Responses
