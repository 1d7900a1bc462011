"""`wirogen diff`: exit codes by the worst change, JSON, and what it compares with what."""

import io
import shutil
from pathlib import Path

import pytest

from codegen.compat.kit import SPECS


class TestCommand:
    @pytest.fixture
    def run(self, capsys):
        from wirogen.cli import main

        def run(*arguments) -> tuple[int, str, str]:
            code = main(["diff", *map(str, arguments)])
            return code, *capsys.readouterr()

        return run

    @pytest.fixture
    def newer(self, tmp_path) -> Path:
        path = tmp_path / "pruna" / "vace.yaml"
        path.parent.mkdir()
        text = (SPECS / "models/pruna/vace.yaml").read_text(encoding="utf-8")
        path.write_text(text.replace('- value: "720p"', '- value: "1080p"'), encoding="utf-8")
        return path

    def test_the_exit_code_says_the_worst_class(self, run, newer):
        spec = SPECS / "models/pruna/vace.yaml"
        assert run(spec, spec)[:2] == (0, "no change for callers\n")
        code, out, _ = run(spec, newer)
        assert code == 30
        assert out.splitlines()[-1] == "1 breaking, 1 additive"

    def test_a_price_has_an_exit_code_of_its_own(self, run, tmp_path):
        spec = SPECS / "models/pruna/vace.yaml"
        (tmp_path / "pruna").mkdir()
        priced = tmp_path / "pruna" / "vace.yaml"
        priced.write_text(f'{spec.read_text(encoding="utf-8")}cps: "0.002"\n', encoding="utf-8")
        code, out, _ = run(spec, priced)
        assert (code, out.splitlines()[-1]) == (25, "1 price")

    def test_json_for_release_scripts(self, run, newer):
        import json

        code, out, _ = run(SPECS / "models/pruna/vace.yaml", newer, "--json")
        assert code == 30
        assert json.loads(out)[0] == {
            "severity": "breaking",
            "model": "pruna/vace",
            "argument": "resolution",
            "message": "'720p' is no longer offered",
        }

    def test_a_fresh_document_is_compared_with_refinements_kept(self, run):
        assert run(SPECS, SPECS / "documents/pruna/vace.llms.txt")[:2] == (
            0,
            "no change for callers\n",
        )

    def test_a_document_with_news(self, run, tmp_path):
        text = (SPECS / "documents/pruna/vace.llms.txt").read_text(encoding="utf-8")
        fresh = tmp_path / "vace.txt"
        fresh.write_text(text.replace("default: 81", "default: 49"), encoding="utf-8")
        code, out, _ = run(SPECS / "models/pruna/vace.yaml", fresh)
        assert code == 30
        assert (
            "pruna/vace.frame_num  a call that leaves it out asks for something else: 81 before, 49 now"
            in out
        )

    def test_a_refresh_is_read_before_it_is_written(self, run, tmp_path):
        """A folder of documents compared with a specs folder: only their models, and nothing is written."""
        specs = tmp_path / "specs"
        shutil.copytree(SPECS / "models/pruna", specs / "models/pruna")
        before = sorted((path, path.stat().st_mtime_ns) for path in specs.rglob("*"))
        text = (SPECS / "documents/pruna/vace.llms.txt").read_text(encoding="utf-8")
        (tmp_path / "new").mkdir()
        (tmp_path / "new/a.txt").write_text(text.replace("label: 720p", "label: HD"), "utf-8")
        code, out, _ = run(specs, tmp_path / "new")
        assert code == 10
        assert "its choices are labelled differently" in out
        assert sorted((path, path.stat().st_mtime_ns) for path in specs.rglob("*")) == before

    def test_standard_input_is_a_document(self, run, monkeypatch):
        data = (SPECS / "documents/pruna/vace.llms.txt").read_bytes()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert run(SPECS, "-")[0] == 0
        assert run("-", "-")[0] == 2

    def test_a_document_that_cannot_be_read_is_an_error(self, run, tmp_path):
        (tmp_path / "bad.txt").write_bytes(b"")
        code, _, err = run(SPECS, tmp_path / "bad.txt")
        assert (code, "the document is empty" in err) == (3, True)

    def test_specs_that_are_the_same_byte_for_byte_are_not_even_read(
        self, run, tmp_path, monkeypatch
    ):
        shutil.copytree(SPECS / "models", tmp_path / "models")
        monkeypatch.setattr("wirogen.spec.folder.read_model", None)
        assert run(SPECS, tmp_path)[:2] == (0, "no change for callers\n")

    def test_what_is_not_there_is_named(self, run):
        code, _, err = run("no-such.yaml", SPECS)
        assert code == 2
        assert err == "wirogen: no-such.yaml: there is no such file or folder\n"
