"""Names that look random and are not: a seed, a purpose and a number decide every character."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from uuid import UUID

_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_TO_LETTER = bytes(_LETTERS[byte % len(_LETTERS)] for byte in range(256))


@dataclass(frozen=True, slots=True)
class SeededIds:
    """A source of names. Two callers never change each other's, as with a shared generator."""

    seed: int
    tenant: str = ""
    """Whose names; each tenant has names of its own."""

    def hex(self, purpose: str, number: int = 0) -> str:
        """32 hexadecimal characters, as in the `id` of a file."""
        return self._digest(purpose, number).hex()[:32]

    def token(self, purpose: str, number: int = 0) -> str:
        """30 letters and digits, as in a `socketaccesstoken` or an `accesskey`."""
        return self._digest(purpose, number)[:30].translate(_TO_LETTER).decode()

    def digits(self, purpose: str, number: int = 0) -> str:
        """A number of three digits, as in a `projectid`."""
        return str(100 + int.from_bytes(self._digest(purpose, number)[:4]) % 900)

    def uuid(self, purpose: str, number: int = 0) -> str:
        """A UUID, as in the user's `uuid`."""
        return str(UUID(bytes=self._digest(purpose, number)[:16], version=4))

    def folder(self, purpose: str, number: int = 0) -> str:
        """Eight groups of eight hexadecimal characters, as in the URL of an output."""
        digits = self._digest(purpose, number).hex()
        return "-".join(digits[at : at + 8] for at in range(0, 64, 8))

    def share(self, purpose: str, number: int, count: int) -> float:
        """A number from 0 to 1, for what happens with a probability at each count."""
        return int.from_bytes(self._digest(f"{purpose}/{count}", number)[:8]) / 2**64

    def _digest(self, purpose: str, number: int) -> bytes:
        of = f"{self.tenant}/" if self.tenant else ""
        return _digest(f"{of}{self.seed}/{purpose}/{number}")


@lru_cache(maxsize=1024)
def _digest(text: str) -> bytes:
    """32 bytes; kept, since every look at a task asks for the same names."""
    return blake2b(text.encode(), digest_size=32).digest()
