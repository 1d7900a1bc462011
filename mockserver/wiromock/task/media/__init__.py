"""Real, small files made here: what a model would have made, for people and decoders to look at.

The same caption always makes the same bytes. How many there are is known before a file is made, so that a
task can state the size of what nobody downloads.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from wiromock._extra import mock_extra
from wiromock.scenario import MediaKind
from wiromock.task.media.caption import Caption

SIZES: Final[Mapping[MediaKind, int]] = {
    "video": 131_072,
    "image": 32_768,
    "webp": 32_768,
    "audio": 32_044,
}
"""Bytes of the files that are filled up to a fixed size. Written here too, so that no library has to be
loaded to know it."""


def size_of(kind: MediaKind, caption: Caption) -> int:
    """Return how many bytes a file has; only a text is made for it."""
    return SIZES[kind] if kind in SIZES else len(render(kind, caption))


@lru_cache(maxsize=128)
def render(kind: MediaKind, caption: Caption) -> bytes:
    """Make a file.

    Args:
        kind: `video` makes MP4, `image` PNG, `webp` WEBP, `audio` WAV, anything else text.
        caption: what it shows.

    Raises:
        MissingExtra: the library for this kind is not installed.
    """
    # Inside, so that a mock that never makes a video never loads a video library.
    with mock_extra():
        match kind:
            case "video":
                from wiromock.task.media.video import render_video  # noqa: PLC0415 - see above

                return render_video(caption)
            case "image" | "webp":
                from wiromock.task.media.picture import render_picture  # noqa: PLC0415 - see above

                return render_picture(caption, "WEBP" if kind == "webp" else "PNG")
            case "audio":
                from wiromock.task.media.sound import render_sound  # noqa: PLC0415 - see above

                return render_sound(caption)
            case "text" | "raw":
                return "\n".join((*caption.lines, "")).encode()
