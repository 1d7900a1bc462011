"""WAV sounds: one second of a tone whose pitch comes from the caption."""

import math
import wave
from array import array
from io import BytesIO

from wiromock.task.media.caption import Caption

RATE = 16_000
"""Samples a second; one second, 16 bits, one channel."""
SIZE = 44 + 2 * RATE
"""Bytes of every sound: a header, and the samples."""


def render_sound(caption: Caption) -> bytes:
    """Make a WAV."""
    pitch = 220 + caption.digest[0] * 2
    step = 2 * math.pi * pitch / RATE
    samples = array("h", (round(9_000 * math.sin(step * at)) for at in range(RATE)))
    buffer = BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setparams((1, 2, RATE, len(samples), "NONE", ""))
        sound.writeframes(samples.tobytes())
    return buffer.getvalue()
