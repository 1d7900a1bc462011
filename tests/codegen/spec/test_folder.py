"""A specs folder: what it holds, what is wrong with it, and the one that comes with the package."""

import os
from pathlib import Path

import pytest

from wirogen.cli import main
from wirogen.errors import SpecError
from wirogen.spec.folder import open_folder, packaged_folder
from wirogen.spec.model import ModelSpec, PlatformSpec


@pytest.fixture
def specs(tmp_path, root):
    """A copy of the reviewed spec and its document."""
    for name in ("models/pruna/vace.yaml", "documents/pruna/vace.llms.txt"):
        target = tmp_path / "specs" / name
        target.parent.mkdir(parents=True)
        target.write_bytes((root / "specs" / name).read_bytes())
    return tmp_path / "specs"


def add(specs, slug):
    text = (specs / "models/pruna/vace.yaml").read_text("utf-8")
    text = text.replace("  document: documents/pruna/vace.llms.txt\n", "")
    path = specs / "models" / f"{slug}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace("pruna/vace", slug), "utf-8")
    return path


def test_models_come_sorted_by_slug(specs):
    add(specs, "acme/z-1.5")
    add(specs, "acme/b")
    folder = open_folder(specs)
    slugs = ["acme/b", "acme/z-1.5", "pruna/vace"]
    assert [spec.model for spec in folder.models()] == slugs
    assert folder.model("acme/z-1.5").model == "acme/z-1.5"
    assert [path.stem for path in folder.paths()] == ["b", "z-1.5", "vace"]


def test_problems_of_all_files_come_together(specs):
    for slug in ("acme/a", "acme/b"):
        path = add(specs, slug)
        path.write_text(path.read_text("utf-8").replace("title:", "titel:"), "utf-8")
    with pytest.raises(SpecError) as caught:
        open_folder(specs).models()
    assert {Path(problem.file).name for problem in caught.value.problems} == {"a.yaml", "b.yaml"}


def _refuse_to_list(monkeypatch, folder):
    """As for a user without the right to read it; root may read everything."""
    listing, scanning = os.listdir, os.scandir

    def refuse(real):
        def wrapped(path="."):
            if not isinstance(path, int) and Path(path).absolute() == folder:
                raise PermissionError(13, "Permission denied", str(path))
            return real(path)

        return wrapped

    monkeypatch.setattr("os.listdir", refuse(listing))
    monkeypatch.setattr("os.scandir", refuse(scanning))


@pytest.mark.parametrize("arguments", [["lint"], ["generate"], ["pin", "--check"]])
def test_a_folder_that_cannot_be_listed_is_an_error_and_no_silence(
    specs, monkeypatch, capsys, arguments
):
    hidden = add(specs, "acme/a").parent
    monkeypatch.chdir(specs.parent)
    _refuse_to_list(monkeypatch, hidden)
    assert main(arguments) == 2
    assert str(hidden.relative_to(specs.parent)) in capsys.readouterr().err


def test_a_folder_of_documents_that_cannot_be_listed_is_an_error_and_no_silence(
    tmp_path, monkeypatch, capsys
):
    (tmp_path / "documents" / "inner").mkdir(parents=True)
    (tmp_path / "documents" / "a.txt").write_bytes(b"")
    _refuse_to_list(monkeypatch, tmp_path / "documents" / "inner")
    assert main(["import", str(tmp_path / "documents"), "--specs", str(tmp_path / "specs")]) == 2
    error = capsys.readouterr().err
    assert "inner: cannot be listed" in error
    assert not (tmp_path / "specs").exists()


def test_the_platform_is_the_folders_own_or_the_packaged_one(specs, root):
    assert isinstance(open_folder(specs).platform(), PlatformSpec)
    text = (root / "specs/platform.yaml").read_text("utf-8")
    (specs / "platform.yaml").write_text(text.replace("x-nonce", "x-number"), "utf-8")
    assert open_folder(specs).platform().auth.nonce_header == "x-number"


def test_without_a_name_the_working_folder_wins_over_the_packaged_one(specs, monkeypatch):
    monkeypatch.chdir(specs.parent)
    assert open_folder().root.resolve() == specs
    monkeypatch.chdir(specs)
    assert open_folder().root == packaged_folder()
    assert isinstance(open_folder().model("pruna/vace"), ModelSpec)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SpecError, match="nowhere: there is no such specs folder; name one with"):
        open_folder(tmp_path / "nowhere")


def test_a_missing_model_is_named(specs):
    with pytest.raises(SpecError, match=r"acme/none\.yaml: does not exist"):
        open_folder(specs).model("acme/none")


def test_a_link_out_of_the_folder_is_refused(specs, tmp_path):
    outside = add(tmp_path / "specs", "acme/outside").rename(tmp_path / "outside.yaml")
    (specs / "models/acme/outside.yaml").symlink_to(outside)
    with pytest.raises(SpecError, match="is a link out of the specs folder"):
        open_folder(specs).models()


class TestCheck:
    def problems(self, specs):
        with pytest.raises(SpecError) as caught:
            open_folder(specs).check()
        return str(caught.value)

    def test_a_sound_folder_passes(self, specs):
        open_folder(specs).check()

    def test_a_kept_document_that_changed_is_named(self, specs):
        document = specs / "documents/pruna/vace.llms.txt"
        document.write_bytes(document.read_bytes() + b" ")
        assert "vace.llms.txt has changed since it was imported; import it" in self.problems(specs)
        document.unlink()
        assert "source.document: " in self.problems(specs)

    @pytest.mark.parametrize("stray", ["vace.yaml", "pruna/vace.yml", "pruna/more/vace.yaml"])
    def test_a_spec_that_nothing_reads_is_named(self, specs, stray):
        path = specs / "models" / stray
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x: y\n", "utf-8")
        assert f"{path}: is not where a spec is looked for; move it" in self.problems(specs)

    def test_a_broken_platform_is_named(self, specs):
        (specs / "platform.yaml").write_text("hosts: {}\n", "utf-8")
        assert "platform.yaml:1:1: hosts.rest: the key is missing; add it" in self.problems(specs)


HAND = """\
model: acme/mine
title: Mine
source:
  form: {form}
inputs: []
"""


def mine(specs, form):
    path = specs / "models/acme/mine.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HAND.format(form=form), "utf-8")
    return path


def test_a_spec_by_hand_needs_no_hash_of_a_document(specs):
    mine(specs, "hand")
    assert open_folder(specs).model("acme/mine").source.sha256 is None


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ("llms.txt", "there is no sha256 of its document; import it, or say `form: hand`"),
        (f"hand\n  sha256: {'0' * 63}a", "a spec by hand has no document; leave out sha256"),
    ],
)
def test_a_hash_and_a_document_go_together(specs, form, says):
    mine(specs, form)
    with pytest.raises(SpecError) as refused:
        open_folder(specs).model("acme/mine")
    (problem,) = refused.value.problems
    assert says in str(problem)
    assert "mine.yaml:3" in str(problem)


def test_a_document_takes_over_a_spec_by_hand(specs, tmp_path, root, capsys):
    text = (root / "specs/documents/pruna/vace.llms.txt").read_text("utf-8")
    (tmp_path / "doc.txt").write_text(text, "utf-8")
    path = specs / "models/pruna/vace.yaml"
    path.write_text(HAND.format(form="hand").replace("acme/mine", "pruna/vace"), "utf-8")
    assert main(["import", str(tmp_path / "doc.txt"), "--specs", str(specs)]) == 0
    source = open_folder(specs).model("pruna/vace").source
    assert (source.form, source.earlier) == ("llms.txt", [])
