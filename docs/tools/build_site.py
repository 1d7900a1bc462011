"""The documentation site, from docs/, the catalog of the generated package and the help of the commands.

    python docs/tools/build_site.py            # pages of the models, the site in site/, its Markdown twins
    python docs/tools/build_site.py --serve    # the same, on http://127.0.0.1:8000, built anew at each change

The build is strict: a broken link or anchor fails it. Beside every page stands its Markdown, and
`llms.txt` lists the pages, for readers that are programs.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import command_pages
import model_pages

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
SITE: Final = ROOT / "site"


def main() -> int:
    """Build or serve.

    Returns:
        The exit status of the site generator.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--serve", action="store_true", help="serve it, and build anew at each change"
    )
    given = parser.parse_args()
    if find_spec("zensical") is None:
        sys.stderr.write("This needs the package zensical: pip install --editable '.[docs]'\n")
        return 2
    model_pages.main([])
    command_pages.main([])
    shutil.copyfile(ROOT / "CHANGELOG.md", DOCS / "changelog.md")
    if given.serve:
        return _zensical("serve")
    shutil.rmtree(SITE, ignore_errors=True)
    status = _zensical("build", "--clean", "--strict")
    if status == 0:
        _write_twins()
    return status


def _zensical(*words: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "zensical", *words], cwd=ROOT, check=False
    ).returncode


def _write_twins() -> None:
    """Put each page's Markdown beside it, and list the pages in llms.txt."""
    lines = ["# wiro-client", "", "Every page of this site as Markdown.", ""]
    for page in sorted(DOCS.rglob("*.md")):
        path = page.relative_to(DOCS)
        twin = SITE / path
        twin.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(page, twin)
        title = page.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")
        lines.append(f"- [{title}]({path.as_posix()})")
    (SITE / "llms.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
