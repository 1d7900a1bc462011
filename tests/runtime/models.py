"""Two models of the tests: one that makes files, and a language model."""

from typing import Annotated, Literal

from pydantic import Field

from wiro_runtime import Files, MediaRequest, TextRequest
from wiro_runtime.request import wire


class Vace(MediaRequest, model="pruna/vace"):
    """A model like the generated one."""

    prompt: Annotated[str, wire.Text("prompt")]
    input_image: Annotated[Files | None, wire.CombinedFiles("inputImage")] = None
    resolution: Annotated[Literal["480p", "720p"], wire.Text("resolution")] = "480p"
    frame_num: Annotated[int, Field(ge=1), wire.Text("frameNum")] = 81
    guidance_scale: Annotated[float, wire.Text("guidanceScale")] = 5


class Chat(TextRequest, model="openai/gpt-oss-20b"):
    """A language model."""

    prompt: Annotated[str, wire.Text("prompt")]
