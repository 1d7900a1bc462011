"""What a file shows: the model, the prompt and the seed that it was made from."""

from dataclasses import dataclass
from hashlib import blake2b


@dataclass(frozen=True, slots=True)
class Caption:
    """What a file shows."""

    model: str
    prompt: str
    seed: str
    number: int = 0
    """Which output of the task it is, from 0."""

    @property
    def lines(self) -> tuple[str, str, str]:
        """What is drawn on a picture: the model, the seed with the output's number, the prompt."""
        return self.model, f"seed {self.seed}, output {self.number}", self.prompt

    @property
    def digest(self) -> bytes:
        """Bytes to take colours and pitches from."""
        return blake2b("\n".join(self.lines).encode(), digest_size=16).digest()
