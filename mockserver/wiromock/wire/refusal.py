"""How the platform refuses: its own texts, with what we can add to explain them.

The texts come from the platform's spec. A `Refusal` is an exception only because the endpoints are
easier to read that way; the engine writes it down as the platform's envelope.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wirogen.spec.model import ErrorCode
from wiromock.errors import WrongScript


@dataclass(frozen=True, slots=True)
class ErrorEntry:
    """A reason for a refusal: its code and message go on the wire, in `errors`."""

    code: int
    message: str
    http: int = 200
    explanation: str = ""
    """What was expected, and the way out; not on the platform's wire."""


class Refusal(Exception):  # noqa: N818 - the platform's answer, not an error of ours
    """The platform refuses a call.

    Args:
        entries: what it says, at least one; the first decides the HTTP status.
    """

    def __init__(self, *entries: ErrorEntry) -> None:
        self.entries = entries
        super().__init__("; ".join(entry.message for entry in entries))

    @property
    def http(self) -> int:
        """The status that the first reason decides."""
        return self.entries[0].http

    @property
    def explanation(self) -> str:
        """What was expected and the way out, a line for each reason; empty if none is known."""
        return "\n".join(entry.explanation for entry in self.entries if entry.explanation)

    def envelope(self) -> dict[str, object]:
        """What goes on the wire; a message that several entries share is said once."""
        said = dict.fromkeys((entry.code, entry.message) for entry in self.entries)
        errors = [{"code": code, "message": message} for code, message in said]
        return {"result": False, "errors": errors}


class ErrorTexts:
    """The platform's own texts, by name.

    Args:
        stated: what the platform's spec states.
    """

    def __init__(self, stated: Iterable[ErrorCode]) -> None:
        self._texts = {code.name: code for code in stated}

    def entry(self, name: str, explanation: str = "", /, **fill: str) -> ErrorEntry:
        """Make one entry of `errors`.

        Args:
            name: which text.
            explanation: what was expected, and the way out.
            fill: what the text leaves open.

        Raises:
            WrongScript: the platform's spec has no text of that name.
        """
        if name not in self._texts:
            raise WrongScript(f"platform.yaml states no error named `{name}`; add it to `errors`")
        stated = self._texts[name]
        text = stated.message
        for key, value in fill.items():
            text = text.replace(f"{{{key}}}", value)
        return ErrorEntry(stated.code, text, stated.http, explanation)

    def refuse(self, name: str, explanation: str = "", /, **fill: str) -> Refusal:
        """Return a refusal for one reason; see `entry`."""
        return Refusal(self.entry(name, explanation, **fill))

    def named(self, code: int) -> Sequence[str]:
        """Names of the texts that have a code."""
        return [name for name, stated in self._texts.items() if stated.code == code]
