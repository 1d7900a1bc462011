"""MP4 files: one video track, in the boxes of ISO/IEC 14496-12 and -15."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

_MATRIX = struct.pack(">9L", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
"""Neither turned nor scaled."""


@dataclass(frozen=True, slots=True)
class Track:
    """A video before it is a file."""

    frames: Sequence[bytes]
    """One NAL unit each; only the first is whole."""
    parameters: tuple[bytes, bytes]
    """The sequence's and the pictures', as NAL units."""
    width: int
    """Pixels that are shown."""
    height: int
    rate: int
    """Frames a second."""


def write_mp4(track: Track, size: int) -> bytes:
    """Write a video.

    Args:
        track: what it shows.
        size: bytes that the file shall have; what is left over is a box that players skip.
    """
    samples = [struct.pack(">L", len(frame)) + frame for frame in track.frames]
    kind = _box(b"ftyp", b"isom", struct.pack(">L", 512), b"isomiso2avc1mp41")
    offset = len(kind) + len(_movie(track, samples, 0)) + 8
    written = kind + _movie(track, samples, offset) + _box(b"mdat", *samples)
    return written + _box(b"free", bytes(size - len(written) - 8))


def _box(name: bytes, *content: bytes) -> bytes:
    inside = b"".join(content)
    return struct.pack(">L4s", len(inside) + 8, name) + inside


def _full(name: bytes, flags: int, *content: bytes) -> bytes:
    return _box(name, struct.pack(">L", flags), *content)


def _movie(track: Track, samples: Sequence[bytes], offset: int) -> bytes:
    length = len(samples)
    header = _full(
        b"mvhd",
        0,
        struct.pack(">4L", 0, 0, track.rate, length),
        struct.pack(">LH10x", 0x10000, 0x100),
        _MATRIX,
        bytes(24),
        struct.pack(">L", 2),  # the number of the next track
    )
    head = _full(
        b"tkhd",
        3,  # enabled, in the movie
        struct.pack(">5L8x", 0, 0, 1, 0, length),
        bytes(8),
        _MATRIX,
        struct.pack(">2L", track.width << 16, track.height << 16),
    )
    media = _box(
        b"mdia",
        _full(b"mdhd", 0, struct.pack(">4L2H", 0, 0, track.rate, length, 0x55C4, 0)),  # no language
        _full(b"hdlr", 0, bytes(4), b"vide", bytes(12), b"video\0"),
        _box(
            b"minf",
            _full(b"vmhd", 1, bytes(8)),
            _box(b"dinf", _full(b"dref", 0, struct.pack(">L", 1), _full(b"url ", 1))),
            _table(track, samples, offset),
        ),
    )
    return _box(b"moov", header, _box(b"trak", head, media))


def _table(track: Track, samples: Sequence[bytes], offset: int) -> bytes:
    """How the samples are decoded, how long each lasts, and where it lies."""
    sequence, picture = track.parameters
    decoder = _box(
        b"avcC",
        bytes(
            [1, *sequence[1:4], 0xFF, 0xE1]
        ),  # lengths in four bytes, one parameter set of each kind
        struct.pack(">H", len(sequence)),
        sequence,
        struct.pack(">BH", 1, len(picture)),
        picture,
    )
    entry = _box(
        b"avc1",
        struct.pack(">6xH16x", 1),
        struct.pack(
            ">2H3LH32s2H", track.width, track.height, 72 << 16, 72 << 16, 0, 1, b"", 24, 0xFFFF
        ),
        decoder,
    )
    count = len(samples)
    sizes = struct.pack(f">2L{count}L", 0, count, *(len(sample) for sample in samples))
    return _box(
        b"stbl",
        _full(b"stsd", 0, struct.pack(">L", 1), entry),
        _full(b"stts", 0, struct.pack(">3L", 1, count, 1)),
        _full(b"stss", 0, struct.pack(">2L", 1, 1)),
        _full(b"stsc", 0, struct.pack(">4L", 1, 1, count, 1)),
        _full(b"stsz", 0, sizes),
        _full(b"stco", 0, struct.pack(">2L", 1, offset)),
    )
