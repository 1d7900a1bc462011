"""The words of a name, however it is spelled: `inputImageURL2`, `input_image_url_2`."""

import re
from typing import Final

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+|[0-9]+")


def words_of(name: str) -> list[str]:
    """Return the words of a name in its own spelling; only ASCII letters and digits are in one."""
    return _WORD.findall(name)
