"""The same bytes however they are made: anew or kept, alone or shared out, here or elsewhere."""

import json
import os
import shutil
import stat
import subprocess
import sys
import threading

import pytest

from codegen.synthetic import write_specs
from wirogen.build import workers as crew
from wirogen.build.batch import split
from wirogen.build.cache import Cache, default_folder
from wirogen.cli import main
from wirogen.errors import GenerateError
from wirogen.output.tree import read_tree
from wirogen.spec.folder import SpecFolder

MODELS = 130  # four batches: enough for a second process


@pytest.fixture(scope="module")
def specs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("many") / "specs"
    write_specs(folder, MODELS)
    return folder


@pytest.fixture
def here(tmp_path, monkeypatch, specs):
    """A place with a copy of the specs and a cache of its own."""
    shutil.copytree(specs, tmp_path / "specs")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WIROGEN_CACHE", str(tmp_path / "cache"))
    return tmp_path


def generate(*arguments, capsys=None):
    """What a run reports."""
    assert main(["generate", "--json", *arguments]) == 0
    return json.loads(capsys.readouterr().out) if capsys else None


def test_one_and_two_workers_warm_and_cold_two_seeds_and_other_line_ends_give_the_same_bytes(
    here, capsys
):
    printed = generate("--workers", "1", "--out", "one", capsys=capsys)
    assert (printed["models"], printed["made"]) == (MODELS, MODELS)
    wanted = read_tree(here / "one/wiro")
    assert generate("--out", "warm", capsys=capsys)["made"] == 0
    assert read_tree(here / "warm/wiro") == wanted

    for path in (here / "specs").rglob("*.yaml"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert generate("--out", "crlf", capsys=capsys)["made"] == 0
    assert read_tree(here / "crlf/wiro") == wanted

    elsewhere = here / "else where"
    elsewhere.mkdir()
    for name in ("ruff.toml", "pyproject.toml"):
        (elsewhere / name).write_text("line-length = 20\n" if name[0] == "r" else "[broken")
    for seed in ("0", "4242"):
        command = [sys.executable, "-m", "wirogen", "generate", "--no-cache", "--workers", "2"]
        subprocess.run(
            [*command, "--specs", "../specs", "--out", seed],
            cwd=elsewhere,
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
        )
        assert read_tree(elsewhere / seed / "wiro") == wanted


def test_one_changed_spec_is_one_model_made(here, capsys):
    generate("--workers", "1")
    path = here / "specs/models/owner-000/model-0007.yaml"
    path.write_text(path.read_text().replace("Synthetic model 7", "Another title"))
    capsys.readouterr()
    printed = generate(capsys=capsys)
    assert printed["made"] == 1
    assert printed["changed"] == ["_catalog/index.json", "_manifest.json"]
    assert main(["generate", "--check", "--force", "--no-cache", "--workers", "1"]) == 0


def test_a_spec_edited_while_it_is_made_is_not_kept_under_the_old_hash(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WIROGEN_CACHE", str(tmp_path / "cache"))
    write_specs(tmp_path / "specs", 1)
    path = tmp_path / "specs/models/owner-000/model-0000.yaml"
    before = path.read_text()

    def edit(folder, slug):
        path.write_text(before.replace("Makes things", "Makes other things"))
        return read(folder, slug)

    read = SpecFolder.model
    monkeypatch.setattr(SpecFolder, "model", edit)
    generate("--out", "edited")
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WIROGEN_CACHE", str(tmp_path / "cache"))
    path.write_text(before)
    capsys.readouterr()
    assert generate("--out", "again", capsys=capsys)["made"] == 1
    assert "Makes things" in (tmp_path / "again/wiro/models/owner_000/model_0000.py").read_text()


def test_one_wrong_spec_among_many_is_reported_and_the_others_are_kept(here, capsys):
    path = here / "specs/models/owner-003/model-0061.yaml"
    good = path.read_text()
    path.write_text(good.replace("type: textarea", "typ: textarea"))
    assert main(["generate", "--workers", "2"]) == 4
    printed = capsys.readouterr().err
    assert "specs/models/owner-003/model-0061.yaml:14:5: inputs[0].typ: unknown key" in printed
    assert not (here / "generated").exists()
    path.write_text(good)
    assert generate(capsys=capsys)["made"] == 1


def entries(folder):
    return [path for path in folder.glob("??/*") if path.is_file()]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(b"model", b"m0del", 1),
        lambda content: b"0" * 64 + content[64:],
        lambda content: b"\xff" * 40,
        lambda content: b"\n",
    ],
)
def test_a_damaged_entry_counts_as_none(tmp_path, monkeypatch, capsys, damage):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WIROGEN_CACHE", str(tmp_path / "cache"))
    write_specs(tmp_path / "specs", 3)
    generate("--out", "whole")
    for path in entries(tmp_path / "cache"):
        path.write_bytes(damage(path.read_bytes()))
    capsys.readouterr()
    assert generate("--out", "again", capsys=capsys)["made"] == 3
    assert read_tree(tmp_path / "again/wiro") == read_tree(tmp_path / "whole/wiro")
    assert generate("--out", "third", capsys=capsys)["made"] == 0


def test_a_folder_that_others_may_write_is_not_used(tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    cache = Cache(shared)
    cache.write("0" * 64, "code")
    assert cache.read("0" * 64) is None
    assert list(shared.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_an_empty_cache(tmp_path):
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "cache")
    cache.write("0" * 64, 1)
    assert cache.read("0" * 64) is None
    cache.prune()


def test_the_cache_is_the_users_own(tmp_path):
    Cache(tmp_path / "a/b").write("0" * 64, 1)
    assert stat.S_IMODE((tmp_path / "a/b").stat().st_mode) == 0o700


def test_the_cache_has_a_place_by_default_and_a_variable_for_another(monkeypatch):
    monkeypatch.setenv("WIROGEN_CACHE", "/somewhere")
    assert default_folder().parts[-1] == "somewhere"
    monkeypatch.delenv("WIROGEN_CACHE")
    assert "wirogen" in default_folder().parts


def test_without_a_cache_nothing_is_kept(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WIROGEN_CACHE", str(tmp_path / "cache"))
    write_specs(tmp_path / "specs", 2)
    assert generate("--no-cache", capsys=capsys)["made"] == 2
    assert not (tmp_path / "cache").exists()


def test_writers_at_once_leave_whole_entries(tmp_path):
    key, value = "ab" * 32, {"text": "x" * 100_000}
    seen = []

    def work():
        cache = Cache(tmp_path)
        for _ in range(20):
            cache.write(key, value)
            seen.append(cache.read(key))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(found == value for found in seen)
    assert len(entries(tmp_path)) == 1


def test_what_nobody_asked_for_in_a_month_goes(tmp_path):
    cache = Cache(tmp_path)
    for key in ("aa", "bb"):
        cache.write(key * 32, key)
        os.utime(tmp_path / key / (key * 31), (1, 1))
    assert cache.read("aa" * 32) == "aa"  # asked for: stays
    cache.prune()
    assert cache.read("aa" * 32) == "aa"
    assert cache.read("bb" * 32) is None
    os.utime(tmp_path / "aa" / ("aa" * 31), (1, 1))
    cache.prune()  # looks once a day
    assert len(entries(tmp_path)) == 1


def test_a_worker_that_dies_is_reported_with_a_way_out(monkeypatch):
    monkeypatch.setattr(crew, "make", os._exit)
    monkeypatch.setattr("concurrent.futures.Future.cancel", lambda self: False)
    with pytest.raises(GenerateError, match="a worker process died; try again with --workers 1"):
        crew.make_all([3, 3, 3], 2, int)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_progress_is_shown_on_a_terminal_only(here, is_terminal):
    """On standard error, so that a report can still be piped."""
    terminal, end = os.openpty()
    seen = []

    def look():
        while chunk := _read(terminal):
            seen.append(chunk)

    reader = threading.Thread(target=look)
    reader.start()
    done = subprocess.run(
        [sys.executable, "-m", "wirogen", "generate", "--no-cache", "--workers", "1", "--json"],
        stdout=subprocess.PIPE,
        stderr=end if is_terminal else subprocess.PIPE,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
        check=True,
    )
    os.close(end)
    reader.join()
    os.close(terminal)
    assert json.loads(done.stdout)["made"] == MODELS
    assert (b"Making models" in b"".join(seen)) == is_terminal
    assert not done.stderr


def _read(terminal):
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other end is closed
        return b""


def test_models_are_cut_into_batches():
    assert split(["a", "b", "c"], 2) == [("a", "b"), ("c",)]
    assert split([], 2) == []


def test_65_what_is_no_spec_file_is_reported_and_never_waited_for(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_specs(tmp_path / "specs", 2)
    folder = tmp_path / "specs/models/owner-000"
    os.mkfifo(folder / "pipe.yaml")
    (folder / "folder.yaml").mkdir()
    (folder / "zero.yaml").symlink_to("/dev/zero")
    assert main(["generate"]) == 4
    printed = capsys.readouterr().err
    assert "pipe.yaml: is not a regular file" in printed
    assert "folder.yaml: is not a regular file" in printed
    assert "zero.yaml: is a link out of the specs folder" in printed
