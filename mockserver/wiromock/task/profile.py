"""What a model decides where a scenario leaves it open: how long it runs, what it makes, what it costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from wirogen.plan.duration import read_seconds
from wirogen.spec.model import ModelSpec
from wiromock.scenario import Fails, MediaKind, Requeues, Success
from wiromock.spec.price import NO_PRICES, Prices

Mode: TypeAlias = Literal["voice", "tts", "stt"]
"""Takes sound and sends it, only sends, only takes."""

USUAL_SECONDS = 10.0
"""How long a process runs that states no computing time."""
USUAL_TURN = Decimal("0.0042")
"""USD of a turn of a realtime session whose model states no price."""

_ENDINGS: Final[Mapping[str, MediaKind]] = {
    "to-video": "video",
    "video": "video",
    "to-image": "image",
    "image": "image",
    "to-speech": "audio",
    "to-audio": "audio",
    "to-music": "audio",
    "audio": "audio",
    "speech": "audio",
    "music": "audio",
    "to-text": "text",
}


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A model, as far as a task depends on it. Made once a model, so it equals itself alone."""

    model: str = ""
    duration: float = USUAL_SECONDS
    """Seconds that its process runs."""
    kind: MediaKind = "image"
    """What it makes."""
    mode: Mode = "voice"
    """What kind of realtime session it makes."""
    prices: Prices = NO_PRICES
    price_list: str = ""
    """The same as `dynamicprice` on the wire."""
    turn_cost: Decimal = USUAL_TURN
    """USD of a turn of a realtime session."""

    @classmethod
    def of(cls, spec: ModelSpec) -> "Profile":
        """Read it off a spec."""
        prices = Prices.of(spec)
        turns = [rule.price for rule in prices.rules if rule.method == "cp-realtimeturn"]
        return cls(
            model=spec.model,
            duration=float(read_seconds(spec.computing_time) or USUAL_SECONDS),
            kind=kind_of_output(spec),
            mode=mode_of(spec),
            prices=prices,
            price_list=prices.write(),
            turn_cost=turns[0] if turns else USUAL_TURN,
        )

    def duration_of(self, scenario: Success | Fails | Requeues) -> float:
        """Seconds that the process of a scenario runs."""
        return self.duration if scenario.duration is None else scenario.duration


USUAL_PROFILE = Profile()


def mode_of(spec: ModelSpec) -> Mode:
    """Return what kind of session a model makes: one with an input `text` only sends sound."""
    if any(known.name == "text" for known in spec.inputs):
        return "tts"
    listens = any(category.endswith("speech-to-text") for category in spec.categories)
    return "stt" if listens else "voice"


def kind_of_output(spec: ModelSpec) -> MediaKind:
    """Return what a model makes: by its kind, then by its categories in their order."""
    if spec.kind == "text":
        return "raw"
    for category in spec.categories:
        for ending, kind in _ENDINGS.items():
            if category == ending or category.endswith(f"-{ending}"):
                return kind
    return "image"
