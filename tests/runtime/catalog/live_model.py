"""pruna/vace as Tool/Detail describes it, and a platform that has it."""

from runtime.platform_double import Platform
from runtime.replies import DONE, RUN_REPLY
from wiro_runtime import ModelInfo

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
