"""The calls people write, for type checkers only: this file is never executed.

Both mypy --strict and basedpyright (strict) check it. A line that must be rejected carries an
ignore comment for each of them; both report an ignore that is not needed, so a call that
becomes accepted turns the check red.
"""

from decimal import Decimal
from pathlib import Path
from typing import assert_type

import httpx

from wiro import AsyncWiro, Wiro
from wiro.errors import InvalidRequest, TaskFailed, WiroError
from wiro.models.pruna import Vace
from wiro_runtime import AsyncMediaResult, AsyncTask, MediaResult, Result, Task, TaskSnapshot


def run_a_typed_request() -> None:
    with Wiro() as client:
        request = Vace(
            prompt="a deer in snow",
            input_image=[Path("a.jpg"), "https://example.com/b.png", b"...", ("c.png", b"...")],
            resolution="720p",
            frame_num=49,
            guidance_scale=7.5,
            speed_mode=Vace.SpeedMode.JUICED,
        )
        result = client.run(request, deadline=900)
        assert_type(result, MediaResult)
        assert_type(result.outputs[0].url, str | None)
        assert_type(result.outputs.save("out/"), list[Path])
        assert_type(result.cost, Decimal | None)
        result.task.id.upper()
        client.run(request, on_event=print, on_abandon="cancel")


def run_by_attribute() -> None:
    client = Wiro("key", "secret", base_url="http://127.0.0.1:8080/v1")
    result = client.models.pruna.vace.run(prompt="a deer in snow", ratio="16:9")
    assert_type(result, MediaResult)
    task = client.models.pruna.vace.submit(prompt="a deer in snow")
    assert_type(task, Task[MediaResult])


def run_by_name() -> None:
    client = Wiro(headers={"x-gateway": "a"}).with_options(deadline=60, project_id=7)
    assert_type(client, Wiro)
    result = client.run("pruna/vace", prompt="a deer in snow", deadline=900)
    assert_type(result, Result)
    assert_type(result.text, str)
    assert_type(client.submit("pruna/vace", prompt="a deer in snow"), Task[Result])


def hold_a_task() -> None:
    client = Wiro()
    task = client.submit(Vace(prompt="a deer in snow"))
    assert_type(task, Task[MediaResult])
    task = client.attach(Vace, token=task.token)
    task = client.attach(Vace, token="eDcCm5yyUfIvMFspTwww49OUfgXkQt")
    task.refresh()
    assert_type(task.wait(deadline=600), MediaResult)
    assert_type(task.result(), MediaResult)
    task.cancel()


def look_at_the_project() -> None:
    client = Wiro()
    assert_type(list(client.tasks.list(Vace)), list[TaskSnapshot])
    assert_type(list(client.tasks.list("pruna/vace")), list[TaskSnapshot])
    client.tasks.get(token=client.submit(Vace(prompt="a deer in snow")).token)


def read_an_error() -> None:
    try:
        Wiro().run(Vace(prompt="a deer in snow"))
    except InvalidRequest:
        raise
    except TaskFailed as error:
        assert_type(error.billed, bool | None)
        assert_type(error.safe_to_resubmit, bool)
    except WiroError:
        raise


async def the_same_words_awaited() -> None:
    async with AsyncWiro() as client:
        result = await client.run(Vace(prompt="a deer in snow"))
        assert_type(result, AsyncMediaResult)
        assert_type(await result.outputs.save("out/"), list[Path])
        assert_type(await client.models.pruna.vace.run(prompt="a deer"), AsyncMediaResult)
        task = await client.submit(Vace(prompt="a deer in snow"))
        assert_type(task, AsyncTask[AsyncMediaResult])
        await task.wait()
        await task.cancel()


def what_must_be_rejected() -> None:
    client = Wiro()
    Vace()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Vace("a deer")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Vace(prompt="a deer", promt="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Vace(prompt="a deer", resolution="1080p")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Vace(prompt="a deer", frame_num="many")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Vace(prompt="a deer", frameNum=81)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Vace(prompt="a deer").prompt = "x"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    client.models.pruna.vace.run(prompt="a deer", seeed=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.models.pruna.vice.run()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    request = Vace(prompt="a deer")
    client.run(request, on_abandon="kill")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    client.run(request, upload="after")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    client.run(request, tracking="ws")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    client.run(request, deadline="x")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    client.run(request, on_event=5)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    client.run(request, deadlin=5)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    client.submit(request, on_event=print)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    AsyncWiro(http_client=httpx.Client())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.run(7)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    client.attach(Vace)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
