"""File inputs and the siblings that take URLs in their place.

Documents show some file inputs as two, one for an uploaded file and one for its URL, and nothing but
their names says so: `inputImage` and `inputImageUrl`, `inputDocumentMultiple` and
`inputDocumentUrlMultiple`. Some show the one for the URL alone. `wirogen.spec.input_name` reads the names.
"""

from collections.abc import Sequence

from wirogen.plan.types.value_type import TypingError, ValueType
from wirogen.spec.input_name import url_siblings
from wirogen.spec.model import Input


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
    names = list(url_siblings(field.name, [other.name for other in inputs]))
    if len(names) > 1:
        raise TypingError(f"both `{names[0]}` and `{names[1]}` could take its URLs")
    return names[0] if names else None
