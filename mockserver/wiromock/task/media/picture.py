"""PNG and WEBP pictures: a coloured card with the caption on it."""

import textwrap
from io import BytesIO
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

from wiromock.task.media.caption import Caption

WIDTH, HEIGHT = 320, 180
_COLUMNS, _ROWS = 44, 6


def render_picture(caption: Caption, form: Literal["PNG", "WEBP"] = "PNG") -> bytes:
    """Make a picture; nothing of it is lost in either form."""
    buffer = BytesIO()
    draw_card(caption).save(buffer, form, lossless=True)
    return buffer.getvalue()


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
    pen.rectangle((0, HEIGHT - 8, round((WIDTH - 1) * done), HEIGHT - 1), "white")
    return card


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own font, so that no machine draws another picture than the next."""
    return ImageFont.load_default(size)
