"""A class that fell behind the live catalog is reported in words."""

import json

import pytest

from runtime.catalog.live_model import TOOL
from runtime.models import Vace
from runtime.platform_double import Platform
from wiro_runtime import BindingDrift


class TestDrift:
    def drift(self, **tool):
        platform = Platform(Tool_Detail={"result": True, "tool": [TOOL | tool]})
        return platform.client().catalog.drift(Vace)

    def test_a_binding_that_fell_behind_is_reported_in_words(self):
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
