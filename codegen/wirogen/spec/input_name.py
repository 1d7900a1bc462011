"""What the name of an input suggests where its document says no more.

A name is a hint and no proof. So each question here is asked only where a wrong answer refuses no good call:
a text that is taken for a number still takes text, a text that is taken for a file takes any URL.
"""

import re
from collections.abc import Collection, Iterator
from typing import Final

from wirogen.text.words import words_of

_QUANTITIES: Final = frozenset(
    """
    amount batch bpm cfg count degree depth duration epochs eta factor fps frames frequency gain
    guidance height interval iterations k length limit max min momentum n noise num number offset
    opacity p penalty percent percentage pitch radius rank rate samples scale seconds seed shift
    sigma speed steps strength tempo temperature threshold tokens tolerance volume weight width
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
"""Nouns that are counted or measured."""
_SHORTEST_ENDING: Final = 4
"""Letters of a quantity that may end a longer word: `rescale`, `timesteps`, but not `plan`."""

_LANGUAGE: Final = frozenset(
    """
    caption color colour desc description detail details email format id ids info instruction
    instructions key keywords lang language link locale lyrics message messages model name path
    phrase prompt prompts query question script sentence sequences story style subject subtitle
    system tag tags text texts title token topic uri url urls user voice word words
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
"""Nouns that are said and never counted."""

_WORDS: Final = frozenset(
    """
    caption instruction instructions lyrics message phrase prompt prompts query question script sentence
    sentences story text texts
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
"""Nouns of the words that a model works on, where a name ends in one."""
_MANNERS: Final = frozenset({"negative", "schema", "stop", "system", "tools"})
"""What makes even such words a setting: `negativePrompt`, `systemInstructions`."""
_SETTINGS: Final = frozenset(
    """
    callback choice color colour format id ids key keys lang language locale model negative redirect
    schema stop style system token tools user voice webhook
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
"""Words of texts that say how to make something, and not of what."""

_MEDIA: Final = "audio|clip|document|face|file|frame|image|mask|music|pdf|photo|picture|sound|speech|video|voice"
_MEDIUM: Final = re.compile(rf"(?:{_MEDIA})s?[0-9]*")
_FILE: Final = re.compile(
    rf"(?i:input_?(?:all|(?:{_MEDIA})s?)(?:_?[0-9]+)?(?:_?(?:first|last|start|end|multiple))?)"
)
_UPLOAD: Final = re.compile(
    r"(?i:(?:multi[ _-]?)?(?:(?:audio|file|image|media|photo|video)s?[ _-]?"
    r"(?:input|picker|upload(?:er)?)?|upload(?:er)?))"
)
_SEVERAL: Final = re.compile(rf"(?i:(?:.*_)?(?:input_?all|.*(?:{_MEDIA})s)|.*multiple)(?![a-z])")
_URL: Final = re.compile(r"(?:Ur[li]|UR[LI]|_ur[li])(?![a-z])")


def measures(name: str) -> bool:
    """Return whether a name is that of a quantity: `topP`, `ss_guidance_rescale`."""
    words = _words(name)
    return any(
        word in _QUANTITIES
        or any(word.endswith(noun) for noun in _QUANTITIES if len(noun) >= _SHORTEST_ENDING)
        for word in words
    ) and not _LANGUAGE.intersection(words[-1:])


def names_content(name: str) -> bool:
    """Return whether a name is that of words or files: `negativePrompt`, `session_id`, `inputImage`."""
    words = _words(name)
    return bool(_LANGUAGE.intersection(words)) or any(_MEDIUM.fullmatch(word) for word in words)


def names_words(name: str) -> bool:
    """Return whether a name is that of the words that a model works on: `prompt`, `userPrompt`, `lyrics`."""
    words = _words(name)
    return bool(_WORDS.intersection(words[-1:])) and not _MANNERS.intersection(words)


def sets(name: str) -> bool:
    """Return whether a name is that of a setting: `negativePrompt`, `session_id`, `voice`."""
    return bool(_SETTINGS.intersection(_words(name))) and not names_words(name)


def without_url(name: str) -> str:
    """Return the name of the input whose URLs one of this name would take: `inputImageUrl` → `inputImage`."""
    return _URL.sub("", name, count=1)


def names_url_of_file(name: str) -> bool:
    """Return whether an input of this name takes the URL of a file: `maskUrl`, but not `websiteUrl`."""
    file = without_url(name)
    words = _words(file)
    is_call = bool({"callback", "redirect", "webhook"}.intersection(words))
    return file != name and not is_call and any(_MEDIUM.fullmatch(word) for word in words)


def names_file(name: str) -> bool:
    """Return whether an input of this name takes a file itself: `inputImage`, `inputDocumentMultiple`."""
    return bool(_FILE.fullmatch(name))


def names_upload(widget: str) -> bool:
    """Return whether a widget that is not known says that it takes files: `upload`, `image`, `audioInput`."""
    return bool(_UPLOAD.fullmatch(widget.strip()))


def names_several(name: str) -> bool:
    """Return whether the name of a file input is that of several: `inputDocumentUrlMultiple`."""
    return bool(_SEVERAL.match(without_url(name)))


def url_siblings(name: str, names: Collection[str]) -> Iterator[str]:
    """Return the names of the inputs that take the URLs of the file input `name`."""
    return (other for other in names if without_url(other) == name != other)


def file_siblings(name: str, names: Collection[str]) -> Iterator[str]:
    """Return the names of the inputs whose URLs the input `name` takes."""
    return (other for other in names if without_url(name) == other != name)


def _words(name: str) -> list[str]:
    return [word.lower() for word in words_of(name)]
