"""What kinds of files a model makes, as its categories say it: `image-to-video` makes video."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

_CATEGORY: Final = re.compile(r"[a-z0-9-]+-to-([a-z0-9]+)")
_MEDIA: Final[Mapping[str, str]] = {
    "3d": "model/*",
    "audio": "audio/*",
    "image": "image/*",
    "music": "audio/*",
    "song": "audio/*",
    "speech": "audio/*",
    "text": "text/*",
    "video": "video/*",
    "voice": "audio/*",
}
"""By the last word of a category. Any other word says nothing, and so do categories without `-to-`."""


def media_types(categories: Iterable[str]) -> tuple[str, ...]:
    """Return the media types of a model's outputs, in the order of its categories; maybe none.

    They are a hint and not a promise: what a task made is stated by each output itself.
    """
    words = (_CATEGORY.fullmatch(category.lower()) for category in categories)
    known = (_MEDIA.get(word[1]) for word in words if word)
    return tuple(dict.fromkeys(media_type for media_type in known if media_type))
