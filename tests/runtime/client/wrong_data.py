"""Wrong data, by what is wrong with each, and the word of the caller's that its message names."""

import math
from decimal import Decimal
from fractions import Fraction

from runtime.client.wrong_calls import Array, Call, Mute, R
from runtime.models import Chat, Vace
from wiro_runtime import binding_of, parse_webhook

__all__ = ["DATA"]

DATA: dict[str, Call] = {
    "positional": (lambda _: Vace("x"), "prompt="),
    "nothing": (lambda _: Vace(), "prompt"),
    "a typo": (lambda _: Vace(prompt="x", framenum=49), "frame_num"),
    "what cannot be shown": (lambda _: Vace(prompt=Mute()), "prompt"),
    "a choice that cannot be shown": (lambda _: Vace(prompt="x", resolution=Mute()), "resolution"),
    "a number out of range": (lambda _: Vace(prompt="x", frame_num=0), "frame_num"),
    "a choice that is none": (lambda _: Vace(prompt="x", resolution="8k"), "resolution"),
    "a number that is none": (
        lambda _: Vace(prompt="x", guidance_scale=math.nan),
        "guidance_scale",
    ),
    "a prompt that is no text": (lambda _: Vace(prompt=["x"]), "prompt"),
    "a file that is none": (lambda _: Vace(prompt="x", input_image=5), "input_image"),
    "a change that is a typo": (lambda _: R.replace(framenum=49), "frame_num"),
    "a change out of range": (lambda _: R.replace(frame_num=-1), "frame_num"),
    "a copy with a typo": (lambda _: R.model_copy(update={"framenum": 49}), "frame_num"),
    "a copy with an array": (lambda _: R.model_copy(update=Array()), "update"),
    "a copy with a number": (lambda _: R.model_copy(update=5), "update"),
    "from_wire of nothing": (lambda _: Vace.from_wire(None), "from_wire()"),
    "from_wire of a list": (lambda _: Vace.from_wire([1]), "from_wire()"),
    "from_wire of a text": (lambda _: Vace.from_wire('{"prompt": "x"}'), "from_wire()"),
    "from_wire of a typo": (lambda _: Vace.from_wire({"prompt": "x", "framenum": "1"}), "frameNum"),
    "from_wire of a number in words": (
        lambda _: Vace.from_wire({"prompt": "x", "frameNum": "many"}),
        "frame_num",
    ),
    **{
        f"from_wire of {value!r:.12} for a text": (
            lambda _, value=value: Vace.from_wire({"prompt": value}),
            "prompt",
        )
        for value in ([], {}, [1], {"a": 1}, object, Fraction(1, 3), math.nan, Decimal("sNaN"))
    },
    "from_wire of numbers for names": (lambda _: Vace.from_wire({1: "x"}), "1"),
    "to_wire of a local file": (
        lambda _: Vace(prompt="x", input_image=[b"\x89PNG"]).to_wire(),
        "client.files.upload()",
    ),
    "the binding of nothing": (lambda _: binding_of(None), "request"),
    "the binding of a slug": (lambda _: binding_of("pruna/vace"), "request"),
    "a webhook of nothing": (lambda _: parse_webhook(None), "body"),
    "a webhook of a number": (lambda _: parse_webhook(5), "body"),
    "a webhook of a list": (lambda _: parse_webhook([{"id": "1"}]), "body"),
    "a webhook of words": (lambda _: parse_webhook("hello"), "body"),
    "a webhook of an empty body": (lambda _: parse_webhook(b""), "body"),
    "a webhook of no text": (lambda _: parse_webhook(b"\xff\xfe"), "body"),
    "a webhook of half an emoji": (lambda _: parse_webhook('"\ud83d"'), "body"),
    "a webhook of an array": (lambda _: parse_webhook("[]"), "body"),
    "a webhook of nobody": (lambda _: parse_webhook({}), "body"),
    "a webhook of two": (lambda _: parse_webhook({"tasklist": [{"id": "1"}, {"id": "2"}]}), "body"),
    "a webhook of a list in a view": (lambda _: parse_webhook(memoryview(b"[]")), "body"),
    "a webhook deep as the sea": (lambda _: parse_webhook("[" * 100_000), "body"),
    "a chat of nothing": (lambda _: Chat(), "prompt"),
}
