"""constraints.txt pins everything that the project's own environment holds, and nothing else decides."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
LINES = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LINE = re.compile(r"[a-z0-9-]+==[0-9][0-9a-z.]*( ; [a-z_]+ [=<>!]+ '[^']+'( and [^;]+)?)?")


def pins() -> dict[str, Version]:
    """The version of each package that this interpreter on this system gets."""
    found = {}
    for line in LINES:
        pin = Requirement(line)
        if pin.marker is None or pin.marker.evaluate():
            assert pin.name not in found, f"{pin.name} is pinned twice for this environment"
            (exact,) = pin.specifier
            found[pin.name] = Version(exact.version)
    return found


def direct() -> list[Requirement]:
    """What pyproject.toml asks for: the base, the extras that `dev` brings, the build."""
    project = PYPROJECT["project"]
    extras = project["optional-dependencies"]
    (own,) = (Requirement(text) for text in extras["dev"] if text.startswith("wiro-client["))
    lists = [
        project["dependencies"],
        PYPROJECT["build-system"]["requires"],
        *(extras[name] for name in ("dev", *sorted(own.extras))),
    ]
    asked = [Requirement(text) for lines in lists for text in lines]
    return [requirement for requirement in asked if requirement.name != "wiro-client"]


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_a_name_and_a_version(line):
    """No host, no hash, no comment: any index serves it."""
    assert LINE.fullmatch(line)


@pytest.mark.parametrize("requirement", direct(), ids=str)
def test_a_pin_lies_within_the_range_that_users_get(requirement):
    assert pins()[canonicalize_name(requirement.name)] in requirement.specifier


def test_what_the_pinned_packages_need_is_pinned_too():
    pinned, seen, missing = pins(), set(), []
    waiting = [
        Requirement("wiro-client[dev]"),
        *map(Requirement, PYPROJECT["build-system"]["requires"]),
    ]
    while waiting:
        asked = waiting.pop()
        name = canonicalize_name(asked.name)
        key = (name, frozenset(asked.extras))
        if key in seen:
            continue
        seen.add(key)
        if name != "wiro-client" and name not in pinned:
            missing.append(str(asked))
            continue
        if name != "wiro-client" and Version(metadata.version(name)) != pinned[name]:
            continue  # not the pinned environment: another version may need other packages
        waiting += [
            needed
            for needed in map(Requirement, metadata.requires(name) or [])
            if needed.marker is None
            or any(needed.marker.evaluate({"extra": extra}) for extra in ["", *asked.extras])
        ]
    assert missing == []
