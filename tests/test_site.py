"""The documentation site: pages of models are a function of the catalogue, and what they print runs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from wiro import catalog

ROOT = Path(__file__).parent.parent
TOOLS = ROOT / "docs/tools"


@pytest.fixture(scope="module")
def pages():
    sys.path.insert(0, str(TOOLS))
    try:
        import model_pages
    finally:
        sys.path.remove(str(TOOLS))
    return model_pages


def test_every_model_has_a_page_and_stands_in_both_indexes(pages):
    written = pages.pages("wiro")
    for model in catalog.models():
        assert model.slug in written["index.md"]
        assert model.slug in written[f"{model.owner}/index.md"]
        assert f"`{model.slug}`" in written[f"{model.slug}.md"]


def test_a_page_names_every_input(pages):
    page = pages.pages("wiro")["pruna/vace.md"]
    for field in catalog.get("pruna/vace").inputs:
        assert f"| `{field.name}` |" in page


def test_check_tells_of_changed_missing_and_stray_pages(pages, tmp_path, capsys):
    words = ["--out", str(tmp_path)]
    assert pages.main([*words, "--check"]) == 1
    assert pages.main(words) == 0
    assert pages.main([*words, "--check"]) == 0
    (tmp_path / "pruna/vace.md").write_text("edited")
    (tmp_path / "stray.md").write_text("stray")
    capsys.readouterr()
    assert pages.main([*words, "--check"]) == 1
    told = capsys.readouterr().err
    assert "vace.md" in told
    assert "stray.md" in told


def test_the_python_of_every_page_runs(pages):
    """Each against the mock, in one process; the blocks differ in nothing but the model."""
    blocks = [
        block.replace("\n    ", "\n")
        for path, page in pages.pages("wiro").items()
        if path.count("/") == 1 and not path.endswith("index.md")
        for block in re.findall(r"```python\n    (.*?)\n    ```", page, re.DOTALL)
    ]
    assert len(blocks) == 2 * len(catalog.models())
    program = (
        "import json, sys\n"
        "from wiromock import MockWiro\n"
        "for block in json.load(sys.stdin):\n"
        "    with MockWiro() as mock:\n"
        "        exec(compile(block, block, 'exec'), {})\n"
        "        assert mock.ledger.billed == 1, block\n"
    )
    import json

    done = subprocess.run(
        [sys.executable, "-c", program], input=json.dumps(blocks), capture_output=True, text=True, check=False, env={"WIRO_API_KEY": "test"}
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("a|b", r"a\|b"),
        ("**bold** [x](javascript:y)", r"\*\*bold\*\* \[x\](javascript:y)"),
        ("# no heading", r"\# no heading"),
        ("two\n\nlines", "two lines"),
    ],
)
def test_text_of_documents_does_nothing_on_a_page(pages, value, shown):
    assert pages.text(value) == shown


def test_code_of_documents_ends_where_it_should(pages):
    assert pages.code("a `b` c") == "`` a `b` c ``"
    assert pages.code("") == "*empty*"


def test_the_site_builds_strictly(tmp_path):
    pytest.importorskip("zensical", reason="needs the extra docs")
    done = subprocess.run(
        [sys.executable, TOOLS / "build_site.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (ROOT / "site/models/pruna/vace/index.html").is_file()
    assert (ROOT / "site/models/pruna/vace.md").is_file()
    assert "models/pruna/vace.md" in (ROOT / "site/llms.txt").read_text()
