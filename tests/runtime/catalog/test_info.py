"""The live catalog, and calling a model that has no class in this package."""

import asyncio
import json
from decimal import Decimal

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.kit import DONE, RUN_REPLY, Platform, Vace
from wiro_runtime import BindingDrift, InputInfo, ModelInfo, errors
from wirogen.plan.duration import read_seconds

# As documented for Tool/Detail: numbers and flags in whatever type, help under three names.
TOOL = {
    "id": "1611",
    "title": "Vace",
    "description": "Vace powered by Pruna AI",
    "slugowner": "Pruna",
    "slugproject": "Vace 2.1",
    "cleanslugowner": "pruna",
    "cleanslugproject": "vace",
    "computingtime": "10 seconds",
    "categories": ["text-to-video", 7],
    "marketplace": 1,
    "onlymembers": "1",
    "approximatelycost": "0.09",
    "cps": "0.000585000000",
    "dynamicprice": '[{"inputs":{},"price":0.09,"priceMethod":"cpr"}]',
    "parameters": [
        {
            "title": "Inputs",
            "items": [
                {"id": "prompt", "type": "textarea", "label": "Prompt", "required": "true"},
                {"id": "inputImage", "type": "combinefileinput", "note": "1-3 images"},
                {"id": "inputMask", "type": "fileinput"},
                {
                    "id": "resolution",
                    "type": "Select",
                    "default": "480p",
                    "options": [{"value": "480p", "label": "SD"}, {"value": 720, "label": "HD"}],
                },
                {
                    "id": "sound",
                    "type": "select",
                    "options": [{"value": "on", "label": "On"}, {"value": "off", "label": "Off"}],
                },
                {"id": "frameNum", "type": "range", "min": "1", "max": 100, "step": "1"},
                {"id": "upscale", "type": "checkbox"},
                {"id": "seed", "type": "text", "required": 0},
                {"id": "shots", "type": "text"},
                {"id": "callbackUrl", "type": "text"},
            ],
        }
    ],
}
LIVE = ModelInfo.from_wire(TOOL)


def catalog(**more) -> Platform:
    return Platform(
        Tool_Detail={"result": True, "tool": [TOOL]},
        Run_pruna_vace=RUN_REPLY,
        Task_Detail=DONE,
        **more,
    )


class TestReading:
    def test_a_model_is_read_whatever_types_the_platform_uses(self):
        assert (LIVE.slug, LIVE.title) == ("pruna/vace", "Vace")
        assert LIVE.categories == ("text-to-video", "7")
        assert LIVE.computing_seconds == 10
        assert LIVE.average_cost == Decimal("0.09")
        assert LIVE.cps == Decimal("0.000585")
        assert ModelInfo.from_wire(TOOL | {"cps": ""}).cps is None
        assert LIVE.prices[0]["priceMethod"] == "cpr"
        assert LIVE.raw["onlymembers"] == "1"

    def test_its_inputs_are_read_and_the_calls_own_fields_left_out(self):
        names = [field.name for field in LIVE.inputs]
        assert names[:3] == ["prompt", "inputImage", "inputMask"]
        assert "callbackUrl" not in names
        by_name = {field.name: field for field in LIVE.inputs}
        assert by_name["prompt"].required is True
        assert by_name["seed"].required is False
        assert by_name["inputImage"].required is None
        assert by_name["inputImage"].help == "1-3 images"
        assert by_name["resolution"].options == (("480p", "SD"), ("720", "HD"))
        assert (by_name["frameNum"].minimum, by_name["frameNum"].maximum) == (1, 100)

    def test_a_list_leaves_inputs_out_and_that_is_not_the_same_as_none(self):
        assert ModelInfo.from_wire(TOOL | {"parameters": None}).inputs is None
        assert ModelInfo.from_wire(TOOL | {"parameters": []}).inputs == ()

    @pytest.mark.parametrize(
        ("text", "seconds"),
        [("10 seconds", 10), ("2 minutes", 120), ("1.5 hours", 5400), ("", None), ("soon", None)],
    )
    def test_computing_time_is_free_text(self, text, seconds):
        assert ModelInfo.from_wire(TOOL | {"computingtime": text}).computing_seconds == seconds

    @pytest.mark.parametrize(
        "text",
        [
            *(
                "10 seconds",
                "20s",
                "2 minutes",
                "1.5 hours",
                " 30 SEC ",
                "3 hrs",
                "45",
                45,
                4.5,
                "0",
                "",
            ),
            *(
                "10 seconds or more",
                "1m 30s",
                "10-20 seconds",
                "5 millimetres",
                "2 months",
                "20 steps",
            ),
            *("1,000 seconds", "about 5 minutes", "1e3", "٢ seconds", "-5", "soon", None, [], True),
        ],
    )
    def test_computing_time_is_read_as_specifications_are(self, text):
        """A first run is polled by it: of "5 millimetres", "20 steps" or a range, nobody knows the seconds."""
        stated = read_seconds(None if text is None else str(text))
        assert ModelInfo.from_wire(TOOL | {"computingtime": text}).computing_seconds == stated

    @pytest.mark.parametrize(
        ("categories", "kind"),
        [
            (["tool", "text-to-video"], "media"),
            (["tool", "LLM"], "text"),
            (["llm-tool-call"], "text"),
            (["realtime-conversation", "text-to-speech"], "realtime"),
            (["tool", 7], None),
            ([], None),
        ],
    )
    def test_its_categories_say_what_it_makes(self, categories, kind):
        assert ModelInfo.from_wire(TOOL | {"categories": categories}).kind == kind

    # How long values take to draw depends on what else the machine does.
    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.recursive(
            st.none() | st.booleans() | st.text(max_size=5) | st.integers(),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(list(TOOL)), inner, max_size=4)
            ),
        )
    )
    def test_no_odd_value_breaks_the_reading(self, value):
        for key in TOOL:
            ModelInfo.from_wire(TOOL | {key: value})


class TestSearch:
    def test_pages_follow_and_the_wish_is_sent_as_documented(self):
        def search(body):
            start = int(body["start"])
            rest = range(start, min(start + 50, 60))
            tools = [TOOL | {"parameters": None, "cleanslugproject": f"m{n}"} for n in rest]
            return {"result": True, "total": 60, "tool": tools}

        platform = Platform(Tool_List=search)
        models = list(platform.client().catalog.search("video", owner="pruna", tags=["hd"]))
        assert len(models) == 60
        assert platform.asked[1] == (
            "Tool/List",
            {
                "start": "50",
                "limit": "50",
                "sort": "relevance",
                "order": "DESC",
                "summary": True,
                "search": "video",
                "slugowner": "pruna",
                "tags": ["hd"],
            },
        )

    def test_explore_gives_groups(self):
        groups = [{"id": 1, "name": "New", "tools": [TOOL]}, {"title": "Video", "tools": []}]
        platform = Platform(Tool_Explore={"result": True, "explore": groups})
        selection = platform.client().catalog.explore()
        assert [(group.title, len(group.models)) for group in selection] == [
            ("New", 1),
            ("Video", 0),
        ]

    def test_a_model_that_is_not_there_has_an_error_of_its_own(self):
        platform = Platform(Tool_Detail={"result": True, "tool": []})
        with pytest.raises(errors.ModelNotFound, match=r"client\.catalog\.search"):
            platform.client().catalog.get("pruna/nope")

    def test_the_same_awaited(self):
        platform = catalog(
            Tool_List={"result": True, "tool": [TOOL], "total": "1"},
            Tool_Explore={"result": True, "explore": []},
        )

        async def main():
            async with platform.async_client() as client:
                slugs = [model.slug async for model in client.catalog.search()]
                return slugs, await client.catalog.explore(), await client.catalog.get("pruna/vace")

        assert asyncio.run(main()) == (["pruna/vace"], (), LIVE)


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


class TestDrift:
    def drift(self, **tool):
        platform = Platform(Tool_Detail={"result": True, "tool": [TOOL | tool]})
        return platform.client().catalog.drift(Vace)

    def test_a_binding_that_fell_behind_is_told_in_words(self):
        items = [
            {"id": "prompt", "type": "textarea", "required": True},
            {"id": "frameNum", "type": "text", "required": True},
            {"id": "inputImage", "type": "combinefileinput"},
            {
                "id": "resolution",
                "type": "select",
                "options": [{"value": "720p"}, {"value": "1080p"}],
            },
            {"id": "style", "type": "text"},
        ]
        with pytest.warns(BindingDrift, match="Import the model's document again"):
            differences = self.drift(parameters=[{"title": "", "items": items}])
        assert differences == (
            "the platform has a new input `style`",
            "`resolution` now offers '1080p'",
            "`resolution` no longer offers '480p'",
            "`frame_num` is required now",
            "the platform no longer has `guidanceScale` (argument `guidance_scale`)",
        )

    def test_one_that_agrees_is_silent(self):
        items = [
            {"id": name, "type": "text"}
            for name in ("prompt", "frameNum", "inputImage", "resolution", "guidanceScale")
        ]
        assert self.drift(parameters=json.dumps([{"title": "", "items": items}])) == ()


def test_an_input_of_an_unknown_widget_is_text():
    field = InputInfo.from_wire({"id": "x", "type": "hologram"})
    assert field.fit(3).encoding.write(3, str) == "3"


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
