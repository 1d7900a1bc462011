"""What the README and the pages of docs/ print: their blocks of code, and the world these stand in."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

from markdown_it import MarkdownIt

ROOT = Path(__file__).parent.parent
MADE = [ROOT / "docs" / name for name in ("models", "commands", "changelog.md")]
"""Made by docs/tools: test_site.py runs what is in them, and the strict build follows links to them."""
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *(
        page
        for page in sorted((ROOT / "docs").rglob("*.md"))
        if not {page, *page.parents}.intersection(MADE)
    ),
]
_TAB = re.compile(r"^===.*\n((?:    .*\n|\n)+)", re.MULTILINE)
"""A tab of the site: what is indented below it is no code for that."""
_ENGINES = {"dbos", "procrastinate", "celery", "dask"}
"""What docs/scale.md shows how to work with; test_recipes.py runs these files, where they are installed."""

_UNTYPED = {"celery", "dask"}


class Block(NamedTuple):
    """One block of a page."""

    name: str
    """The page, and its number there."""
    language: str | None
    """What the fence says; None for a block that is indented and has no fence."""
    code: str
    title: str = ""
    """The file that it is, among others."""

    @property
    def engine(self) -> str | None:
        """The engine that it is for."""
        imported = set(re.findall(r"^(?:from|import) (\w+)", self.code, re.MULTILINE))
        return next(iter(imported & _ENGINES), None)

    @property
    def is_unknown(self) -> bool:
        """Whether no type checker can say anything about it: its engine is not installed, or has no types."""
        return self.engine in _UNTYPED or bool(self.engine and find_spec(self.engine) is None)


def blocks() -> list[Block]:
    """Return every block of every page."""
    found = []
    for page in PAGES:
        text = _TAB.sub(lambda tab: dedent(tab[1]), page.read_text(encoding="utf-8"))
        tokens = MarkdownIt("commonmark").parse(text)
        number = 0
        for token in tokens:
            if token.type in {"fence", "code_block"}:
                number += 1
                language, _, title = token.info.partition(" ")
                is_fence = token.type == "fence"
                title = title.removeprefix('title="').removesuffix('"')
                found.append(
                    Block(
                        f"{page.stem}-{number}",
                        language if is_fence else None,
                        token.content,
                        title,
                    )
                )
    return found


_SPEC = """\
model: {slug}
title: {title}
kind: {kind}
categories: [{category}]
source: {{form: hand}}
inputs:
  - {{name: {input}, type: text, label: {input}, required: {required}}}
"""
_MODELS = (
    ("acme/thing", "media", "text-to-image", "prompt"),
    ("acme/voice", "realtime", "realtime-conversation", "voice"),
    ("owner/any-model", "media", "text-to-image", "prompt"),
    ("owner/assistant", "text", "llm-tool-call", "prompt"),
)


def make_world(folder: Path) -> None:
    """Fill a folder with what pages take for granted: specs of one's own, their package, a module of jobs."""
    for slug, kind, category, name in _MODELS:
        spec = folder / f"my_specs/models/{slug}.yaml"
        spec.parent.mkdir(parents=True, exist_ok=True)
        title = slug.partition("/")[2].title()
        required = "true" if name == "prompt" and slug != "owner/assistant" else "false"
        spec.write_text(
            _SPEC.format(
                slug=slug, title=title, kind=kind, category=category, input=name, required=required
            ),
            encoding="utf-8",
        )
    words = ("--specs", "my_specs", "--out", ".", "--package", "acme_models")
    subprocess.run(
        [sys.executable, "-m", "wirogen", "generate", *words],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    (scenes,) = (block.code for block in blocks() if block.title == "scenes.py")
    (folder / "scenes.py").write_text(scenes, encoding="utf-8")
