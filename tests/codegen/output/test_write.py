"""What may be written, what must be left alone, and what a check reports."""

import json
import os
import re
from pathlib import Path

import pytest

from wirogen.digest import digest
from wirogen.errors import GenerateError
from wirogen.output import manifest
from wirogen.output.manifest import Manifest, read_manifest
from wirogen.output.tree import compare, describe, read_tree
from wirogen.output.write import write_tree

OLD = {"__init__.py": b"old\n", "models/a.py": b"a\n", "models/gone/b.py": b"b\n"}
NEW = {"__init__.py": b"new\n", "models/a.py": b"a\n", "models/c.py": b"c\n"}


def with_manifest(files):
    hashes = {path: digest(content) for path, content in files.items()}
    return {**files, manifest.NAME: Manifest("wiro", "g", {}, hashes).to_bytes()}


def publish(package, files, *, force=False):
    wanted = with_manifest(files)
    differences = compare(read_tree(package), wanted, read_manifest(package))
    write_tree(package, wanted, differences, force=force)
    return differences


@pytest.fixture
def package(tmp_path):
    package = tmp_path / "out" / "wiro"
    publish(package, OLD)
    return package


def kinds(package, files):
    differences = compare(read_tree(package), with_manifest(files), read_manifest(package))
    return {each.path: each.kind for each in differences}


def test_a_new_package_is_written_whole(package):
    assert read_tree(package) == with_manifest(OLD)


def test_only_what_changed_is_written_and_what_is_stale_is_deleted(package):
    for path in package.rglob("*"):
        os.utime(path, (1, 1))
    assert kinds(package, NEW) == {
        "__init__.py": "changed",
        "_manifest.json": "changed",
        "models/c.py": "missing",
        "models/gone/b.py": "stale",
    }
    publish(package, NEW)
    assert read_tree(package) == with_manifest(NEW)
    assert (package / "models/a.py").stat().st_mtime == 1
    assert not (package / "models/gone").exists()


def test_compiled_files_do_not_keep_a_stale_folder(package):
    (package / "models/gone/__pycache__").mkdir()
    (package / "models/gone/__pycache__/b.cpython-311.pyc").write_bytes(b"")
    publish(package, NEW)
    assert not (package / "models/gone").exists()


@pytest.mark.parametrize("path", ["__init__.py", "models/gone/b.py"])
def test_an_edited_file_is_neither_overwritten_nor_deleted(package, path):
    (package / path).write_bytes(b"mine\n")
    before = read_tree(package)
    with pytest.raises(GenerateError, match="was edited by hand since it was generated") as caught:
        publish(package, NEW)
    assert [problem.file for problem in caught.value.problems] == [str(package / path)]
    assert "--force" in caught.value.problems[0].remedy
    assert read_tree(package) == before
    publish(package, NEW, force=True)
    assert read_tree(package) == with_manifest(NEW)


def test_an_edit_that_says_what_the_specs_say_is_no_conflict(package):
    (package / "__init__.py").write_bytes(NEW["__init__.py"])
    publish(package, NEW)
    assert read_tree(package) == with_manifest(NEW)


def test_a_stray_file_is_left_alone_even_by_force(package):
    (package / "mine.py").write_bytes(b"mine\n")
    assert kinds(package, NEW)["mine.py"] == "stray"
    publish(package, NEW, force=True)
    assert (package / "mine.py").read_bytes() == b"mine\n"


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'{"outputs": 5}', b"\xff", None, b'{"package": "wiro"}']
)
def test_without_a_readable_manifest_every_file_is_somebodys_own(package, content):
    path = package / manifest.NAME
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(GenerateError, match="is not ours"):
        publish(package, NEW)
    publish(package, OLD)
    assert read_tree(package) == with_manifest(OLD)


def test_a_manifest_cannot_make_us_delete_outside_the_package(package, tmp_path):
    victim = tmp_path / "victim.py"
    victim.write_bytes(b"x")
    stated = json.loads((package / manifest.NAME).read_bytes())
    stated["outputs"]["../../victim.py"] = digest(b"x")
    stated["outputs"][str(victim)] = digest(b"x")
    (package / manifest.NAME).write_text(json.dumps(stated))
    publish(package, NEW)
    assert victim.exists()


@pytest.mark.parametrize("where", ["models", "models/a.py", "models/gone/b.py"])
def test_nothing_is_written_through_a_link(package, tmp_path, where):
    elsewhere = tmp_path / "elsewhere"
    (package / where).rename(elsewhere)
    (package / where).symlink_to(elsewhere)
    with pytest.raises(GenerateError, match="is a link"):
        read_tree(package)


def test_the_package_itself_may_not_be_a_link_or_a_file(package, tmp_path):
    (tmp_path / "link").symlink_to(package)
    (tmp_path / "file").write_bytes(b"")
    for name in ("link", "file"):
        with pytest.raises(GenerateError, match="is no plain folder"):
            read_tree(tmp_path / name)


def test_a_pipe_is_refused_and_not_waited_for(package):
    os.mkfifo(package / "models/pipe.py")
    with pytest.raises(GenerateError, match="is no regular file"):
        read_tree(package)


def test_the_manifest_is_written_last(package, monkeypatch):
    order = []
    monkeypatch.setattr(
        "wirogen.output.write.write_files", lambda files, *_, **__: order.extend(files)
    )
    publish(package, {**NEW, "zz.py": b"z\n"})
    assert order[-1] == package / manifest.NAME


def test_a_failed_write_is_reported_in_words(package, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("wirogen.output.write.write_files", full)
    with pytest.raises(GenerateError, match=r"cannot be written: .*No space left on device"):
        publish(package, NEW)


def test_a_folder_that_may_not_be_written_is_named_and_not_the_staging_one(package, monkeypatch):
    def refuse(path, *_, **__):
        raise PermissionError(13, "Permission denied", str(path))

    before = read_tree(package)
    monkeypatch.setattr(Path, "mkdir", refuse)
    said = f"{package.parent}: cannot be written: Permission denied"
    with pytest.raises(GenerateError, match=f"^{re.escape(said)}$"):
        publish(package, NEW)
    assert read_tree(package) == before


def test_a_report_shows_each_difference_and_diffs_what_changed(package):
    (package / "mine.py").write_bytes(b"mine\n")
    found, wanted = read_tree(package), with_manifest(NEW)
    wanted.pop(manifest.NAME)
    found.pop(manifest.NAME)
    differences = compare(found, wanted, read_manifest(package))
    root = package.as_posix()
    assert list(describe(differences, found, wanted, package)) == [
        f"{root}/__init__.py: is not what the specs say; change a spec and run `wirogen generate`",
        f"--- {root}/__init__.py",
        f"+++ {root}/__init__.py (from specs)",
        "@@ -1 +1 @@",
        "-old",
        "+new",
        f"{root}/mine.py: was not written by wirogen; move it out of the package",
        f"{root}/models/c.py: is missing; run `wirogen generate`",
        f"{root}/models/gone/b.py: belongs to no spec any more; run `wirogen generate`",
    ]


def test_a_difference_in_line_ends_alone_is_said_in_words(package):
    found, wanted = {"a.py": b"a\r\n"}, {"a.py": b"a\n"}
    lines = list(describe(compare(found, wanted, None), found, wanted, package))
    assert lines[1] == "  only line ends or the last newline differ"


def test_a_long_diff_is_cut(package):
    found, wanted = {"a.py": b"a\n" * 500}, {"a.py": b"b\n" * 500}
    lines = list(describe(compare(found, wanted, None), found, wanted, package))
    assert len(lines) == 62
    assert lines[-1].endswith("more lines")


def test_a_manifest_is_read_back_and_holds_nothing_of_this_machine(package):
    content = (package / manifest.NAME).read_bytes()
    read = read_manifest(package)
    assert read is not None
    assert read.to_bytes() == content
    assert str(package).encode() not in content
