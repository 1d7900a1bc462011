"""A model that has been made: all that a package needs of it, and may keep."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from wirogen.errors import Problem
from wirogen.text.untrusted import Untrusted


@dataclass(frozen=True)
class Artifact:
    """One model's share of a package, formatted and checked."""

    model: str
    """The slug."""
    module: str
    class_name: str
    source: str
    """The text of its module."""
    listing: str
    """Its entry in the catalog, as a line of JSON."""
    inputs: str
    """Its inputs in the catalog, as lines of JSON."""
    names: Mapping[str, Any]
    """The names that callers use, as `wirogen.compat.pins` keeps them."""

    @property
    def slug(self) -> Untrusted:
        """The slug, as text of a spec."""
        return Untrusted(self.model)

    @property
    def owner(self) -> Untrusted:
        """The first part of the slug, as text of a spec."""
        return Untrusted(self.model.split("/")[0])

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return asdict(self)

    @classmethod
    def from_json(cls, stated: Mapping[str, Any]) -> "Artifact":
        """Read what `to_json` returned."""
        return cls(**stated)


@dataclass(frozen=True)
class Failed:
    """A model that cannot be made."""

    problems: tuple[Problem, ...]
    is_spec: bool
    """Whether its spec is wrong in itself, and not only impossible to make a class of."""
