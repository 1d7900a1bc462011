from typing import Annotated, Literal

from pydantic import Field

from wiro_runtime import Files, MediaRequest
from wiro_runtime.request import wire


class Vace(MediaRequest, model="pruna/vace"):
    """What it does."""

    prompt: Annotated[str, wire.Text("prompt")]
    input_image: Annotated[Files | None, wire.CombinedFiles("inputImage")] = None
    resolution: Annotated[Literal["480p", "720p"], wire.Text("resolution")] = "480p"
    frame_num: Annotated[int, Field(ge=1), wire.Text("frameNum")] = 81
