"""Names that an argument or a class must not take.

Written out rather than asked of the running Python and pydantic: the same spec must give the same
names wherever it is generated. A test compares the lists with what is installed.
"""

from typing import Final

KEYWORDS: Final = frozenset(
    """
    and as assert async await break class continue def del elif else except finally for from global
    if import in is lambda nonlocal not or pass raise return try while with yield
    case match type
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
"""Keywords and soft keywords, in lower case as every derived name is."""

BUILTINS: Final = frozenset(
    """
    abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod
    compile complex copyright credits delattr dict dir divmod enumerate eval exec exit filter float
    format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter
    len license list locals map max memoryview min next object oct open ord pow print property quit
    range repr reversed round set setattr slice sorted staticmethod str sum super tuple vars zip
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
"""Shadowing one inside a class body breaks the annotations below it."""

METACLASS_ATTRIBUTES: Final = frozenset({"mro", "register"})
"""What the class of pydantic's `BaseModel` has: an argument of that name would hide it, with a warning."""

MODEL_ATTRIBUTES: Final = frozenset(
    """
    construct copy dict from_orm from_wire json model_computed_fields model_config model_construct
    model_copy model_dump model_dump_json model_extra model_fields model_fields_set
    model_json_schema model_parametrized_name model_post_init model_rebuild model_validate
    model_validate_json model_validate_strings parse_file parse_obj parse_raw replace schema schema_json
    to_wire update_forward_refs validate
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
"""Attributes of pydantic's `BaseModel` and of the runtime's `Request`."""

CALL_OPTIONS: Final = frozenset(
    """
    callback_url cls deadline key max_cost model on_abandon on_event on_unknown project_id request
    retry_refused self tracking unknown_price upload
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
"""What the methods of a client take in addition to a model's arguments."""

MODULE_NAMES: Final = frozenset({"wire"})
"""Lower-case names that a model's module uses below its fields."""

ARGUMENTS: Final = (
    KEYWORDS | BUILTINS | MODEL_ATTRIBUTES | METACLASS_ATTRIBUTES | CALL_OPTIONS | MODULE_NAMES
)

CLASSES: Final = frozenset(
    """
    Annotated Any AsyncNamespace ClassVar Field FileInput Files Final Literal MediaRequest Namespace
    RealtimeRequest TextRequest
    None True False
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
"""Names in capitals that generated modules use, and Python's own constants."""

DEVICES: Final = frozenset(
    ["aux", "con", "nul", "prn"]
    + [f"{device}{number}" for device in ("com", "lpt") for number in range(10)]
)
"""File names that Windows gives to devices, whatever their suffix."""
