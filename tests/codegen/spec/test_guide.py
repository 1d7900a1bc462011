"""The maintainer's guide shows what is true."""

import re
import shlex

import pytest

from wirogen.cli import _parser
from wirogen.spec.model import ModelSpec
from wirogen.spec.rules import check_model
from wirogen.spec.validate import fit
from wirogen.spec.yaml_reader import parse


@pytest.fixture(scope="module")
def guide(root):
    return (root / "docs" / "specs.md").read_text("utf-8")


def test_the_example_is_a_sound_spec(guide):
    (example,) = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    spec = fit(parse(example.encode(), "guide"), ModelSpec)
    assert isinstance(spec, ModelSpec), spec
    assert [*check_model(spec)] == []


def test_every_command_is_one_that_exists(guide):
    shown = [
        shlex.split(line, comments=True)
        for block in re.findall(r"```sh\n(.*?)```", guide, re.DOTALL)
        for line in block.splitlines()
        if line.startswith("wirogen ")
    ]
    assert len(shown) > 7
    for _, *words in shown:
        arguments = words[: words.index("<")] if "<" in words else words
        assert callable(_parser(arguments).parse_args(arguments).run)


def test_every_page_it_leads_to_is_there(guide, root):
    links = re.findall(r"\]\((?!https:)([^)#]+)", guide)
    assert links
    assert all((root / "docs" / link).is_file() for link in links)
