"""Files before the run or with it, and a refused run that is offered again. Flows by hand; forms for real."""

import asyncio
import io
from email import message_from_bytes
from email.policy import HTTP
from pathlib import Path
from typing import Annotated

import pytest

from runtime.local_server import Handler, serve
from runtime.models import Vace
from runtime.replies import RUN_REPLY, refusal, reply
from runtime.script import Script
from wiro_runtime import AsyncClient, Client, Files, MediaRequest, UploadedFile, errors
from wiro_runtime.config import read_config
from wiro_runtime.flow.calls import Calls
from wiro_runtime.flow.effect import Form, Send, TransportFailure
from wiro_runtime.flow.options import CallOptions
from wiro_runtime.request import wire
from wiro_runtime.request.file import LocalFile

UPLOADED = {"result": True, "list": [{"id": "1", "url": "https://file/1", "size": "3"}]}
LIMIT = reply(refusal("You have reached your concurrent task limit.", 96))
A, B = ("a.png", b"aaa"), ("b.png", b"bbb")
URL = "https://web/c.png"


class Everything(MediaRequest, model="test/everything"):
    """One input of each kind."""

    text: Annotated[str | None, wire.Text("text")] = None
    count: Annotated[int | None, wire.Number("count")] = None
    scale: Annotated[float | None, wire.Number("scale")] = None
    sample: Annotated[bool | None, wire.Boolean("do_sample")] = None
    sound: Annotated[bool | None, wire.Flag("sound", "on", "off")] = None
    shots: Annotated[list | None, wire.Json("shots")] = None
    mask: Annotated[Files | None, wire.File("mask")] = None
    document: Annotated[Files | None, wire.File("doc", "docUrl")] = None
    many: Annotated[Files | None, wire.FileList("many", "manyUrl")] = None
    lone: Annotated[Files | None, wire.FileList("lone")] = None
    images: Annotated[Files | None, wire.CombinedFiles("images")] = None


def submit(script: Script, request, *, deadline="default", **options):
    calls = Calls(read_config(api_key="key"))
    return script.run(calls.submit(request, CallOptions(deadline=deadline, **options)))


def form(request, **options) -> list[tuple[str, str]]:
    """The parts, files as `<name>`."""
    script = Script(RUN_REPLY)
    submit(script, request, upload="with", **options)
    (sent,) = [effect for effect in script.effects if isinstance(effect, Send)]
    assert sent.path.startswith("Run/")
    assert isinstance(sent.body, Form)
    return [
        (name, f"<{part.name}>" if isinstance(part, LocalFile) else part)
        for name, part in sent.body.parts
    ]


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        ({"text": "x y"}, [("text", "x y")]),
        ({"text": ""}, [("text", "")]),
        ({"count": 5}, [("count", "5")]),
        ({"scale": 1e-7}, [("scale", "0.0000001")]),
        ({"sample": False}, [("do_sample", "false")]),
        ({"sound": True}, [("sound", "on")]),
        ({"shots": [{"a": 1}]}, [("shots", '[{"a":1}]')]),
        ({"mask": A}, [("mask", "<a.png>")]),
        ({"mask": URL}, [("mask", URL)]),
        ({"document": A}, [("doc", "<a.png>"), ("docUrl", "")]),
        ({"document": URL}, [("doc", ""), ("docUrl", URL)]),
        ({"many": [A, B]}, [("many", "<a.png>"), ("many", "<b.png>"), ("manyUrl", "")]),
        ({"many": [URL, URL]}, [("many", ""), ("manyUrl", f"{URL},{URL}")]),
        ({"many": [A, URL]}, [("many", "<a.png>"), ("manyUrl", URL)]),
        ({"lone": [A, URL]}, [("lone", "<a.png>"), ("lone", URL)]),
        ({"images": [A, URL, B]}, [("images", "<a.png>"), ("images", URL), ("images", "<b.png>")]),
        ({"images": []}, []),
    ],
)
def test_each_kind_of_input_has_its_parts(arguments, parts):
    assert form(Everything(**arguments)) == parts


def test_the_calls_own_fields_are_parts_as_well():
    parts = form(Everything(text="x"), callback_url="https://me/hook", project_id=7)
    assert parts[1:] == [("callbackUrl", "https://me/hook"), ("projectid", "7")]


def read_form(handler: Handler) -> list[tuple[str, str | None, bytes]]:
    _, headers, body = handler.server.seen[-1]
    head = f"content-type: {headers['content-type']}\r\n\r\n".encode()
    message = message_from_bytes(head + body, policy=HTTP)
    return [
        (
            part.get_param("name", header="content-disposition"),
            part.get_filename(),
            part.get_payload(decode=True),
        )
        for part in message.iter_parts()
    ]


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_form_arrives_whole_and_in_order(kind, tmp_path):
    seen = []
    path = tmp_path / "d.png"
    path.write_bytes(bytes(range(256)) * 1200)

    def answer(handler: Handler) -> None:
        assert handler.headers["content-type"].startswith("multipart/form-data; boundary=")
        seen.extend(read_form(handler))
        handler.json(RUN_REPLY)

    request = Everything(text="ein Bär 🐻", images=[A, URL, path, io.BytesIO(b"GIF89a")])

    async def main(base_url: str) -> None:
        async with AsyncClient("key", base_url=base_url) as client:
            await client.submit(request, upload="with")

    with serve(answer) as server:
        if kind == "async":
            asyncio.run(main(f"{server.url}/v1"))
        else:
            with Client("key", base_url=f"{server.url}/v1") as client:
                client.submit(request, upload="with")
    assert seen == [
        ("text", None, "ein Bär 🐻".encode()),
        ("images", "a.png", b"aaa"),
        ("images", None, URL.encode()),
        ("images", "d.png", path.read_bytes()),
        ("images", "file.gif", b"GIF89a"),
    ]


def test_a_hostile_file_name_stays_one_part():
    seen = []

    def answer(handler: Handler) -> None:
        seen.extend(read_form(handler))
        handler.json(RUN_REPLY)

    name = 'a"\r\nX-Evil: 1\r\n\r\n.png'
    with serve(answer) as server, Client("key", base_url=f"{server.url}/v1") as client:
        client.submit(Everything(mask=(name, b"1")), upload="with")
    ((field, _, content),) = seen
    assert (field, content) == ("mask", b"1")


def test_a_lost_answer_to_a_form_is_unknown_too():
    script = Script(TransportFailure("WriteError", never_sent=False))
    with pytest.raises(errors.SubmissionUnknown):
        submit(script, Everything(mask=A), upload="with", retry_refused=5)
    assert script.sent == ["Run/test/everything"]


def test_what_is_the_same_file_is_uploaded_once():
    script = Script(UPLOADED, UPLOADED, RUN_REPLY)
    opened = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    images = [Path("x.png"), Path("x.png"), opened, opened]
    submit(script, Vace(prompt="x", input_image=images))
    assert script.sent == ["File/Upload", "File/Upload", "Run/pruna/vace"]


def test_an_uploaded_file_is_used_by_its_url():
    item = {"id": "1", "url": "https://file/1", "name": "a.png", "later": "kept"}
    uploaded = UploadedFile.from_wire(item)
    assert Vace(prompt="x", input_image=uploaded).to_wire()["inputImage"] == ["https://file/1"]
    assert uploaded.raw["later"] == "kept"


def test_a_stream_is_sent_to_its_end_but_not_past_the_limit(monkeypatch):
    class Pipe(io.RawIOBase):
        name = "pipe.png"
        left = 200_000

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            size = min(size if size > 0 else self.left, self.left)
            self.left -= size
            return bytes(size)

    def answer(handler: Handler) -> None:
        handler.rfile.read()  # until the client disconnects
        handler.close_connection = True

    monkeypatch.setattr("wiro_runtime.request.file.MAX_UPLOAD_BYTES", 100_000)
    with serve(answer) as server, Client("key", base_url=f"{server.url}/v1") as client:
        with pytest.raises(errors.UploadFailed, match="more than 100,000 bytes"):
            client.files.upload(Pipe())
        assert server.count("/v1/Run") == 0


@pytest.mark.parametrize("refused", [LIMIT, reply(b"", 429)])
def test_a_refused_run_is_offered_again_only_if_the_caller_allows_it(refused):
    script = Script(refused)
    with pytest.raises((errors.ConcurrencyLimit, errors.RateLimited)):
        submit(script, Vace(prompt="x"))
    assert script.sent == ["Run/pruna/vace"]
    script = Script(refused, refused, RUN_REPLY)
    assert submit(script, Vace(prompt="x"), retry_refused=2).id == "2221"
    assert script.sent == ["Run/pruna/vace"] * 3
    assert script.slept == [2.0, 4.0]


def test_the_platform_may_ask_to_wait_before_the_next_attempt():
    script = Script(reply(b"", 429, retry_after="9"), RUN_REPLY)
    submit(script, Vace(prompt="x"), retry_refused=1)
    assert script.slept == [9.0]


def test_the_last_refusal_is_raised_when_no_more_offers_are_allowed():
    script = Script(LIMIT, LIMIT, LIMIT)
    with pytest.raises(errors.ConcurrencyLimit) as caught:
        submit(script, Vace(prompt="x"), retry_refused=2)
    assert (caught.value.billed, caught.value.safe_to_resubmit) == (False, True)


def test_an_offer_that_the_deadline_forbids_is_not_waited_for():
    script = Script(LIMIT)
    with pytest.raises(errors.ConcurrencyLimit):
        submit(script, Vace(prompt="x"), retry_refused=2, deadline=1.0)
    assert script.slept == []


@pytest.mark.parametrize(
    "answer",
    [
        reply(refusal("Insufficient balance", 97)),
        reply(refusal("a sentence nobody documented")),
        reply(b"", 401),
        reply(b"", 503),
        reply(b"", 408),
        reply({**refusal("limit", 96), "taskid": "2221"}),
        reply({**refusal("slow down"), "taskid": "2221"}, 429),
        TransportFailure("ReadTimeout", never_sent=False),
        TransportFailure("ConnectError", never_sent=True),
    ],
)
def test_nothing_else_is_ever_sent_again(answer):
    script = Script(answer)
    with pytest.raises(errors.WiroError):
        submit(script, Vace(prompt="x"), retry_refused=9)
    assert script.sent == ["Run/pruna/vace"]
    assert script.slept == []


def test_a_failure_that_names_a_task_says_which():
    """As the 504 of a run that is waited for: the task was started, and goes on."""
    script = Script(reply({"result": False, "taskid": "2221", "socketaccesstoken": "t"}, 504))
    with pytest.raises(errors.SubmissionUnknown) as caught:
        submit(script, Vace(prompt="x"))
    assert caught.value.task.id == "2221"
    assert (caught.value.billed, caught.value.safe_to_resubmit) == (None, False)


def test_a_stream_that_can_be_read_once_is_offered_once():
    class Once(io.BytesIO):
        name = "once.png"

        def seekable(self) -> bool:
            return False

    script = Script(LIMIT)
    with pytest.raises(errors.ConcurrencyLimit):
        submit(script, Everything(mask=Once(b"1")), upload="with", retry_refused=3)
    assert script.sent == ["Run/test/everything"]


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_folders_are_made_and_filled(kind):
    def answer(handler: Handler) -> None:
        if handler.path.endswith("FolderCreate"):
            item = {"id": "7", "name": "dogs", "parentid": "3", "size": "0", "later": "kept"}
            handler.json({"result": True, "errors": [], "list": [item]})
        else:
            assert ("folderid", None, b"7") in read_form(handler)
            handler.json(UPLOADED)

    async def main(base_url: str):
        async with AsyncClient("key", base_url=base_url) as client:
            folder = await client.files.create_folder("dogs", parent="3")
            return folder, await client.files.upload(A, folder=folder)

    with serve(answer) as server:
        if kind == "async":
            folder, uploaded = asyncio.run(main(f"{server.url}/v1"))
        else:
            with Client("key", base_url=f"{server.url}/v1") as client:
                folder = client.files.create_folder("dogs", parent="3")
                uploaded = client.files.upload(A, folder=folder.id)
    assert (folder.id, folder.name, folder.parent_id) == ("7", "dogs", "3")
    assert folder.raw["later"] == "kept"
    assert uploaded.url == "https://file/1"
    assert server.seen[0][2] == b'{"name":"dogs","parentid":"3"}'


@pytest.mark.parametrize("name", ["", "a b", "ä", "../x", "a/b"])
def test_a_folder_name_that_the_platform_would_not_take_is_refused_here(name):
    with pytest.raises(errors.InvalidRequest, match="letters, digits"):
        Script().run(Calls(read_config(api_key="key")).create_folder(name, None))


def test_a_folder_is_asked_for_once():
    script = Script(TransportFailure("ReadTimeout", never_sent=False))
    with pytest.raises(errors.ConnectionLost, match="unknown"):
        script.run(Calls(read_config(api_key="key")).create_folder("x", None))
    assert script.sent == ["File/FolderCreate"]
