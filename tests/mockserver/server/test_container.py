"""The container recipe names files and options that there are; building it takes a container engine."""

import json
import re

from server_kit import ROOT

from wiromock.cli import _parser

RECIPE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_what_it_starts_is_understood():
    (entry,) = re.findall(r"^ENTRYPOINT (\[.*\])$", RECIPE, re.MULTILINE)
    program, *arguments = json.loads(entry)
    assert program.endswith("/wiromock")
    parsed = _parser().parse_args(arguments)
    assert (parsed.command, parsed.host, parsed.port) == ("serve", "0.0.0.0", 8080)  # noqa: S104 - in a container
    assert "http://127.0.0.1:8080/health" in RECIPE


def test_what_it_installs_from_is_in_the_checkout():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert "/source/constraints.txt '/source[mock]'" in RECIPE
    for needed in ("constraints.txt", "pyproject.toml", "hatch_build.py", "specs", "mockserver"):
        assert (ROOT / needed).exists()
        assert needed not in ignored
