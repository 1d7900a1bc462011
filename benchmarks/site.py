"""The documentation site with many models: seconds for a strict build, and its size.

    python benchmarks/site.py [1000]

Makes a package of models that do not exist (see synthetic.py), their pages, and a site of them.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from synthetic import write_specs

ROOT = Path(__file__).parent.parent
SETTINGS = """\
site_name: models
docs_dir: docs
site_dir: site
theme: {variant: modern, features: [content.code.copy, content.tabs.link]}
markdown_extensions: [attr_list, tables, pymdownx.highlight, pymdownx.superfences, {pymdownx.tabbed: {alternate_style: true}}]
nav: [{Models: models/index.md}]
"""


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write_specs(folder / "specs", count)
        words = ["--specs", "specs", "--out", "src", "--package", "many"]
        run(
            folder, "-c", "import sys; from wirogen.cli import main; sys.exit(main())",
            "generate", *words,
        )  # fmt: skip
        pages = run(
            folder, str(ROOT / "docs/tools/model_pages.py"), "--package", "many",
            "--out", "docs/models",
        )  # fmt: skip
        for name in ("files.md", "errors.md"):
            (folder / "docs" / name).write_text(f"# {name}\n", encoding="utf-8")
        (folder / "mkdocs.yml").write_text(SETTINGS, encoding="utf-8")
        built = run(folder, "-m", "zensical", "build", "--clean", "--strict")
        size = sum(path.stat().st_size for path in (folder / "site").rglob("*") if path.is_file())
        written = len(list((folder / "site/models").rglob("index.html")))
    print(f"{count} models: {written} pages")
    print(f"{'':22}  clock  processors   load {os.getloadavg()[0]:.1f}")
    print(f"pages from the catalog {pages[0]:6.1f} s  {pages[1]:6.1f} s")
    print(f"strict build           {built[0]:6.1f} s  {built[1]:6.1f} s   budget 25 s together")
    print(f"size                   {size / 1e6:6.1f} MB             budget 25 MB")


def run(folder: Path, *words: str) -> tuple[float, float]:
    """Run Python in a folder; return the seconds of the clock and of the processors that it took."""
    begin, used = time.perf_counter(), _processor_time()
    environment = {**os.environ, "PYTHONPATH": str(folder / "src")}
    subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - begin, _processor_time() - used


def _processor_time() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 1000)
