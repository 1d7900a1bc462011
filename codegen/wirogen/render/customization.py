"""How a package is written where its owner wants it otherwise: templates and a class of their own."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_CLASS: Final = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):([A-Za-z_]\w*)", re.ASCII)


@dataclass(frozen=True)
class Customization:
    """The choices of whoever generates; the default writes what `wiro` is written like."""

    templates: Path | None = None
    """A folder whose templates stand in for those of the same path."""
    mixin: str | None = None
    """A class of theirs that every request class gets as its first base: `acme.base:Request`."""

    @property
    def mixin_parts(self) -> tuple[str, str] | None:
        """The module and the name of the mixin; nothing if there is none, or it is not of this form."""
        parts = _CLASS.fullmatch(self.mixin or "")
        return (parts[1], parts[2]) if parts else None
