"""The licences of what an installation brings, by extra, from the metadata of what is installed here.

    python docs/tools/licences.py            # writes docs/licences.md
    python docs/tools/licences.py --check    # exits 1 if a package is missing there, or one there is no more

Versions are left out, so that the page changes when the packages do. Needs an environment with all extras.
"""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from packaging.requirements import Requirement
from pages_on_disk import main_of_one

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

OUT: Final = Path(__file__).parent.parent / "licences.md"
EXTRAS: Final = ("", "cli", "mock", "codegen", "docs", "postgres", "dbos")
_HEAD: Final = """\
# Licences

wiro-client is under the MIT licence. What an installation brings besides it:

| package | licence | installed by |
|---|---|---|
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or compare it.

    Args:
        arguments: What stands after the command; None takes `sys.argv`.

    Returns:
        0, or 1 where --check found a difference.
    """
    why = f"is not what is installed; run {Path(__file__).name}"
    return main_of_one(OUT, page, doc=__doc__, why=why, arguments=arguments)


def page() -> str:
    """Return docs/licences.md: a table of every package that an extra brings, with its licence."""
    brought: dict[str, list[str]] = {}
    for extra in EXTRAS:
        for name in sorted(_closure("wiro-client", extra)):
            if not (extra and "" in brought.get(name, [])):
                brought.setdefault(name, []).append(extra)
    rows = (
        f"| {name} | {licence(name)} | {', '.join(f'`[{e}]`' if e else 'itself' for e in extras)} |"
        for name, extras in sorted(brought.items())
    )
    return _HEAD + "\n".join(rows) + "\n"


def licence(name: str) -> str:
    """Return what a package's metadata says of its licence, in one line.

    Raises:
        LookupError: It says nothing.
    """
    facts = metadata.metadata(name)
    classified = [
        entry.rpartition(" :: ")[2]
        for entry in facts.get_all("Classifier") or []
        if entry.startswith("License ::") and entry.count("::") > 1
    ]
    said = facts.get("License-Expression") or " and ".join(classified) or facts.get("License") or ""
    line = said.strip().partition("\n")[0]
    if not line:
        raise LookupError(f"the metadata of {name} names no licence")
    return line


def _closure(root: str, extra: str) -> set[str]:
    """Return everything that a requirement brings, on this system."""
    found: set[str] = set()
    queue = [(root, frozenset({extra}))]
    while queue:
        name, extras = queue.pop()
        for requirement in _requirements(name, extras):
            child = re.sub(r"[-_.]+", "-", requirement.name).lower()
            if child not in found | {root} or (requirement.extras and child == root):
                if child != root:
                    found.add(child)
                queue.append((child, frozenset(requirement.extras) or frozenset({""})))
    return found


def _requirements(name: str, extras: frozenset[str]) -> Iterator[Requirement]:
    for text in metadata.requires(name) or []:
        requirement = Requirement(text)
        if requirement.marker is None or any(
            requirement.marker.evaluate({"extra": extra}) for extra in extras
        ):
            yield requirement


if __name__ == "__main__":
    sys.exit(main())
