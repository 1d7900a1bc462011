"""Files are real, of a size that is known before they are made, and the same on every machine."""

import io
from hashlib import sha256

import av
import pytest
from PIL import Image

from wiromock.task.media import SIZES, render, size_of
from wiromock.task.media.caption import Caption
from wiromock.task.media.picture import HEIGHT, WIDTH, draw_card, fill_bar
from wiromock.task.media.video import FRAMES, RATE, render_video

CAPTIONS = (
    Caption("acme/image", "a deer", "7"),
    Caption("acme/image", "", "7"),
    Caption("a/" + "W" * 80, "漢字 😀 " + "Wide words MMMM @@@@ " * 40, "1234567890", 9),
    Caption("acme/image", "~#@%&" * 80, "7"),
)
captions = pytest.mark.parametrize("caption", CAPTIONS, ids=lambda caption: caption.prompt[:6])


@captions
@pytest.mark.parametrize("kind", [*SIZES, "text"])
def test_the_size_is_known_before_the_file_is_made(kind, caption):
    assert size_of(kind, caption) == len(render(kind, caption))


@captions
def test_every_frame_of_a_video_is_exactly_the_card(caption):
    with av.open(io.BytesIO(render_video(caption))) as container:
        stream = container.streams.video[0]
        assert (stream.average_rate, stream.codec_context.name) == (RATE, "h264")
        frames = list(container.decode(video=0))
    assert len(frames) == FRAMES
    card = draw_card(caption, 0.0)
    for number, frame in enumerate(frames, start=1):
        fill_bar(card, number / FRAMES)
        luma = card.convert("YCbCr").getchannel(0).tobytes()
        wide = frame.planes[0].line_size
        shown = bytes(frame.planes[0])
        rows = (shown[row * wide : row * wide + WIDTH] for row in range(HEIGHT))
        assert b"".join(rows) == luma


@captions
@pytest.mark.parametrize(("kind", "form"), [("image", "PNG"), ("webp", "WEBP")])
def test_a_picture_opens_and_shows_the_card(kind, form, caption):
    picture = Image.open(io.BytesIO(render(kind, caption)))
    picture.load()
    assert (picture.format, picture.size) == (form, (WIDTH, HEIGHT))
    if picture.mode == "RGB":
        assert picture.tobytes() == draw_card(caption).tobytes()


def test_the_bytes_of_a_video_do_not_depend_on_the_machine():
    """Text depends on Pillow's version; a card without any does not."""
    from wiromock.task.media.h264 import Planes, write_frames, write_parameters
    from wiromock.task.media.mp4 import Track, write_mp4

    grey = Planes(32, 16, bytes([90]) * 512, bytes([128]) * 128, bytes([128]) * 128)
    lighter = Planes(32, 16, bytes([90]) * 496 + bytes([91]) * 16, grey.blue, grey.red)
    track = Track(write_frames([grey, lighter]), write_parameters(32, 16, 0), 32, 16, 1)
    video = write_mp4(track, 4096)
    with av.open(io.BytesIO(video)) as container:
        shown = [
            bytes(frame.planes[0])[15 * frame.planes[0].line_size + 31]
            for frame in container.decode(video=0)
        ]
    assert shown == [90, 91]
    assert sha256(video).hexdigest().startswith(DIGEST)


DIGEST = "607a1f4647eb1608"
