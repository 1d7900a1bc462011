"""Run requests against the model's spec: the platform's text, plus an explanation.

No source states how much of this the platform itself checks. The mock checks all of it, because a
typo that the platform ignores is a bug that costs money.
"""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any, Final

from wirogen.spec.content import content_names, says_required, takes_files
from wirogen.spec.model import Input, ModelSpec
from wirogen.spec.tool_call import with_tool_calls
from wiromock.spec import tool_call
from wiromock.spec.value import FILE_TYPES, UNSET, Finding, as_list, check_value, kind_of

_EVERYWHERE: Final = frozenset({"callbackUrl", "projectid"})
"""Taken by every model."""


class Validator:
    """Checks the requests of one model. Made once a model, since a test may make thousands of runs.

    Args:
        spec: the model.
    """

    def __init__(self, spec: ModelSpec) -> None:
        self._spec = spec
        self._has_turns = tool_call.CATEGORY in spec.categories
        taken = with_tool_calls(spec)
        self._inputs = {field.name: field for field in taken.inputs}
        self._urls = {name for field in spec.inputs for name in url_names(field)}
        needed = required_names(spec)
        self._needed = [
            (field, (field.name, *url_names(field)))
            for field in spec.inputs
            if field.name in needed
        ]
        self._content = {
            name: (name, *url_names(self._inputs[name])) for name in content_names(taken)
        }

    def check(self, sent: dict[str, Any]) -> Iterator[Finding]:
        """Find everything that is wrong with a Run.

        Args:
            sent: its parameters, as they arrived; files already replaced by their URLs.
        """
        if self._has_turns:
            yield from tool_call.check_turn(sent)
        for field, names in self._needed:
            if not (self._has_turns and field.name == "prompt") and all(
                sent.get(name) in UNSET for name in names
            ):
                yield _missing(self._spec, field)
        if not self._has_turns:
            yield from self._nothing_given(sent)
        for name, value in sent.items():
            finding = self._check(name, value)
            if finding is not None:
                yield finding

    def unknown(self, names: Iterable[str]) -> str | None:
        """Return which name is none of the model's, and what may be meant; None when all are."""
        for name in names:
            known = name in self._inputs or name in self._urls or _is_common(self._spec, name)
            if not known:
                return _unknown(self._spec, name).explanation
        return None

    def _nothing_given(self, sent: dict[str, Any]) -> Iterator[Finding]:
        """Refuse a call without anything to work on; one that also lacks a required input is refused already."""
        if not self._content or any(_is_given(sent, names) for names in self._content.values()):
            return
        if any(field.name in self._content for field, _ in self._needed):
            return
        first = self._inputs[next(iter(self._content))]
        text = "files_required" if first.type.lower() in FILE_TYPES else "parameter_required"
        names = ", ".join(f"`{name}`" for name in self._content)
        said = f"{self._spec.model} works on nothing else; give at least one of {names}"
        yield Finding(text, first.name, said)

    def _check(self, name: str, value: Any) -> Finding | None:
        field = self._inputs.get(name)
        if field is not None:
            return None if _is_unset(field, value) else check_value(field, value)
        if name in self._urls:
            return _check_urls(name, value)
        if name in _EVERYWHERE:
            return _check_common(name, value)
        return None if _is_common(self._spec, name) else _unknown(self._spec, name)


def check_request(spec: ModelSpec, sent: dict[str, Any]) -> Iterator[Finding]:
    """Find everything that is wrong with a Run; see `Validator.check`."""
    return Validator(spec).check(sent)


def required_names(spec: ModelSpec) -> frozenset[str]:
    """Return the inputs that a caller has to send: Run, Tool/Detail, OpenAPI and forms all ask here.

    The client's classes come from the same spec by rules of their own (docs/typing-rules.md); a test
    compares the two.
    """
    content = content_names(with_tool_calls(spec))
    flags = any(known.required for known in spec.inputs)
    return frozenset(
        known.name for known in spec.inputs if _is_required(known, content, has_flags=flags)
    )


def _is_required(known: Input, content: Sequence[str], *, has_flags: bool) -> bool:
    """Whether an input is required: the first that answers of our refinement, the document's flag, and its words.

    Before all of them: what a model works on alone is never left out, or there is nothing to make anything of.
    """
    if tuple(content) == (known.name,):
        return True
    refine = known.refine
    if refine is not None and refine.required is not None:
        return refine.required
    if known.name == "prompt" and "messages" in content:
        return False  # either will do, which the check of a turn sees to
    if known.required:
        return refine is None or refine.default != "server"
    said = says_required(known.help) if known.name in content else None
    if said is not None or has_flags:
        return bool(said)
    return known.name == "prompt" and kind_of(known) == "string"


def url_names(field: Input) -> tuple[str, ...]:
    """Names under which URLs for a file input may come; sources disagree on the spelling."""
    if not takes_files(field):
        return ()
    stated = (field.refine.url_name,) if field.refine is not None and field.refine.url_name else ()
    stem = field.name.removesuffix("Multiple")
    multiple = (f"{stem}UrlMultiple",) if stem != field.name else ()
    return tuple(dict.fromkeys((*stated, f"{field.name}Url", *multiple)))


def _is_given(sent: dict[str, Any], names: tuple[str, ...]) -> bool:
    values = (sent.get(name) for name in names)
    return any(value.strip() if isinstance(value, str) else value for value in values)


def _is_unset(field: Input, value: Any) -> bool:
    """Whether a value says "not set"; a select may offer the empty text as a real choice."""
    offers_empty = any(option.value == "" for option in field.options or ())
    return value in UNSET and not offers_empty


def _is_common(spec: ModelSpec, name: str) -> bool:
    return name in _EVERYWHERE or (
        name in tool_call.NAMES and tool_call.CATEGORY in spec.categories
    )


def _missing(spec: ModelSpec, field: Input) -> Finding:
    text = "files_required" if field.type.lower() in FILE_TYPES else "parameter_required"
    why = f": {field.refine.why}" if field.refine is not None else ""
    return Finding(text, field.name, f"{spec.model} needs `{field.name}`{why}")


def _unknown(spec: ModelSpec, name: str) -> Finding:
    known = [field.name for field in spec.inputs]
    close = near_miss(name, known)
    hint = f"did you mean `{close}`?" if close else f"it has {', '.join(known)}"
    said = f"{spec.model} has no parameter `{name}`; {hint}"
    return Finding("parameters_invalid", name, said, blame="caller" if close else "spec")


def near_miss(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is meant by a wrong one, perhaps in another casing; None when none is near."""
    names = list(known)
    bare = name.replace("_", "").lower()
    alike = [other for other in names if other.lower() == bare]
    return next(iter(alike or get_close_matches(name, names, n=1)), None)


def _check_common(name: str, value: Any) -> Finding | None:
    """Refuse what no source sends for what every model takes; a number may come for a text, as anywhere."""
    if value is None or (isinstance(value, str | int | float) and not isinstance(value, bool)):
        return None
    return Finding("parameters_invalid", name, f"`{name}` takes a text", blame="client")


def _check_urls(name: str, value: Any) -> Finding | None:
    if all(isinstance(item, str) for item in as_list(value)):
        return None
    said = f"`{name}` takes URLs as text, comma-joined or in a list"
    return Finding("parameters_invalid", name, said, blame="client")


def find_disputes(spec: ModelSpec, sent: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Find what some sources do and others contradict: topic and detail.

    Args:
        spec: the model.
        sent: its parameters, as they arrived.
    """
    for field in spec.inputs:
        if field.type.lower() != "combinefileinput":
            continue
        if isinstance(sent.get(field.name), str) and sent[field.name]:
            yield (
                "combinefileinput as text",
                f"`{field.name}` is a text; accepted, as one document does; all others send an array",
            )
        for name in url_names(field):
            if sent.get(name) not in UNSET:
                said = f"`{name}`; accepted, as one client sends it; documents know no such field"
                yield "URL field of a combinefileinput", said
