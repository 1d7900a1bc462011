"""Which inputs hold what a model works on: prompts, texts and files.

A call that gives none of them would be billed for nothing the caller asked for. So it is refused: by the
generated class before anything is sent, and by the mock. A spec says otherwise with `refine:` of its own.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final, cast

from wirogen.spec.input_name import (
    file_siblings,
    measures,
    names_content,
    names_file,
    names_upload,
    names_url_of_file,
    names_words,
    sets,
)
from wirogen.spec.model import Input, ModelSpec
from wirogen.spec.tool_call import WORDS
from wirogen.spec.value import is_number, is_structure
from wirogen.spec.widget import CALL_FIELDS, family, is_file

PROSE_WORDS: Final = 3
"""A default of so many words was written to be read."""

LONGEST_TEXT: Final = 1_000_000
"""A longest length above this is no length but the limit of a number: requests are not that large."""

_NOT_OPTIONAL: Final = re.compile(r"\b(?:not|isn't|never|is no longer) (?:an? )?optional\b")
_OPTIONAL: Final = re.compile(
    r"\b(?:optional(?:ly)?|(?:not|isn't|never) required|no [a-z]+ required)\b"
)
_REQUIRED: Final = re.compile(
    r"\b(?:required|mandatory)\b(?! (?:by|for|if|in|only|to|unless|when|with)\b)"
)


def content_names(spec: ModelSpec) -> tuple[str, ...]:
    """Return the wire names of the inputs of which a call must give one, in the document's order; maybe none.

    The name of a file input stands for its `…Url` sibling too.
    """
    if spec.refine is not None and spec.refine.content is not None:
        return tuple(spec.refine.content)
    is_flagged = any(field.required for field in spec.inputs)
    content = [f for f in spec.inputs if _is_content(f, spec.inputs, is_flagged=is_flagged)]
    if _is_chat(spec):
        content = [f for f in content if f.name in WORDS]
    # A text of which nothing says that it holds words may do instead of one, and is never asked for alone.
    is_sure = any(family(f.type) != "text" or names_content(f.name) for f in content)
    return tuple(field.name for field in content) if is_sure else ()


def _is_chat(spec: ModelSpec) -> bool:
    """Whether each run is a turn of a talk: one says something, and files only go with it (platform.md §4.2, §13)."""
    names = {field.name for field in spec.inputs}
    return spec.kind == "text" and "session_id" in names and not names.isdisjoint(WORDS)


def says_required(help_text: str | None) -> bool | None:
    """Return what a help says of leaving its input out; None where it says nothing, or under conditions."""
    words = (help_text or "").lower().replace("\u2019", "'")
    if _NOT_OPTIONAL.search(words):
        return True
    if _OPTIONAL.search(words):
        return False
    return True if _REQUIRED.search(words) else None


def is_prose(field: Input) -> bool:
    """Return whether a default of the input was written to be read: an example, not what a caller wants."""
    words = str(field.default or "").split()
    is_url = bool(words) and words[0].lower().startswith(("https://", "http://"))
    is_long = family(field.type) == "prose" or len(words) >= PROSE_WORDS
    is_asked = names_words(field.name) and not sets(field.name)
    return is_asked or is_long or is_url


def _is_content(field: Input, inputs: Sequence[Input], *, is_flagged: bool) -> bool:
    kind = field.refine.kind if field.refine else None
    if field.name in CALL_FIELDS or _takes_urls_of(field, inputs):
        return False
    if field.value is not None:
        return not sets(field.name) and _is_open(field.value)
    if takes_files(field):
        return True
    if kind not in {None, "string", "json"} or field.options is not None or sets(field.name):
        return False
    if family(field.type) == "prose":
        return True
    return family(field.type) == "text" and _is_free(field, is_flagged=is_flagged)


def _is_open(schema: Mapping[str, object]) -> bool:
    """Whether a value may be words, a list or a mapping: one of numbers and listed values is a setting."""
    branches = schema.get("anyOf")
    if isinstance(branches, list):
        return any(_is_open(branch) for branch in cast("list[Mapping[str, object]]", branches))
    if "enum" in schema:
        return False
    stated = schema.get("type")
    kinds = cast("list[object]", stated) if isinstance(stated, list) else [stated]
    return any(kind not in {"integer", "number", "boolean", "null"} for kind in kinds)


def takes_files(field: Input) -> bool:
    """Return whether an input takes files: by its widget, by what was concluded, or by its name."""
    kind = field.refine.kind if field.refine else None
    is_unknown = family(field.type) is None and field.options is None
    is_named = is_unknown and (names_file(field.name) or names_upload(field.type))
    is_stated = is_file(field.type) or kind in {"file", "files"}
    return is_stated or is_named or names_url_of_file(field.name)


def _takes_urls_of(field: Input, inputs: Sequence[Input]) -> bool:
    names = [other.name for other in inputs]
    is_named = any(file_siblings(field.name, names))
    return is_named or any(o.refine and o.refine.url_name == field.name for o in inputs)


def _is_free(field: Input, *, is_flagged: bool) -> bool:
    """Whether a text holds words of the caller: neither a number nor a setting with a default of its own."""
    if names_words(field.name):
        return True
    if field.default in {None, ""}:
        return not (measures(field.name) or _has_range(field))
    if is_number(field.default):
        return False
    return is_prose(field) or is_structure(field.default) or not is_flagged


def _has_range(field: Input) -> bool:
    limits = (field.minimum, field.maximum, field.step)
    return any(limit is not None for limit in limits) or (field.max_length or 0) > LONGEST_TEXT
