"""Models as cards: grouped by what they make, each with a cover that is drawn here.

The covers that specs name are on the platform's own host, and a mock is offline.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Final
from zlib import crc32

from wirogen.spec.model import ModelSpec
from wiromock.task.profile import kind_of_output

_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "Video": ("video", "avatar", "lipsync", "i2v", "t2v"),
    "Sound": ("speech", "audio", "music", "voice", "sound", "tts"),
    "3D": ("3d",),
    "Images": ("image", "photo", "picture", "img", "flux", "cartoon"),
}
"""What models make, by words of their name; the first that fits, for models that state no category."""

_MADE: Final = {"video": "Video", "image": "Images", "audio": "Sound", "text": "Text"}
_ORDER: Final = ("Images", "Video", "Sound", "3D", "Text", "Realtime", "Other")


@dataclass(frozen=True, slots=True)
class Card:
    """What the page shows of a model before it is opened."""

    slug: str
    title: str
    description: str


def group_models(specs: Iterable[ModelSpec]) -> list[tuple[str, list[Card]]]:
    """Return models by what they make, in a fixed order, without empty groups."""
    groups: dict[str, list[Card]] = {name: [] for name in _ORDER}
    for spec in specs:
        groups[_made_by(spec)].append(Card(spec.model, spec.title, spec.description or ""))
    return [(name, cards) for name, cards in groups.items() if cards]


def draw_cover(slug: str) -> str:
    """Return a cover as SVG: the same picture for the same model, always."""
    owner, _, model = slug.partition("/")
    hue = crc32(slug.encode()) % 360
    letters = "".join(word[0] for word in model.replace("_", "-").split("-") if word)[:3].upper()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 90" role="img">'
        f'<defs><linearGradient id="g" x2="1" y2="1"><stop stop-color="hsl({hue} 55% 34%)"/>'
        f'<stop offset="1" stop-color="hsl({(hue + 60) % 360} 60% 20%)"/></linearGradient></defs>'
        '<rect width="160" height="90" fill="url(#g)"/>'
        '<g fill="#fff" font-family="sans-serif" text-anchor="middle">'
        f'<text x="80" y="54" font-size="34" font-weight="700">{escape(letters)}</text>'
        f'<text x="80" y="76" font-size="11" opacity=".85">{escape(owner)}</text></g></svg>'
    )


def _made_by(spec: ModelSpec) -> str:
    if spec.kind != "media":
        return {"text": "Text", "realtime": "Realtime"}.get(spec.kind, "Other")
    if spec.categories:
        return _MADE.get(kind_of_output(spec), "Other")
    name = f"{spec.model} {spec.title}".lower()
    return next((made for made, words in _WORDS.items() if any(w in name for w in words)), "Other")
