"""A model of the live catalog is read, whatever types the platform uses."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.catalog.live_model import LIVE, TOOL
from wiro_runtime import InputInfo, ModelInfo
from wirogen.plan.duration import read_seconds


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


def test_an_input_of_an_unknown_widget_is_text():
    field = InputInfo.from_wire({"id": "x", "type": "hologram"})
    assert field.fit(3).encoding.write(3, str) == "3"
