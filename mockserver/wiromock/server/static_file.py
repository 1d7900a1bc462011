"""The style, the script and the icon of the page."""

from pathlib import Path
from typing import Final

from wiromock.wire.http import Reply

_FOLDER: Final = Path(__file__).parent / "static"

_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def read_static(name: str) -> Reply | None:
    """Return a file of the page by its name; None when there is no such file."""
    path = _FOLDER / name
    content_type = _TYPES.get(path.suffix)
    if content_type is None or path.parent != _FOLDER or not path.is_file():
        return None
    headers = {
        "content-type": content_type,
        "cache-control": "no-cache",
        "x-content-type-options": "nosniff",
    }
    return Reply(200, headers, path.read_bytes())
