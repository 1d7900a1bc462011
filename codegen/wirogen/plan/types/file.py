"""File inputs and the siblings that take URLs in their place.

Documents show some file inputs as two, one for an uploaded file and one for its URL, and nothing but
their names says so: `inputImage` and `inputImageUrl`, `inputDocumentMultiple` and
`inputDocumentUrlMultiple`. Some show the one for the URL alone.
"""

import re
from collections.abc import Sequence
from typing import Final

from wirogen.plan.types.value_type import TypingError, ValueType
from wirogen.spec.model import Input

_MEDIA: Final = "audio|document|file|image|mask|music|pdf|photo|picture|sound|video|voice"
_FILE: Final = re.compile(
    rf"(?i:input_?(?:all|(?:{_MEDIA})s?)(?:_?[0-9]+)?(?:_?(?:first|last|start|end|multiple))?)"
)
_SEVERAL: Final = re.compile(rf"(?i:input_?(?:all|(?:{_MEDIA})s)|.*multiple)(?![a-z])")
_URL: Final = re.compile(r"(?:Url|URL|_url)(?![a-z])")


def without_url(name: str) -> str:
    """The name of the input whose URLs one of this name would take: `inputImageUrl` → `inputImage`."""
    return _URL.sub("", name, count=1)


def names_url_of_file(name: str) -> bool:
    """Whether an input of this name takes the URL of a file: `inputImageUrl`, but not `websiteUrl`."""
    return without_url(name) != name and bool(_FILE.fullmatch(without_url(name)))


def names_several(name: str) -> bool:
    """Whether the name of a file input speaks of several: `inputDocumentUrlMultiple`."""
    return bool(_SEVERAL.match(without_url(name)))


def find_sibling(field: Input, value_type: ValueType, inputs: Sequence[Input]) -> str | None:
    """The wire name of the input that takes URLs in place of an uploaded file.

    Documents spell it with `Url` somewhere in the name: `inputImageUrl`, but also
    `inputDocumentUrlMultiple` for `inputDocumentMultiple`.

    Raises:
        TypingError: If several inputs could be it, or a refinement names one for an input that
            has none.
    """
    stated = field.refine.url_name if field.refine else None
    if value_type.marker not in {"File", "FileList"}:
        if stated is not None:
            raise TypingError("the refinement says `url_name`, but no sibling takes its URLs")
        return None
    if stated is not None:
        return stated
    names = [other.name for other in inputs if without_url(other.name) == field.name != other.name]
    if len(names) > 1:
        raise TypingError(f"both `{names[0]}` and `{names[1]}` could take its URLs")
    return names[0] if names else None


def partners(field: Input, inputs: Sequence[Input]) -> list[str]:
    """The names of the inputs whose URLs this one could take."""
    return [other.name for other in inputs if without_url(field.name) == other.name != field.name]
