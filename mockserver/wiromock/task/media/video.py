"""MP4 videos: the card of the picture, with its bar filling up."""

# PyAV's own annotations leave parts open:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from io import BytesIO

import av
from av.codec.context import Flags

from wiromock.task.media.caption import Caption
from wiromock.task.media.picture import HEIGHT, WIDTH, draw_card

FRAMES = 16
RATE = 8
"""Frames a second; two seconds in all."""


def render_video(caption: Caption) -> bytes:
    """Make an MP4 with H.264, which browsers and players play."""
    buffer = BytesIO()
    # One thread and `bitexact`: no scheduling and no library version gets into the bytes.
    with av.open(buffer, "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libx264", rate=RATE, options={"threads": "1"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.flags |= Flags.bitexact
        for number in range(1, FRAMES + 1):
            card = draw_card(caption, number / FRAMES)
            frame = av.VideoFrame.from_image(card)  # type: ignore[no-untyped-call] # lacks one annotation
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return buffer.getvalue()
