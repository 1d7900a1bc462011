"""Calling a model that has no class in this package: its inputs are checked against the live catalog."""

import asyncio
from decimal import Decimal

import httpx
import pytest

from runtime.catalog.live_model import LIVE, TOOL, catalog
from wiro_runtime import ModelInfo, errors


class TestUntypedModel:
    def run(self, **inputs):
        platform = catalog()
        client = platform.client()
        result = client.run(client.models_["pruna/vace"](**inputs))
        (body,) = [body for path, body in platform.asked if path == "Run/pruna/vace"]
        return body, result

    @pytest.fixture(autouse=True)
    def models(self, monkeypatch):
        """The generated package hangs the namespace on its clients; here it is hung on by hand."""
        from wiro_runtime import AsyncClient, Client
        from wiro_runtime.client.endpoint import AsyncNamespace, Namespace

        monkeypatch.setattr(Client, "models_", property(Namespace), raising=False)
        monkeypatch.setattr(AsyncClient, "models_", property(AsyncNamespace), raising=False)

    def test_arguments_travel_as_their_widgets_want_them(self):
        body, result = self.run(
            prompt="a deer",
            input_image=["https://example.com/1.png"],
            inputMask="https://example.com/m.png",
            resolution=720,
            sound=True,
            frame_num="81",
            upscale=False,
            seed=7,
            shots=[{"index": 1}],
        )
        assert body == {
            "prompt": "a deer",
            "inputImage": ["https://example.com/1.png"],
            "inputMask": "https://example.com/m.png",
            "resolution": "720",
            "sound": "on",
            "frameNum": 81,
            "upscale": False,
            "seed": "7",
            "shots": '[{"index":1}]',
        }
        assert result.cost == Decimal("0.5")

    def test_turns_with_tools_travel_as_the_json_they_are(self):
        item = {"id": "prompt", "type": "textarea", "required": True}
        talker = ModelInfo.from_wire(
            TOOL | {"categories": ["llm", "llm-tool-call"], "parameters": [{"items": [item]}]}
        )
        tools = [{"type": "function", "name": "weather", "strict": True}]
        checked = talker.check({"messages": [{"role": "user", "content": "hi"}], "tools": tools})
        assert checked["tools"].encoding.write(checked["tools"].value, str) == tools
        (written,) = (
            how.written_name for how, _ in talker.check({"tool_outputs": [{"output": ""}]}).values()
        )
        assert written == "toolOutputs"
        with pytest.raises(errors.InvalidRequest, match="prompt: is missing"):
            talker.check({"tools": tools})
        with pytest.raises(errors.InvalidRequest, match="tools: JSON cannot say it"):
            talker.check({"prompt": "hi", "tools": [{1}]})
        with pytest.raises(errors.InvalidRequest, match="tools: there is no such input"):
            LIVE.check({"prompt": "hi", "tools": tools})

    def test_nothing_is_sent_that_was_not_given(self):
        assert self.run(prompt="a deer", seed=None)[0] == {"prompt": "a deer"}

    def test_all_misfits_are_reported_and_nothing_runs(self):
        platform = catalog()
        client = platform.client()
        request = client.models_["pruna/vace"](
            resolution="4k", frameNum=101, upscale="yes", promt="x", inputMask="not a url"
        )
        with pytest.raises(errors.InvalidRequest) as caught:
            client.run(request)
        assert [problem.argument for problem in caught.value.problems] == [
            "frameNum",
            "inputMask",
            "prompt",
            "promt",
            "resolution",
            "upscale",
        ]
        assert "did you mean prompt?" in str(caught.value)
        assert [path for path, _ in platform.asked] == ["Tool/Detail"]

    def test_the_live_description_is_asked_for_once(self):
        platform = catalog()
        client = platform.client()
        for _ in range(3):
            client.run(client.models_["pruna/vace"](prompt="x"))
        assert [path for path, _ in platform.asked].count("Tool/Detail") == 1

    def test_local_files_are_uploaded_first(self, tmp_path):
        source = tmp_path / "a.png"
        source.write_bytes(b"content")
        stored = {"result": True, "list": [{"id": "1", "url": "https://file/1", "size": "7"}]}
        platform = catalog()

        def answer(request: httpx.Request) -> httpx.Response:
            if request.url.path == "/v1/File/Upload":
                request.read()
                return httpx.Response(200, json=stored)
            return platform(request)

        from wiro_runtime import Client

        client = Client("key", http_client=httpx.Client(transport=httpx.MockTransport(answer)))
        client.run(client.models_["pruna/vace"](prompt="x", inputImage=[source]))
        (body,) = [body for path, body in platform.asked if path == "Run/pruna/vace"]
        assert body["inputImage"] == ["https://file/1"]

    def test_a_task_of_it_can_be_attached_to(self):
        client = catalog().client()
        task = client.attach(client.models_["pruna/vace"], id="2221")
        assert task.result().text == ""

    def test_a_slug_that_is_none_is_refused_at_once(self):
        with pytest.raises(errors.InvalidRequest, match="expected owner/model"):
            catalog().client().models_["vace"]

    def test_the_same_awaited(self):
        platform = catalog()

        async def main():
            async with platform.async_client() as client:
                return await client.run(client.models_["pruna/vace"](prompt="x"))

        assert asyncio.run(main()).cost == Decimal("0.5")

    def test_it_shows_what_it_was_given(self):
        request = catalog().client().models_["pruna/vace"](prompt="a deer")
        assert repr(request) == "UntypedRequest[pruna/vace](prompt='a deer')"
        assert request.arguments == {"prompt": "a deer"}


EITHER = ModelInfo.from_wire(
    {
        **TOOL,
        "parameters": [
            {
                "title": "Inputs",
                "items": [
                    {"id": "prompt", "type": "textarea"},
                    {"id": "inputImage", "type": "combinefileinput"},
                    {"id": "lyrics", "type": "text"},
                    {"id": "steps", "type": "range"},
                    {"id": "size", "type": "select", "options": [{"value": "s"}, {"value": "m"}]},
                ],
            }
        ],
    }
)


@pytest.mark.parametrize("nothing", [{}, {"steps": 5, "size": "s"}, {"prompt": " "}])
def test_a_call_without_anything_to_work_on_is_refused(nothing):
    with pytest.raises(errors.InvalidRequest, match="prompt or inputImage: give at least one"):
        EITHER.check(nothing)


@pytest.mark.parametrize(
    "content", [{"prompt": "x"}, {"input_image": "https://a/b.png"}, {"lyrics": "la"}]
)
def test_any_prompt_text_or_file_will_do(content):
    assert EITHER.check(content).keys() == content.keys()
