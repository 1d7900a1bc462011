"""What things are called in Python. The one place where a name is made.

Every name is derived from one spec text alone, so that a new model or input never renames another.
What cannot be named that way is an error that asks for a pin (`python_name`, `class_name`); nothing
gets a number appended behind the reader's back.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from wirogen.plan import reserved
from wirogen.text.words import words_of

_ARGUMENT: Final = re.compile(r"[a-z][a-z0-9_]*")
_CLASS: Final = re.compile(r"[A-Z][A-Za-z0-9_]*")
_ASIDE: Final = re.compile(r"\([^()]*\)")


class NamingError(ValueError):
    """A name cannot be made. Says why and what to do.

    Args:
        message: what is wrong, as one sentence without a full stop.
        remedy: the way out, in the imperative.
    """

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def argument(wire_name: str, *, pinned: str | None = None) -> str:
    """Name the Python argument of an input: `inputImageUrl` → `input_image_url`.

    A name that Python, pydantic or a client's verbs have taken gets one underscore at its end.

    Raises:
        NamingError: If no name follows, or the pinned one is not usable.
    """
    remedy = "pin a name with `refine.python_name`"
    if pinned is not None:
        if not _ARGUMENT.fullmatch(pinned) or pinned in reserved.ARGUMENTS:
            raise NamingError(
                f"`python_name` {pinned!r} is reserved or not a lower-case Python name",
                "choose another, such as one with an underscore at its end",
            )
        return pinned
    name = _digit_safe("_".join(_words(wire_name, remedy)).lower(), "arg_")
    return f"{name}_" if name in reserved.ARGUMENTS else name


def module(model: str) -> str:
    """Name the module of a model, the second part of its slug: `ltx-2-distilled` → `ltx_2_distilled`.

    Raises:
        NamingError: If Windows could not store the file.
    """
    return _file_name(model, "m_")


def package(owner: str) -> str:
    """Name the package of an owner, the first part of a slug.

    Raises:
        NamingError: If Windows could not store the folder.
    """
    return _file_name(owner, "o_")


def request_class(model: str, *, pinned: str | None = None) -> str:
    """Name the request class of a model: `kling-v2-5-turbo` → `KlingV2_5Turbo`.

    Raises:
        NamingError: If the pinned name is not usable.
    """
    if pinned is not None:
        if not _CLASS.fullmatch(pinned) or pinned in reserved.CLASSES:
            raise NamingError(
                f"`class_name` {pinned!r} is reserved or not a Python name that starts with a capital",
                "choose another",
            )
        return pinned
    return _capital(module(model))


def namespace_class(owner: str) -> str:
    """Name the class that holds an owner's models as attributes: `pruna` → `PrunaModels`."""
    return f"{_capital(package(owner))}Models"


def constants_class(argument_name: str) -> str:
    """Name the nested class that holds the choices of an argument: `speed_mode` → `SpeedMode`."""
    return _capital(argument_name)


def constants(values: Sequence[str]) -> Mapping[str, str]:
    """Name the choices that people cannot type easily, as `{value: NAME}`.

    What stands in parentheses is left out of a name unless two choices then read alike. A choice
    that still has no name of its own gets none; its text works as before.
    """
    named = {value: _constant(_ASIDE.sub(" ", value)) for value in values}
    if duplicates(named.values()):
        named = {value: _constant(value) for value in values}
    taken = duplicates(named.values())
    return {value: name for value, name in named.items() if name and name not in taken}


def duplicates(names: Iterable[str]) -> set[str]:
    """Names that occur more than once."""
    return {name for name, times in Counter(names).items() if times > 1}


def _constant(value: str) -> str:
    try:
        name = "_".join(_words(value, "")).upper()
    except NamingError:
        return ""
    return _digit_safe(name, "VALUE_")


def _words(text: str, remedy: str) -> list[str]:
    """The words of a text in plain ASCII: accents and compatibility forms folded, the rest parted.

    Raises:
        NamingError: If nothing is left, or a letter has no plain form (`асме`, `提示`): leaving it
            out would name two different inputs alike.
    """
    folded = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    if any(c.isalnum() and not c.isascii() for c in folded):
        raise NamingError(f"{text!r} has letters without a plain ASCII form", remedy)
    words = words_of(folded)
    if not words:
        raise NamingError(f"{text!r} has no letter or digit to make a name of", remedy)
    return words


def _file_name(text: str, prefix: str) -> str:
    """Name a module or package. Slugs are lower case already; only separators change."""
    if text.partition(".")[0] in reserved.DEVICES:
        raise NamingError(
            f"`{text}` is the name of a device on Windows, where no such file can exist",
            "leave the model out",
        )
    name = _digit_safe(re.sub(r"[^a-z0-9]+", "_", text).strip("_"), prefix)
    return f"{name}_" if name in reserved.KEYWORDS else name


def _digit_safe(name: str, prefix: str) -> str:
    return f"{prefix}{name}" if name[0].isdigit() else name


def _capital(name: str) -> str:
    """`v2_5_turbo` → `V2_5Turbo`: two numbers stay apart, or 2.5 would read as 25."""
    joined = "".join(word.capitalize() for word in re.split(r"_(?![0-9])|(?<![0-9])_", name))
    return f"{joined}_" if joined in reserved.CLASSES else joined
