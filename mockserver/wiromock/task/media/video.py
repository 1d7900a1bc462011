"""MP4 videos: the card of the picture, with its bar filling up."""

from PIL import Image

from wiromock.task.media.caption import Caption
from wiromock.task.media.h264 import SIDE, Planes, write_frames, write_parameters
from wiromock.task.media.mp4 import Track, write_mp4
from wiromock.task.media.picture import HEIGHT, WIDTH, draw_card, fill_bar

FRAMES = 16
RATE = 8
"""Frames a second; two seconds in all."""
SIZE = 131_072
"""Bytes of every video, which makes its size known before it is made."""

_TALL = -(-HEIGHT // SIDE) * SIDE
"""Rows that are written: whole macroblocks."""


def render_video(caption: Caption) -> bytes:
    """Make an MP4 with H.264, which browsers and players play."""
    card = draw_card(caption, 0.0)
    pictures: list[Planes] = []
    for number in range(1, FRAMES + 1):
        fill_bar(card, number / FRAMES)
        pictures.append(_planes(card))
    parameters = write_parameters(WIDTH, _TALL, _TALL - HEIGHT)
    return write_mp4(Track(write_frames(pictures), parameters, WIDTH, HEIGHT, RATE), SIZE)


def _planes(card: Image.Image) -> Planes:
    """A picture in full-range YCbCr with colours at half the resolution; its last row fills the foot."""
    tall = Image.new("RGB", (WIDTH, _TALL))
    tall.paste(card, (0, _TALL - HEIGHT))
    tall.paste(card, (0, 0))
    luma, blue, red = tall.convert("YCbCr").split()
    return Planes(WIDTH, _TALL, luma.tobytes(), blue.reduce(2).tobytes(), red.reduce(2).tobytes())
