"""What a run costs: a rule of the price list, applied to what went in and what came out.

A realtime session costs by the turn instead, which its timeline counts.

How the platform rounds its units is not documented; docs/simulated-behaviour.md says what is done here.
"""

import re
import wave
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from io import BytesIO
from typing import Any, Final

from wirogen.spec.model import ModelSpec
from wiromock.spec.price import PriceRule
from wiromock.spec.value import FILE_TYPES, as_list

SMALLEST = Decimal("0.000000000001")
"""The platform writes money with twelve decimals."""

TIER = 1_048_576
"""Pixels of one tier of `cp-pixel`."""

FPS: Final = Decimal(16)
"""Frames a second of a video that states frames and no rate."""

_LINES: Final = {"k": 1024, "p": 1}
_SIZE: Final = re.compile(r"([0-9]{2,5})\s*[x*\u00d7]\s*([0-9]{2,5})", re.IGNORECASE)
_HEIGHT: Final = re.compile(r"([0-9]{1,4})(k|p)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What of a request its price may depend on."""

    pixels: int = TIER
    """Of one output; what the request says of its size, else one tier."""
    files: int = 0
    characters: int = 0
    """Of the prompt."""
    audio: Decimal = Decimal(0)
    """Seconds of the sound that went in."""
    video: Decimal = Decimal(1)
    """Seconds of the video that shall come out."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a task has done."""

    seconds: int
    """From accept to the end of the process."""
    outputs: int
    tokens: int
    """That went in and came out; words count as tokens."""


@dataclass(frozen=True, slots=True)
class Price:
    """A rule of prices, and what of a run it measures."""

    rule: PriceRule
    inputs: Inputs = Inputs()

    @property
    def cps(self) -> Decimal:
        """USD a second; 0 for a run that is not priced by time."""
        return self.rule.price if self.rule.method == "cps" else Decimal(0)

    def cost(self, work: Work) -> Decimal:
        """Compute what a successful task costs, in USD."""
        return (self.rule.price * self._units(work) + self._extras()).quantize(SMALLEST)

    def _units(self, work: Work) -> Decimal:
        """How many units of its method a run has; what is priced by the request is one."""
        units: dict[str, Decimal | int] = {
            "cps": work.seconds,
            "cpo": work.outputs,
            "cpt": work.tokens,
            "cp-audiosecondslength": self.inputs.audio,
            "cp-promptlength": self.inputs.characters,
            "cp-outputVideoLength": self.inputs.video,
        }
        return Decimal(units.get(self.rule.method, 1))

    def _extras(self) -> Decimal:
        if self.rule.method != "cp-pixel":
            return Decimal(0)
        tiers = -(-self.inputs.pixels // TIER)
        return self.rule.extra * (tiers - 1) + self.rule.input * self.inputs.files


def measure(spec: ModelSpec, parameters: Mapping[str, Any], audio: Decimal) -> Inputs:
    """Read off a request what its price may depend on.

    Args:
        spec: its documented defaults count for what the request leaves out.
        parameters: as sent.
        audio: seconds of the sound that it refers to.
    """
    filled = {known.name: known.default for known in spec.inputs} | dict(parameters)
    files = [
        file
        for known in spec.inputs
        if known.type.lower() in FILE_TYPES
        for file in as_list(parameters.get(known.name) or [])
        if file
    ]
    return Inputs(
        pixels=_pixels(parameters) or _pixels(filled) or TIER,
        files=len(files),
        characters=len(str(parameters.get("prompt") or parameters.get("text") or "")),
        audio=audio,
        video=_video_seconds(filled),
    )


def sound_seconds(content: bytes) -> Decimal:
    """Return how long a WAV is, in seconds; 0 for what is none."""
    try:
        with wave.open(BytesIO(content)) as sound:
            return Decimal(sound.getnframes()) / Decimal(sound.getframerate())
    except (wave.Error, EOFError):
        return Decimal(0)


def _pixels(filled: Mapping[str, Any]) -> int | None:
    """Pixels of one output; None when nothing says so."""
    width, height = _number(filled.get("width")), _number(filled.get("height"))
    if width and height:
        return int(width * height)
    for name, value in filled.items():
        if "size" not in name.lower() and "resolution" not in name.lower():
            continue
        size = _SIZE.search(str(value))
        if size is not None:
            return int(size[1]) * int(size[2])
        lines = _HEIGHT.fullmatch(str(value).strip())
        if lines is not None:
            side = int(lines[1]) * _LINES[lines[2].lower()]
            return side * side if lines[2].lower() == "k" else side * side * 16 // 9
    return None


def _video_seconds(filled: Mapping[str, Any]) -> Decimal:
    for name in ("duration", "seconds", "videoLength", "length"):
        seconds = _number(filled.get(name))
        if seconds:
            return seconds
    for name in ("frameNum", "numFrames", "frames"):
        frames = _number(filled.get(name))
        if frames:
            rate = _number(filled.get("fps")) or FPS
            return (frames / rate).quantize(Decimal("0.001"), ROUND_CEILING)
    return Decimal(1)


def _number(value: Any) -> Decimal | None:
    """A number, or None; seconds may carry their unit, as in `5s`."""
    match = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*s?", str(value))
    return None if match is None else Decimal(match[1])
