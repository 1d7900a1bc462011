"""What a finished task leaves behind."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from wiromock.scenario import MediaKind, Success
from wiromock.spec.tool_call import prompt_of
from wiromock.task.media import render, size_of
from wiromock.task.media.caption import Caption
from wiromock.task.profile import Profile
from wiromock.task.timeline import SILENCE, Speech

_FORMS: Final[Mapping[MediaKind, tuple[str, str]]] = {
    "video": ("mp4", "video/mp4"),
    "image": ("png", "image/png"),
    "webp": ("webp", "image/webp"),
    "audio": ("wav", "audio/wav"),
    "text": ("txt", "text/plain"),
    "raw": ("", "raw"),
}


@dataclass(frozen=True, slots=True)
class Output:
    """One output: a file that is rendered when somebody asks, or an LLM's answer."""

    kind: MediaKind
    caption: Caption
    speech: Speech = SILENCE
    """What an LLM said; for the kind `raw`."""

    @property
    def name(self) -> str:
        """The file's name: its number and the extension of its kind."""
        return f"{self.caption.number}.{_FORMS[self.kind][0]}"

    @property
    def content_type(self) -> str:
        """The media type; `raw` for what is no file."""
        return _FORMS[self.kind][1]

    @property
    def size(self) -> int:
        """The file's bytes, counted; known without rendering them."""
        return 0 if self.kind == "raw" else size_of(self.kind, self.caption)

    @property
    def content(self) -> bytes:
        """The file's bytes; the same for the same model, prompt and seed."""
        return b"" if self.kind == "raw" else render(self.kind, self.caption)


def choose_outputs(
    scenario: Success, profile: Profile, parameters: Mapping[str, Any], seed: int
) -> tuple[Output, ...]:
    """Decide what a successful task leaves.

    Args:
        scenario: its `outputs` and `answer` win.
        profile: the model, which decides otherwise.
        parameters: prompt and seed are shown in the files.
        seed: shown where the request has none.
    """
    kinds = (profile.kind,) if scenario.outputs is None else scenario.outputs
    prompt = prompt_of(parameters)
    shown = str(parameters.get("seed") or seed)
    speech = speech_of(scenario, profile, prompt) if "raw" in kinds else SILENCE
    return tuple(
        Output(kind, Caption(profile.model, prompt, shown, at), speech)
        for at, kind in enumerate(kinds)
    )


def speech_of(scenario: Success, profile: Profile, prompt: str) -> Speech:
    """Return what an LLM says: one sentence about the prompt unless the scenario has its own."""
    quoted = json.dumps(prompt, ensure_ascii=False)
    usual = f"{profile.model} was asked {quoted} and has this to say."
    answer = usual if scenario.answer is None else scenario.answer
    calls = tuple((call.name, call.arguments) for call in scenario.tool_calls)
    return Speech(scenario.thinking, answer, profile.duration_of(scenario), calls, is_done=True)
