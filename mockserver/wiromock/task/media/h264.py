"""H.264 written by hand: constrained baseline, lossless, only what a card with a growing bar needs.

A macroblock (16 by 16 pixels) is copied from its left or upper neighbour where that gives exactly the right
picture, and stored as it is (`I_PCM`) elsewhere; later frames skip every macroblock that has not changed. So
nothing is transformed or rounded: the same pictures give the same bytes on every machine, and no library
of 150 MB has to be installed. Clauses are those of ITU-T H.264.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

SIDE: Final = 16
"""Pixels of a macroblock's side; its two colour planes have half as many."""

_IDR, _PICTURE, _SPS, _PPS = 0x65, 0x61, 0x67, 0x68
"""First bytes of the NAL units used here (clause 7.3.1): kind, and that others refer to them."""

_PCM = 25
"""`mb_type` of a macroblock that is stored as it is, in an I slice; 5 more in a P slice (tables 7-11, 7-13)."""
_FROM_ABOVE, _FROM_LEFT = 1, 2
"""`mb_type` of a 16x16 prediction without residual: vertical, horizontal."""
_CHROMA_MODE: Final = {_FROM_LEFT: 1, _FROM_ABOVE: 2}
"""`intra_chroma_pred_mode` that copies in the same direction (table 7-16)."""


@dataclass(frozen=True, slots=True)
class Planes:
    """A picture as brightness and two colour differences, sides rounded up to whole macroblocks."""

    width: int
    height: int
    luma: bytes
    blue: bytes
    red: bytes

    def stripe(self, row: int) -> tuple[bytes, bytes, bytes]:
        """Return a row of macroblocks, to compare it with that of another picture."""
        bright, coloured = self.width * SIDE, self.width // 2 * SIDE // 2
        return (
            self.luma[row * bright : (row + 1) * bright],
            self.blue[row * coloured : (row + 1) * coloured],
            self.red[row * coloured : (row + 1) * coloured],
        )

    def block(self, column: int, row: int) -> bytes:
        """Return a macroblock: 256 bytes of brightness, then 64 of each colour."""
        half, wide = SIDE // 2, self.width // 2
        cut = [_square(self.luma, self.width, column * SIDE, row * SIDE, SIDE)]
        cut += [
            _square(plane, wide, column * half, row * half, half) for plane in (self.blue, self.red)
        ]
        return b"".join(cut)


def _square(plane: bytes, width: int, left: int, top: int, side: int) -> bytes:
    starts = range(top * width + left, (top + side) * width + left, width)
    return b"".join([plane[start : start + side] for start in starts])


class _Bits:
    """Bits in the order of the standard, collected as text: frames are small."""

    def __init__(self) -> None:
        self._done = bytearray()
        self._open = ""

    def put(self, value: int, width: int) -> None:
        """`u(n)`."""
        self._open += f"{value:0{width}b}"

    def put_code(self, value: int) -> None:
        """`ue(v)`: the code of Exp-Golomb (clause 9.1)."""
        code = f"{value + 1:b}"
        self._open += "0" * (len(code) - 1) + code

    def put_bytes(self, content: bytes) -> None:
        """Whole bytes, after zeros up to the next one."""
        self._flush("0")
        self._done += content

    def finish(self) -> bytes:
        """The trailing bits: a one, and zeros up to the next byte."""
        self._open += "1"
        self._flush("0")
        return bytes(self._done)

    def _flush(self, fill: str) -> None:
        self._open += fill * (-len(self._open) % 8)
        if self._open:
            self._done += int(self._open, 2).to_bytes(len(self._open) // 8)
        self._open = ""


def write_parameters(width: int, height: int, crop_bottom: int) -> tuple[bytes, bytes]:
    """Write the sequence and picture parameter sets (clauses 7.3.2.1, 7.3.2.2).

    Args:
        width: pixels, a multiple of 16.
        height: pixels, a multiple of 16.
        crop_bottom: how many rows at the foot are not shown; an even number.
    """
    sequence = _Bits()
    sequence.put_bytes(bytes([66, 0xC0, 13]))  # constrained baseline, level 1.3
    for value in (
        0,
        0,
        2,
        1,
    ):  # its number, bits of frame_num - 4, output in decoding order, one reference
        sequence.put_code(value)
    sequence.put(0, 1)  # no gaps in frame_num
    sequence.put_code(width // SIDE - 1)
    sequence.put_code(height // SIDE - 1)
    sequence.put(0b111, 3)  # whole frames only, direct_8x8_inference, cropped
    for value in (0, 0, 0, crop_bottom // 2):
        sequence.put_code(value)
    sequence.put(0b1_0_0_1, 4)  # usability: no aspect ratio, no overscan, but a signal type:
    sequence.put(0b101_1_0, 5)  # of no format in particular, full range, colours not described
    sequence.put(0, 6)  # no chroma location, timing, HRD (twice), picture structure, restriction
    picture = _Bits()
    picture.put_code(0)  # its number
    picture.put_code(0)  # the sequence's
    picture.put(0, 2)  # variable-length codes, no field order
    for value in (0, 0, 0):  # one slice group, one reference in either list
        picture.put_code(value)
    picture.put(0, 3)  # no weights
    for value in (0, 0, 0):  # quantisers at 26, colour alike
        picture.put_code(value)
    picture.put(0b1_0_0, 3)  # deblocking can be switched off per slice
    return _unit(_SPS, sequence), _unit(_PPS, picture)


def write_frames(pictures: Sequence[Planes]) -> list[bytes]:
    """Write pictures as frames: the first whole, of each later one what has changed. One NAL unit each."""
    later = pairwise(pictures)
    changed = (_next(before, now, number) for number, (before, now) in enumerate(later, start=1))
    return [_first(pictures[0]), *changed]


def _first(picture: Planes) -> bytes:
    """An IDR picture: its I slice copies what it can from the left or from above."""
    columns, rows = picture.width // SIDE, picture.height // SIDE
    blocks = [picture.block(column, row) for row in range(rows) for column in range(columns)]
    bits = _header(kind=7, frame=0)
    bits.put_code(0)  # idr_pic_id
    bits.put(0, 2)  # shown at once, not kept for long
    _end_header(bits)
    stored: list[bool] = []
    for at, block in enumerate(blocks):
        left = at - 1 if at % columns else None
        above = at - columns if at >= columns else None
        mode = _copies(block, blocks, left, above)
        stored.append(mode is None)
        if mode is None:
            _store(bits, block, _PCM)
            continue
        bits.put_code(mode)
        bits.put_code(_CHROMA_MODE[mode])
        bits.put_code(0)  # mb_qp_delta
        # No coefficients (table 9-5); a stored neighbour counts as one that has all sixteen.
        near = [stored[neighbour] for neighbour in (left, above) if neighbour is not None]
        bits.put(0b11, 6) if any(near) else bits.put(1, 1)
    return _unit(_IDR, bits)


def _copies(
    block: bytes, blocks: Sequence[bytes], left: int | None, above: int | None
) -> int | None:
    """Return which neighbour a flat macroblock can be copied from; None when neither gives it exactly."""
    flat = _is_flat(block)
    if flat and left is not None and _right_edge(blocks[left]) == _right_edge(block):
        return _FROM_LEFT
    if flat and above is not None and _bottom_edge(blocks[above]) == _bottom_edge(block):
        return _FROM_ABOVE
    return None


def _is_flat(block: bytes) -> bool:
    return all(part == part[:1] * len(part) for part in (block[:256], block[256:320], block[320:]))


def _right_edge(block: bytes) -> bytes:
    return block[15:256:16] + block[263:320:8] + block[327::8]


def _bottom_edge(block: bytes) -> bytes:
    return block[240:256] + block[312:320] + block[376:]


def _next(before: Planes, now: Planes, number: int) -> bytes:
    """A P slice: what has not changed is skipped."""
    bits = _header(kind=5, frame=number)
    bits.put(0, 3)  # no other reference count, no reordering, no memory commands
    _end_header(bits)
    skipped, columns = 0, now.width // SIDE
    for row in range(now.height // SIDE):
        if before.stripe(row) == now.stripe(row):
            skipped += columns
            continue
        for column in range(columns):
            block = now.block(column, row)
            if before.block(column, row) == block:
                skipped += 1
                continue
            bits.put_code(skipped)
            skipped = 0
            _store(bits, block, _PCM + 5)
    if skipped:
        bits.put_code(skipped)
    return _unit(_PICTURE, bits)


def _header(*, kind: int, frame: int) -> _Bits:
    bits = _Bits()
    bits.put_code(0)  # the slice's first macroblock
    bits.put_code(kind)  # 7: all slices are I; 5: all are P
    bits.put_code(0)  # the picture parameters
    bits.put(frame % 16, 4)  # frame_num
    return bits


def _end_header(bits: _Bits) -> None:
    bits.put_code(0)  # slice_qp_delta
    bits.put_code(1)  # no deblocking, which would blur what is exact


def _store(bits: _Bits, block: bytes, kind: int) -> None:
    bits.put_code(kind)
    bits.put_bytes(block)


def _unit(kind: int, bits: _Bits) -> bytes:
    """A NAL unit; a 3 keeps two zeros from looking like the start of one (clause 7.4.1.1)."""
    content = re.sub(rb"\0\0(?=[\0-\3])", b"\0\0\3", bits.finish())
    return bytes([kind]) + content
