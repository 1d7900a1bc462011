"""How a text or a file is compared with another: the one hash that manifests and caches use."""

import hashlib


def digest(content: bytes) -> str:
    """Return the SHA-256 of some bytes in hexadecimal, 64 digits."""
    return hashlib.sha256(content).hexdigest()
