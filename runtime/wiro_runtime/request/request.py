"""The unit of the client: one immutable, checked request value per model.

Generated modules subclass the kinds in `client/requests`. Each field carries its Python type, its range
and its wire encoding in one annotation:

    class Vace(MediaRequest, model="pruna/vace"):
        prompt: Annotated[str, wire.Text("prompt")]
        frame_num: Annotated[int, Field(ge=1), wire.Text("frameNum")] = 81
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from inspect import Parameter, Signature
from threading import RLock
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast, dataclass_transform

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wiro_runtime import call_check, check
from wiro_runtime.errors import InvalidRequest, Problem
from wiro_runtime.request.binding import Binding
from wiro_runtime.request.body import CALL_FIELDS, encode
from wiro_runtime.request.encoding import Encoding
from wiro_runtime.request.file import FileInput, LocalFile, location
from wiro_runtime.request.validation import explain, nothing_given, unknown
from wiro_runtime.task.kind import Kind  # noqa: TC001 - whoever asks for type hints needs it

if TYPE_CHECKING:
    from typing import Self

    # Named for type checkers only; at run time it is asked of BaseModel.
    from pydantic._internal._model_construction import ModelMetaclass as ModelType

    from wiro_runtime.response import Price

else:
    ModelType = type(BaseModel)

__all__ = ["Request"]

R = TypeVar("R")
A = TypeVar("A")

_building = RLock()


def _unlock() -> None:
    global _building  # noqa: PLW0603 - see below
    _building = RLock()


if hasattr(os, "register_at_fork"):
    # A thread of the parent's may hold it at that moment, and in the child nothing ever releases it.
    os.register_at_fork(after_in_child=_unlock)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(Field,))
class _RequestType(ModelType):
    """Tells type checkers that the fields of every request are given by name and read-only."""

    # Set by pydantic when it builds a class, to one that shows the catch-alls of our constructor as well.
    if not TYPE_CHECKING:

        @property
        def __signature__(self) -> Signature:
            """What `help()` and editors show of a request class: its arguments, all by name."""
            return Signature(
                [
                    Parameter(
                        name,
                        Parameter.KEYWORD_ONLY,
                        default=Parameter.empty if field.is_required() else field.default,
                        annotation=field.annotation,
                    )
                    for name, field in self.model_fields.items()
                ]
            )

        @__signature__.setter
        def __signature__(self, _: object) -> None: ...


class Request(BaseModel, Generic[R, A], metaclass=_RequestType):
    """Arguments for one run of one model: checked when it is made, never changed afterwards.

    Arguments are given by name. Numbers may be given as text. `R` is what running it returns, `A` the
    same for the asynchronous client.

    Raises:
        InvalidRequest: An argument is missing, unknown, or not what the model takes. All problems are
            reported together.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,  # files
        protected_namespaces=(),  # a model may have an input called `model_name`
        allow_inf_nan=False,  # JSON has no such numbers
        ser_json_bytes="base64",  # files given as bytes are no text
        validate_default=False,  # generated defaults are checked when they are generated
        defer_build=True,  # the base classes below are never made, and a model is built with its first
    )

    _binding: ClassVar[Binding] = Binding()

    _built: ClassVar[type | None] = None
    """The class itself once its validator is built; a subclass has one of its own."""

    @classmethod
    def _build(cls) -> None:
        """Build the validator of the class, which was deferred to its first request.

        In one thread at a time: pydantic 2.11.0 to 2.11.4 lets others see a class that is half built.
        """
        with _building:
            if cls._built is not cls:
                cls.model_rebuild()
                cls._built = cls

    # At run time all kinds are one: pydantic would build a class of its own for every pair of results,
    # which takes longer than all else that a first request needs.
    if not TYPE_CHECKING:

        def __class_getitem__(cls, _: object) -> type[Self]:
            return cls

    def __init_subclass__(
        cls,
        *,
        model: str = "",
        kind: Kind | None = None,
        is_open: bool = False,
        computing_seconds: float | None = None,
        cps: str | None = None,
        average_cost: str | None = None,
        prices: Sequence[Price] = (),
        content: tuple[str, ...] = (),
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        if model and check.slug(model):
            raise TypeError(f"{cls.__name__}: {model!r} is not a slug like 'pruna/vace'.")
        stated: dict[str, Any] = {
            "slug": model,
            "kind": kind,
            "is_open": is_open,
            "computing_seconds": computing_seconds,
            "cps": cps,
            "average_cost": average_cost,
            "prices": prices,
            "content": content,
        }
        cls._binding = replace(
            cls._binding, **{name: value for name, value in stated.items() if value}
        )

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        """Collect the encodings, once pydantic has read the fields."""
        encodings: dict[str, Encoding] = {}
        for name, field in cls.model_fields.items():
            marks = [mark for mark in field.metadata if isinstance(mark, Encoding)]
            if len(marks) != 1:
                raise TypeError(
                    f"{cls.__name__}.{name} has {len(marks)} wire encodings; give it one, "
                    f'like Annotated[str, wire.Text("{name}")].'
                )
            encodings[name] = marks[0]
        cls._binding = replace(cls._binding, encodings=encodings)

    # Type checkers see the constructor that pydantic's `dataclass_transform` gives: the fields by name.
    if not TYPE_CHECKING:

        def __init__(self, /, *positional: object, **arguments: object) -> None:
            __tracebackhide__ = True  # pytest then shows the caller's line
            if self._built is not type(self):
                self._build()
            problems: list[Problem] = []
            if positional:
                problems.append(Problem("arguments", 'give each by its name, like prompt="…".'))
            try:
                self.__pydantic_validator__.validate_python(arguments, self_instance=self)
            except ValidationError as invalid:
                problems += explain(type(self).model_fields, self._binding.encodings, invalid)
            else:
                problems += nothing_given(
                    {name: getattr(self, name) for name in self._binding.content}
                )
            if problems:
                raise InvalidRequest.about(type(self).__name__, problems)

        # Tells pydantic that validating data may build the instance itself, as its own __init__ does.
        __init__.__pydantic_base_init__ = True

    def replace(self, **changes: Any) -> Self:
        """This request with some arguments changed, checked as a new one is.

        Raises:
            InvalidRequest: An argument is unknown, or not what the model takes.
        """
        given = {name: getattr(self, name) for name in self.model_fields_set}
        given |= self.model_extra or {}
        return type(self)(**given | changes)

    # What copies with changes elsewhere, in pydantic and in the standard library, checks them here as well.
    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy, with changes as `replace()` makes them."""
        changes: Mapping[str, Any] = {} if update is None else update
        call_check.require(
            "model_copy", update=check.held_by(changes, Mapping, like="a dict of changes")
        )
        return self.replace(**changes) if changes else super().model_copy(deep=deep)

    def copy(
        self,
        *,
        include: object = None,
        exclude: object = None,
        update: Mapping[str, Any] | None = None,
        deep: bool = False,
    ) -> Self:
        """As `model_copy()`, of which this is the older spelling; nothing can be left out."""
        whole = "leave it out: a request is copied whole."
        call_check.require(
            "copy",
            include=None if include is None else whole,
            exclude=None if exclude is None else whole,
        )
        return self.model_copy(update=update, deep=deep)

    @classmethod
    def model_construct(cls, _fields_set: set[str] | None = None, **values: Any) -> Self:
        """A request of these arguments, checked as any is: one that was not would be billed as something else."""
        return cls(**values)

    def __replace__(self, **changes: Any) -> Self:
        return self.replace(**changes)

    def to_wire(self) -> dict[str, Any]:
        """The exact JSON body of Run.

        Raises:
            InvalidRequest: It holds a local file, which has no URL before it is uploaded.
        """
        return encode(self).to_json(_url_or_complain)

    @classmethod
    def from_wire(cls, body: Mapping[str, Any]) -> Self:
        """Read a body of Run, or a task's `parameters`, back into a request.

        Args:
            body: By wire names. The call's own `callbackUrl` and `projectid` are passed over.

        Raises:
            InvalidRequest: The body does not fit the model.
        """
        if not hasattr(body, "keys") or any(map(check.optional_text, body)):
            raise InvalidRequest(
                f"{cls.__name__}.from_wire() takes a dict by wire names, got {check.shown(body)}."
            )
        known = {name for encoding in cls._binding.encodings.values() for name in encoding.names}
        strange = [name for name in body if name not in known | set(CALL_FIELDS.values())]
        problems = [unknown(name, known) for name in strange]
        arguments: dict[str, Any] = {}
        for name, encoding in cls._binding.encodings.items():
            try:
                value = encoding.find(body, optional=cls.model_fields[name].default is None)
            except ValueError as malformed:
                problems.append(
                    Problem(
                        name,
                        f"{encoding.name} on the wire is malformed: {str(malformed).rstrip('.')}.",
                    )
                )
                continue
            if value is not None:
                arguments[name] = value
        if problems:
            raise InvalidRequest.about(f"{cls.__name__}.from_wire()", problems)
        return cls(**arguments)

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """What the caller gave, with bytes shortened."""
        for name in self._binding.encodings:
            if name in self.model_fields_set:
                yield name, _Shown(getattr(self, name))

    def __str__(self) -> str:
        return repr(self)


class _Shown:
    """A value as a representation shows it."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __repr__(self) -> str:
        match self._value:
            case bytes():
                return f"<{len(self._value):,} bytes>"
            case (str(name), bytes(content)):
                return f"({name!r}, <{len(content):,} bytes>)"
            case tuple():
                items = cast("tuple[object, ...]", self._value)
                return f"[{', '.join(repr(_Shown(item)) for item in items)}]"
            case value if hasattr(value, "read"):
                return f"<file {getattr(value, 'name', '')}>"
            case value:
                return repr(value)


def _url_or_complain(file: FileInput) -> str:
    url = location(file)
    if url is None:
        problem = Problem(
            LocalFile.of(file).name,
            "a local file has no URL before it is uploaded; `client.files.upload()` gives it one, "
            "and `client.run()` does so by itself.",
        )
        raise InvalidRequest.about("to_wire()", [problem])
    return url
