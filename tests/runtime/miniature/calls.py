"""Calls of the miniature, for type checkers. A line marked `# wrong` must be rejected by both."""

from pathlib import Path
from typing import Any, assert_type

from mini import AsyncWiro, Wiro
from mini.models.pruna.vace import Vace

from wiro_runtime import AsyncMediaResult, AsyncTask, MediaResult, Request, Task, TaskSnapshot


def blocking(client: Wiro) -> None:
    request = Vace(prompt="x", input_image=[Path("a"), b"", ("n", b"")], resolution="720p")
    assert_type(client.run(request, deadline=None, on_event=print), MediaResult)
    assert_type(client.submit(request), Task[MediaResult])
    assert_type(client.attach(Vace, id="1").wait(deadline=3), MediaResult)
    assert_type(client.attach(Vace, token="1").refresh(), TaskSnapshot)
    assert_type(client.models.pruna.vace.run(prompt="x", frame_num=3), MediaResult)
    assert_type(client.models.pruna.vace.submit(prompt="x"), Task[MediaResult])
    assert_type(client.models.pruna.vace(prompt="x"), Request[MediaResult, Any])
    assert_type(client.run(request).outputs.save("out"), list[Path])


async def awaited(client: AsyncWiro) -> None:
    request = Vace(prompt="x")
    assert_type(await client.run(request, on_abandon="cancel"), AsyncMediaResult)
    assert_type(await client.submit(request), AsyncTask[AsyncMediaResult])
    assert_type(await (await client.attach(Vace, id="1")).wait(), AsyncMediaResult)
    assert_type(await client.models.pruna.vace.run(prompt="x"), AsyncMediaResult)
    assert_type(await (await client.run(request)).outputs.save("out"), list[Path])


def rejected(client: Wiro, other: AsyncWiro) -> None:
    Vace()  # wrong
    Vace("x")  # wrong
    Vace(prompt="x", promt="x")  # wrong
    Vace(prompt="x", frameNum=3)  # wrong
    Vace(prompt="x", resolution="4k")  # wrong
    Vace(prompt="x", frame_num="many")  # wrong
    Vace(prompt="x", input_image=3)  # wrong
    Vace(prompt="x").prompt = "y"  # wrong
    client.run(7)  # wrong
    client.run(Vace(prompt="x"), on_abandon="explode")  # wrong
    client.attach(Vace)  # wrong
    client.attach(Vace, token="t", id="1")  # wrong
    client.models.pruna.vace.run(prompt="x", promt="x")  # wrong
    client.models.pruna.vace.run()  # wrong
    client.models.pruna.vace.submit(prompt=1)  # wrong
    client.models.pruna.vice.run(prompt="x")  # wrong
    client.models.prune.vace.run(prompt="x")  # wrong
    other.models.pruna.vace.run(prompt="x", promt="x")  # wrong
