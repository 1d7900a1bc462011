"""A result has what its kind of model gives, and nothing else; never executed, see `api.py`."""

from pathlib import Path
from typing import Any, assert_type

from wiro import AsyncWiro, Wiro, catalog
from wiro.models.pruna import Vace
from wiro.models.qwen import Qwen3_5_27b
from wiro_runtime import AsyncTextResult, TextResult


def text_and_outputs_are_on_every_result() -> None:
    client = Wiro()
    result = client.run(Qwen3_5_27b(prompt="hello"))
    assert_type(result, TextResult)
    assert_type(result.text, str)
    assert_type(client.models.qwen.qwen3_5_27b.run(prompt="hello").text, str)
    media = client.run(Vace(prompt="a deer"))
    assert_type(media.text, str)
    assert_type(media.outputs[0].save("deer.mp4"), Path)
    assert_type(list(media.outputs[0].iter_bytes()), list[bytes])
    media.outputs.save("out/", name="{task}-{index}{ext}", provenance=True)
    media.outputs.save("out/", name=lambda output: output.name)
    _ = media.segments  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]


async def and_awaited() -> None:
    client = AsyncWiro()
    result = await client.run(Qwen3_5_27b(prompt="hello"))
    assert_type(result, AsyncTextResult)
    assert_type(result.text, str)
    media = await client.run(Vace(prompt="a deer"))
    assert_type(media.text, str)
    assert_type(await media.outputs[0].save("deer.mp4"), Path)


def the_catalog_is_typed() -> None:
    model = catalog.get("pruna/vace")
    assert_type(model, catalog.Model)
    assert_type([each.name for each in model.inputs], list[str])
    assert_type(catalog.models(kind="text"), list[catalog.Model])
    Wiro().run(model.request(prompt="a deer"))
    catalog.models(kind="film")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    value: Any = model.inputs[0].default
    print(value)
