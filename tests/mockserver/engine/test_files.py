"""Uploads, downloads, and outputs that are real files."""

import io
import wave
from itertools import pairwise

import av
import httpx
import pytest
from PIL import Image
from platform_kit import API, PROMPT, Platform

from wiromock import Request, Success
from wiromock.engine.journal import Dispute


def send(platform, path, **form):
    """Post a real multipart form, written by httpx."""
    request = httpx.Request("POST", f"{API}{path}", **form)
    headers = {**platform.headers, "content-type": request.headers["content-type"]}
    return platform.engine.handle(
        Request.to(str(request.url), headers=headers, body=request.read())
    )


def finished(platform, slug="pruna/vace", scenario=None, **parameters):
    if scenario is not None:
        platform.engine.on(slug).then(scenario)
    task = platform.post(f"/Run/{slug}", parameters).json["taskid"]
    platform.clock.advance(3600)
    return platform.task(task)


class TestOutputs:
    def test_a_video_plays(self, platform):
        (output,) = finished(platform, **PROMPT)["outputs"]
        reply = platform.get(output["url"])
        assert (reply.status, reply.headers["content-type"]) == (200, "video/mp4")
        assert output["size"] == reply.headers["content-length"] == str(len(reply.body))
        with av.open(io.BytesIO(reply.body)) as container:
            frames = list(container.decode(video=0))
            assert container.streams.video[0].codec_context.name == "h264"
        assert (len(frames), frames[0].width, frames[0].height) == (16, 320, 180)
        first, last = (frame.to_image().convert("L").getpixel((300, 177)) for frame in frames[::15])
        assert last - first > 40  # the bar has filled up

    def test_a_picture_opens(self, given):
        (output,) = finished(given, "acme/image")["outputs"]
        assert output["name"] == "0.png"
        picture = Image.open(io.BytesIO(given.get(output["url"]).body))
        picture.load()
        assert (picture.format, picture.size) == ("PNG", (320, 180))
        assert len(picture.getcolors(1 << 16)) > 2  # there is writing on it

    def test_a_sound_plays(self, given):
        (output,) = finished(given, "acme/voice")["outputs"]
        with wave.open(io.BytesIO(given.get(output["url"]).body)) as sound:
            assert (sound.getnframes(), sound.getframerate()) == (16_000, 16_000)
            assert len(set(sound.readframes(100))) > 10

    def test_a_text_can_be_read(self, given):
        (output,) = finished(given, "acme/ears")["outputs"]
        assert given.get(output["url"]).body.decode().startswith("acme/ears\nseed 0, output 0\n")

    def test_an_llm_answers_inside_the_reply(self, given):
        done = finished(given, "acme/chat", Success(answer="Hello, you."), prompt="hi")
        content = {"prompt": "hi", "raw": "Hello, you.", "thinking": [], "answer": ["Hello, you."]}
        assert done["outputs"] == [{"contenttype": "raw", "content": content}]
        assert (done["debugoutput"], done["size"]) == ("Hello, you.", "0")

    def test_an_llm_speaks_cumulatively(self, given):
        given.engine.on("acme/chat").then(Success(answer="abcdefghi"))
        task = given.run("acme/chat")
        given.until("task_output", task)
        said = []
        for _ in range(10):
            said.append(given.task(task)["debugoutput"])
            given.clock.advance(1)
        assert all(later.startswith(earlier) for earlier, later in pairwise(said))
        assert (said[0], said[-1]) == ("a", "abcdefghi")

    def test_outputs_are_there_when_the_task_is_done(self, platform):
        task = platform.run()
        platform.until("task_postprocess_end", task)
        url = platform.task(task)["outputs"][0]["url"]
        other = Platform()
        same = other.run()
        assert other.get(url).status == 404
        other.until("task_postprocess_end", same)
        assert other.get(url).status == 200

    def test_as_many_as_the_scenario_says(self, platform):
        outputs = finished(platform, scenario=Success(outputs=("image", "audio")), **PROMPT)[
            "outputs"
        ]
        assert [output["name"] for output in outputs] == ["0.png", "1.wav"]
        assert len({output["id"] for output in outputs}) == 2
        assert finished(platform, scenario=Success(outputs=()), **PROMPT)["outputs"] == []

    def test_prompt_and_seed_decide_the_bytes(self, platform):
        def content(**parameters):
            return platform.get(finished(platform, **parameters)["outputs"][0]["url"]).body

        assert content(prompt="a", seed="1") == content(prompt="a", seed="1")
        assert content(prompt="a", seed="1") != content(prompt="a", seed="2")
        assert content(prompt="a", seed="1") != content(prompt="b", seed="1")

    @pytest.mark.parametrize(
        ("asked", "status", "part"),
        [
            ("bytes=0-3", 206, slice(0, 4)),
            ("bytes=10-", 206, slice(10, None)),
            ("bytes=999999-", 416, slice(0, 0)),
            ("lines=1-2", 200, slice(None)),
        ],
    )
    def test_a_part_can_be_asked_for(self, platform, asked, status, part):
        url = finished(platform, **PROMPT)["outputs"][0]["url"]
        whole = platform.get(url).body
        reply = platform.get(url, range=asked)
        assert (reply.status, reply.body) == (status, whole[part])
        if status == 206:
            first, last = part.start, part.start + len(reply.body) - 1
            assert reply.headers["content-range"] == f"bytes {first}-{last}/{len(whole)}"

    def test_no_such_output(self, platform):
        assert platform.get("https://cdn1.wiro.ai/nowhere/0.mp4").status == 404
        assert platform.get("https://cdn1.wiro.ai/").status == 404


class TestUploads:
    def test_an_upload_can_be_downloaded_and_used(self, given):
        reply = send(given, "/File/Upload", files={"file": ("a b.png", b"\x89PNG", "image/png")})
        (listed,) = reply.json["list"]
        assert set(listed) == {
            "id",
            "name",
            "contenttype",
            "size",
            "parentid",
            "url",
            "addedtime",
            "accesskey",
        }
        assert (listed["name"], listed["contenttype"], listed["size"]) == (
            "a b.png",
            "image/png",
            "4",
        )
        download = given.get(listed["url"])
        assert (download.body, download.headers["content-type"]) == (b"\x89PNG", "image/png")
        body = {"text": "x", "inputImage": listed["url"]}
        assert given.post("/Run/acme/everything", body).json["result"] is True

    def test_an_upload_can_go_into_a_folder(self, platform):
        form = {"files": {"file": ("a.txt", b"x")}, "data": {"folderid": "77"}}
        assert send(platform, "/File/Upload", **form).json["list"][0]["parentid"] == "77"

    def test_an_upload_without_a_file(self, platform):
        assert platform.refusal("/File/Upload", {})[1] == ["Request files [file] required"]

    def test_a_type_that_is_not_taken(self, platform):
        reply = send(platform, "/File/Upload", files={"file": ("a.exe", b"MZ")})
        assert reply.json["errors"][0]["message"] == "invalid-parameters"
        assert "'a.exe' is none of csv, docx" in reply.headers["x-mock-explanation"]

    def test_no_such_upload(self, platform):
        assert platform.get(f"{API}/File/{'x' * 30}/a.png").status == 404


class TestForms:
    def test_a_run_as_real_multipart(self, given):
        reply = send(
            given,
            "/Run/acme/everything",
            data={"text": "x", "number": "5", "inputImageUrl": ""},
            files=[
                ("inputImage", ("in.png", b"1")),
                ("inputDocumentMultiple", ("a.pdf", b"2")),
                ("inputDocumentMultiple", ("b.pdf", b"3")),
            ],
        )
        parameters = given.task(reply.json["taskid"])["parameters"]
        assert parameters["number"] == "5"
        assert parameters["inputImage"].endswith("/in.png")
        assert [given.get(url).body for url in parameters["inputDocumentMultiple"]] == [b"2", b"3"]

    @pytest.mark.parametrize(
        "form", [{"data": {"taskid": "2221"}}, {"files": {"taskid": (None, "2221")}}]
    )
    def test_a_task_call_as_a_form(self, platform, form):
        platform.run()
        assert send(platform, "/Task/Cancel", **form).json["tasklist"][0]["id"] == "2221"

    @pytest.mark.parametrize(
        ("content_type", "body", "said"),
        [
            ("application/json", b"{", "the body is not JSON"),
            ("application/json", b"[1]", "the body is an array, not a JSON object"),
            ("application/json", b"[" * 100_000, "deeper than 128 levels"),
            ("application/json", b"\xff", "the body is not UTF-8"),
            ("application/json", b'{"a": NaN}', "NaN is not a JSON number"),
            ("application/json", b'{"a": "\\ud800"}', "half a surrogate pair"),
            (
                "application/json",
                b'{"a": ' + b"[" * 200 + b"]" * 200 + b"}",
                "deeper than 128 levels",
            ),
            ("multipart/form-data", b"--x", "the body is not JSON"),
            ("multipart/form-data; boundary=x", b"nonsense", "the multipart body is broken"),
            ("multipart/form-data; boundary=x", b"--x\r\n", "stops before its closing boundary"),
            ("multipart/form-data; boundary=x", b"--x\r\n\r\nv\r\n--x--\r\n", "has no name"),
            ("application/x-www-form-urlencoded", b"\xff", "the body is not UTF-8"),
        ],
    )
    def test_garbage_is_refused_with_an_explanation(self, platform, content_type, body, said):
        headers = {**platform.headers, "content-type": content_type}
        reply = platform.engine.handle(Request.to(f"{API}/Task/Detail", headers=headers, body=body))
        assert reply.json["errors"] == [{"code": 0, "message": "Request parameters are invalid."}]
        assert said in reply.headers["x-mock-explanation"]

    def test_only_the_odd_header_is_a_dispute(self, platform):
        platform.run()
        send(platform, "/Task/Detail", data={"taskid": "2221"})
        assert platform.engine.journal.of(Dispute) == []


def test_a_file_name_in_the_extended_form_is_read(platform):
    body = (
        b'--x\r\nContent-Disposition: form-data; name=file; filename="naive.png"; '
        b"filename*=UTF-8'en'na%C3%AFve%20one.png\r\n\r\n1\r\n--x--\r\n"
    )
    headers = {**platform.headers, "content-type": "multipart/form-data; boundary=x"}
    reply = platform.engine.handle(Request.to(f"{API}/File/Upload", headers=headers, body=body))
    assert reply.json["list"][0]["name"] == "na\u00efve one.png"


def test_an_extended_file_name_in_an_unknown_character_set_is_refused(platform):
    body = b"--x\r\nContent-Disposition: form-data; name=file; filename*=x-no''a.png\r\n\r\n1\r\n--x--\r\n"
    headers = {**platform.headers, "content-type": "multipart/form-data; boundary=x"}
    reply = platform.engine.handle(Request.to(f"{API}/File/Upload", headers=headers, body=body))
    assert reply.json["result"] is False


def upload(platform, disposition, *, before=b""):
    body = before + b"--x\r\nContent-Disposition: form-data; name=file; " + disposition
    headers = {**platform.headers, "content-type": "multipart/form-data; boundary=x"}
    body += b"\r\n\r\n1\r\n--x--\r\n"
    return platform.engine.handle(Request.to(f"{API}/File/Upload", headers=headers, body=body))


def test_a_file_name_that_only_looks_extended_is_taken_as_it_is(platform):
    reply = upload(platform, b"""filename="a filename*=UTF-8''b.exe.png\"""")
    assert reply.json["list"][0]["name"] == "a filename*=UTF-8''b.exe.png"


def test_a_file_name_that_utf_8_cannot_say_is_refused(platform):
    reply = upload(platform, b"filename*=raw_unicode_escape''%5cud800.png")
    assert reply.status == 200
    assert "the name of a file is not raw_unicode_escape" in reply.headers["x-mock-explanation"]


def test_what_stands_before_the_first_boundary_is_no_fault(platform):
    said = b"This is a multi-part message in MIME format.\r\n"
    reply = upload(platform, b'filename="a.png"', before=said)
    assert reply.json["list"][0]["name"] == "a.png"


@pytest.mark.parametrize("name", ["callbackUrl", "projectid"])
@pytest.mark.parametrize("value", [["x"], {"a": 1}, True])
def test_what_every_model_takes_is_checked_like_the_rest(platform, name, value):
    _, messages, explanation = platform.refusal("/Run/pruna/vace", {**PROMPT, name: value})
    assert messages == ["Request parameters are invalid."]
    assert f"`{name}` takes a text" in explanation
