"""PNG and WEBP pictures: a coloured card with the caption on it."""

import struct
import textwrap
import zlib
from io import BytesIO
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

from wiromock.task.media.caption import Caption

WIDTH, HEIGHT = 320, 180
_COLUMNS, _ROWS = 44, 6


SIZE = 32_768
"""Bytes of every picture, which makes its size known before it is made."""

_COLOURS = 16
"""Of a card that would be larger otherwise: with so few, half a byte a pixel always fits."""


def render_picture(caption: Caption, form: Literal["PNG", "WEBP"] = "PNG") -> bytes:
    """Make a picture of `SIZE` bytes; in either form nothing of the card is lost."""
    card = draw_card(caption)
    pad = _pad_png if form == "PNG" else _pad_webp
    return pad(_save(card, form)) or pad(_save(card.quantize(_COLOURS), form))


def _save(card: Image.Image, form: Literal["PNG", "WEBP"]) -> bytes:
    buffer = BytesIO()
    card.save(buffer, form, lossless=True)
    return buffer.getvalue()


def _pad_png(picture: bytes) -> bytes:
    """Fill a PNG up with a chunk that readers skip, before its last; nothing when it is too large."""
    end = picture[-12:]
    spare = SIZE - len(picture) - 12
    if spare < 0:
        return b""
    content = b"paDd" + bytes(spare)
    chunk = struct.pack(">L", spare) + content + struct.pack(">L", zlib.crc32(content))
    return picture[:-12] + chunk + end


def _pad_webp(picture: bytes) -> bytes:
    """Fill a WEBP up with blank metadata, which makes it the extended form; nothing when it is too large."""
    header = b"VP8X" + struct.pack("<LL", 10, 0x04)  # what comes: XMP
    header += (WIDTH - 1).to_bytes(3, "little") + (HEIGHT - 1).to_bytes(3, "little")
    image = picture[12:]
    spare = SIZE - 12 - len(header) - len(image) - 8
    if spare < 0:
        return b""
    body = b"WEBP" + header + image + b"XMP " + struct.pack("<L", spare) + b" " * spare
    return b"RIFF" + struct.pack("<L", len(body)) + body


def draw_card(caption: Caption, done: float = 1.0) -> Image.Image:
    """Draw the card.

    Args:
        caption: what it says and, by its digest, its colour.
        done: how much of the bar at the foot is filled, 0 to 1.
    """
    red, green, blue = (64 + byte // 3 for byte in caption.digest[:3])
    card = Image.new("RGB", (WIDTH, HEIGHT), (red, green, blue))
    pen = ImageDraw.Draw(card)
    title, subtitle, prompt = caption.lines
    pen.text((12, 10), title, "white", _font(18))
    pen.text((12, 36), subtitle, "white", _font(12))
    wrapped = textwrap.wrap(prompt, _COLUMNS, max_lines=_ROWS, placeholder=" …")
    pen.multiline_text((12, 58), "\n".join(wrapped), "white", _font(12))
    fill_bar(card, done)
    return card


def fill_bar(card: Image.Image, done: float) -> None:
    """Fill the bar at the foot of a card up to a share, 0 to 1."""
    if done:
        shape = (0, HEIGHT - 8, round((WIDTH - 1) * done), HEIGHT - 1)
        ImageDraw.Draw(card).rectangle(shape, "white")


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own font, so that no machine draws another picture than the next."""
    return ImageFont.load_default(size)
