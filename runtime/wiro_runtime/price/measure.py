"""How much of what is billed a request asks for, as far as the request itself says it.

Each measure is a range: outputs come out a little larger or shorter than asked for.
"""

from __future__ import annotations

import io
import re
import wave
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

from wiro_runtime import parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wiro_runtime.request.file import LocalFile

__all__ = ["Span", "audio_seconds", "prompt_length", "tiers", "video_seconds"]

TIER = 1_048_576
"""Pixels in one tier."""
_ROUNDING = Decimal("0.1")
"""By how much of itself an output's size differs from what was asked for: models round to blocks."""
_DURATIONS = frozenset(
    {"duration", "durations", "seconds", "length", "videolength", "videoduration"}
)
_PROMPTS = ("prompt", "text", "inputText", "input_text")
_RATIOS = (Decimal(1), Decimal(21) / Decimal(9))
"""Long by short side of the squarest and the longest output where no ratio is asked for."""


class Span(NamedTuple):
    """A measure: at least, most likely, at most. None for what cannot be known."""

    low: Decimal
    expected: Decimal | None
    high: Decimal | None


UNKNOWN = Span(Decimal(0), None, None)


def prompt_length(body: Mapping[str, Any]) -> Span:
    """Characters of the prompt, by which `cp-promptlength` bills; unknown where there is none."""
    prompt = next((body[name] for name in _PROMPTS if isinstance(body.get(name), str)), None)
    if prompt is None:
        return UNKNOWN
    length = Decimal(len(prompt))
    return Span(length, length, length)


def video_seconds(body: Mapping[str, Any]) -> Span:
    """How long a video is asked for, by its inputs for length; unknown where none says it."""
    for name, value in body.items():
        if name.lower().replace("_", "") in _DURATIONS:
            seconds = parse.decimal(str(value).strip().removesuffix("s"))
            if seconds is not None and seconds > 0:
                return _about(seconds)
    return UNKNOWN


def audio_seconds(files: Sequence[LocalFile]) -> Span:
    """Seconds of sound in the local files of a request; only of WAV can they be read."""
    lengths = [_wave_seconds(file) for file in files]
    if not lengths or None in lengths:
        return UNKNOWN
    return _about(sum((length for length in lengths if length is not None), Decimal(0)))


def tiers(body: Mapping[str, Any]) -> Span:
    """Tiers of pixels in one output, by width and height, by resolution, or by resolution and ratio."""
    pixels = _pixels(body)
    if pixels is None:
        return Span(Decimal(1), None, None)
    low, high = pixels
    least, most = low * (1 - _ROUNDING) / TIER, high * (1 + _ROUNDING) / TIER
    middle = ceil((low + high) / 2 / TIER)
    return Span(Decimal(ceil(least)), Decimal(middle), Decimal(ceil(most)))


def _about(seconds: Decimal) -> Span:
    """A length that is stated, and comes out up to a second shorter or longer."""
    return Span(max(Decimal(0), seconds - 1), seconds, seconds + 1)


def _pixels(body: Mapping[str, Any]) -> tuple[Decimal, Decimal] | None:
    named = {name.lower().replace("_", ""): parse.text(value) for name, value in body.items()}
    width, height = parse.decimal(named.get("width")), parse.decimal(named.get("height"))
    if width and height:
        return width * height, width * height
    text = named.get("resolution") or named.get("size") or named.get("imagesize") or ""
    if sides := re.fullmatch(r"\s*(\d+)\s*[x*\u00d7]\s*(\d+)\s*", text, re.IGNORECASE):
        exact = Decimal(sides[1]) * Decimal(sides[2])
        return exact, exact
    ratio = _ratio(named.get("ratio") or named.get("aspectratio") or "")
    if short := re.fullmatch(r"(\d+)p", text.strip(), re.IGNORECASE):
        side = Decimal(short[1])
        squarest, longest = (ratio, ratio) if ratio else _RATIOS
        return side * side * squarest, side * side * longest
    if area := re.fullmatch(r"(\d+(?:\.\d+)?)k", text.strip(), re.IGNORECASE):
        # Of 1K, 2K, 4K only the order of magnitude is agreed upon: a square of so many, or a film's width.
        side = Decimal(area[1]) * 1024
        return side * side / 2, side * side
    return None


def _ratio(text: str) -> Decimal | None:
    shape = re.fullmatch(r"\s*(\d+)\s*[:/]\s*(\d+)\s*", text)
    if shape is None or not int(shape[1]) or not int(shape[2]):
        return None
    sides = sorted((Decimal(shape[1]), Decimal(shape[2])))
    return sides[1] / sides[0]


def _wave_seconds(file: LocalFile) -> Decimal | None:
    if not file.name.lower().endswith(".wav") or not file.is_repeatable:
        return None
    try:
        with file.opened() as opened, wave.open(io.BytesIO(opened.read(1 << 16)), "rb") as sound:
            return Decimal(sound.getnframes()) / Decimal(sound.getframerate())
    except (wave.Error, EOFError, OSError, ArithmeticError):
        return None
