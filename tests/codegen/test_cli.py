"""The command line: one clear sentence for every kind of bad input, and an exit status for each kind."""

import errno
import io
import json
import os
import subprocess
import sys
from importlib import metadata

import pytest

from codegen.document.llms_writer import Item, write
from wirogen.cli import COMMANDS, main


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def document(here):
    path = here / "model.txt"
    path.write_text(write([Item("a")]), "utf-8")
    return path


def run(capsys, *arguments):
    status = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return status, captured.out, captured.err


class TestImport:
    def test_a_document_becomes_a_spec_in_the_working_folder(self, here, document, capsys):
        status, out, err = run(capsys, "import", document)
        assert (status, err) == (0, "")
        assert out.startswith("acme/model: created specs/models/acme/model.yaml (1 input)\n")
        assert (here / "specs/models/acme/model.yaml").is_file()

    def test_a_folder_gives_every_document_below_it(self, here, document, capsys):
        (here / "in/deep").mkdir(parents=True)
        for name in ("in/b.txt", "in/deep/a.llms.txt"):
            text = write([Item("x")], slug=f"acme/{name[-5]}{len(name)}")
            (here / name).write_text(text, "utf-8")
        status, out, _ = run(capsys, "import", here / "in", "--specs", here / "out")
        assert status == 0
        assert out.count("created") == 2

    def test_standard_input_is_a_dash(self, here, capsys, monkeypatch):
        data = io.BytesIO(write([Item("a")]).encode())
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(data))
        assert run(capsys, "import", "-")[0] == 0

    def test_the_report_as_json(self, here, document, capsys):
        run(capsys, "import", document)
        document.write_text(write([Item("a", default="5")]), "utf-8")
        _, out, _ = run(capsys, "import", document, "--json", "--facts-only")
        report = json.loads(out)
        assert report[0]["model"] == "acme/model"
        assert report[0]["outcome"] == "updated"
        assert "input `a`: default is now '5'" in report[0]["changes"]

    @pytest.mark.parametrize(
        ("content", "status", "says"),
        [
            (b"", 3, "wirogen: bad.txt: the document is empty; save"),
            (b"A recipe.", 3, "wirogen: bad.txt: this is a document for no model: "),
            (b"\x89PNG\0", 3, "wirogen: bad.txt: this is binary data, not a model document"),
            (b"\xff", 3, "wirogen: bad.txt:1: byte 0 is not UTF-8"),
            (b"<html>", 3, "wirogen: bad.txt: this is a web page, not a model document"),
        ],
    )
    def test_bad_documents_get_one_line_and_nothing_is_written(
        self, here, capsys, content, status, says
    ):
        (here / "bad.txt").write_bytes(content)
        code, out, err = run(capsys, "import", "bad.txt")
        assert (code, out) == (status, "")
        assert err.startswith(says)
        assert err.count("\n") == 1
        assert sorted(path.name for path in here.iterdir()) == ["bad.txt"]

    @pytest.mark.parametrize(
        ("name", "says"),
        [
            ("nothing.txt", "wirogen: nothing.txt: there is no such file or folder\n"),
            ("some/nothing.json", "wirogen: some/nothing.json: there is no such file or folder\n"),
            ("empty", "wirogen: empty: there is no .txt or .json file below this folder\n"),
        ],
    )
    def test_what_is_not_there_is_named(self, here, capsys, name, says):
        (here / "empty").mkdir()
        status, _, err = run(capsys, "import", name)
        assert status == 2
        assert says in err

    def test_a_folder_that_cannot_be_written_is_named(self, here, document, capsys):
        (here / "specs").write_text("a file, not a folder", "utf-8")
        status, _, err = run(capsys, "import", document)
        assert status == 2
        assert err.startswith("wirogen: specs")
        assert err.count("\n") == 1

    def test_a_full_disk_is_said_with_the_folder(self, document, capsys, monkeypatch):
        def fail(*_):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr("wirogen.importing.importer.write_files", fail)
        status, _, err = run(capsys, "import", document, "--specs", "kept")
        assert (status, err) == (2, "wirogen: kept: No space left on device\n")

    def test_prose_and_its_opposite_cannot_both_be_kept(self, document, capsys):
        with pytest.raises(SystemExit) as caught:
            run(capsys, "import", document, "--facts-only", "--keep-document")
        assert caught.value.code == 2


class TestLint:
    def test_sound_specs(self, here, document, capsys):
        run(capsys, "import", document)
        assert run(capsys, "lint") == (0, "specs: 1 model, no problems\n", "")

    def test_a_typo_gets_file_line_column_pointer_and_way_out(self, here, document, capsys):
        run(capsys, "import", document)
        path = here / "specs/models/acme/model.yaml"
        path.write_text(path.read_text("utf-8").replace("label:", "lable:"), "utf-8")
        line = path.read_text("utf-8").split("lable:")[0].count("\n") + 1
        place = f"specs/models/acme/model.yaml:{line}:5: inputs[0].lable"
        message = f"wirogen: {place}: unknown key; did you mean `label`?\n"
        assert run(capsys, "lint") == (4, "", message)

    def test_a_folder_that_is_not_there(self, here, capsys):
        status, _, err = run(capsys, "lint", "--specs", "nowhere")
        assert status == 4
        assert err == ("wirogen: nowhere: there is no such specs folder; name one with --specs\n")


class TestSchema:
    def test_written_checked_and_found_stale(self, here, document, capsys):
        run(capsys, "import", document)
        assert run(capsys, "schema", "--check")[0] == 0
        (here / "specs/spec.schema.json").write_text("{}", "utf-8")
        status, _, err = run(capsys, "schema", "--check")
        assert (status, err) == (
            1, "wirogen: specs/spec.schema.json: not current; run `wirogen schema`\n",
        )  # fmt: skip
        assert run(capsys, "schema") == (0, "specs/spec.schema.json\n", "")
        assert run(capsys, "schema", "--check")[0] == 0

    def test_types_of_answers_are_written_checked_and_found_stale(self, here, capsys):
        where = ("schema", "--responses", "answers.py")
        assert run(capsys, *where) == (0, "answers.py\n", "")
        assert run(capsys, *where, "--check")[0] == 0
        (here / "answers.py").write_text("", "utf-8")
        status, _, err = run(capsys, *where, "--check")
        assert (status, err) == (
            1, "wirogen: answers.py: not current; run `wirogen schema --responses answers.py`\n",
        )  # fmt: skip


class TestBoundary:
    @pytest.mark.parametrize("command", [known.name for known in COMMANDS])
    def test_every_command_explains_itself(self, command, capsys):
        with pytest.raises(SystemExit) as caught:
            main([command, "--help"])
        assert caught.value.code == 0
        assert f" wirogen {command} " in capsys.readouterr().out.splitlines()[0]

    def test_help_lists_commands_examples_and_exit_statuses(self, capsys):
        with pytest.raises(SystemExit):
            main(["--help"])
        text = capsys.readouterr().out
        assert all(f"\n    {command.name} " in text for command in COMMANDS)
        assert "examples:" in text
        assert "exit status:" in text

    def test_a_missing_extra_is_named_with_the_way_out(self, root):
        code = (
            "import sys; sys.path.insert(0, sys.argv[1]); sys.modules['yaml'] = None;"
            "from wirogen.cli import main; sys.exit(main(['lint']))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(root / "codegen")],
            capture_output=True,
            check=False,
            text=True,
        )
        assert done.returncode == 2
        assert done.stderr == (
            "wirogen: this needs the package yaml; "
            "install the extra: pip install 'wiro-client[codegen]'\n"
        )

    def test_an_interruption_is_no_traceback(self, here, capsys, monkeypatch):
        def interrupt(_):
            raise KeyboardInterrupt

        monkeypatch.setattr("wirogen.command.lint.open_folder", interrupt)
        assert run(capsys, "lint") == (130, "", "wirogen: interrupted\n")

    def test_a_reader_that_went_away_is_no_traceback(self, root):
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run(
            [sys.executable, "-m", "wirogen", "lint", "--specs", str(root / "specs")],
            cwd=root / "codegen",
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
        )
        os.close(writing)
        assert (done.returncode, done.stderr) == (141, b"")

    def test_it_runs_as_a_module_on_a_terminal_without_unicode(self, here, root):
        code = "import sys; sys.path.insert(0, sys.argv.pop(1)); import runpy; "
        code += "runpy.run_module('wirogen', run_name='__main__')"
        done = subprocess.run(
            [sys.executable, "-c", code, str(root / "codegen"), "--help"],
            env={"PYTHONIOENCODING": "ascii"},
            capture_output=True,
            check=True,
        )
        assert b"import" in done.stdout


def test_reading_specs_needs_neither_templates_nor_formatters(root):
    """The mock reads specs where only PyYAML and pydantic are installed."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import wirogen.spec.folder as f;"
        "f.open_folder(None).models();"
        "print([n for n in ('jinja2', 'rich', 'datamodel_code_generator', 'httpx') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(root / "codegen")],
        capture_output=True,
        text=True,
        check=True,
        cwd=root,
    )
    assert done.stdout.strip() == "[]"


def test_the_version_is_shown_for_the_asking(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"wirogen {metadata.version('wiro-client')}\n"
