"""The journal knows where outputs were saved, and gives a saved run's result without the network."""

import asyncio
import logging
from concurrent.futures import Future

import pytest

from runtime.models import Vace
from wiro_runtime import AsyncClient, Client, errors
from wiromock import MockWiro, Success

REQUEST = Vace(prompt="a deer in snow")


@pytest.fixture
def wiro():
    with MockWiro() as wiro:
        wiro.on("pruna/vace").then(Success(outputs=("image", "image")))
        yield wiro


def names(paths):
    return tuple(str(path.absolute()) for path in paths)


def test_what_was_saved_is_written_down(wiro, tmp_path):
    with Client("key", journal=tmp_path / "runs.sqlite") as client:
        result = client.run(REQUEST, key="scene-1")
        assert client.journal.get("scene-1").outputs == ()
        paths = result.outputs.save(tmp_path / "out")
        assert client.journal.get("scene-1").outputs == names(paths)
        third = result.outputs[0].save(tmp_path / "elsewhere.bin")
        assert client.journal.get("scene-1").outputs == names([*paths, third])


def test_it_is_written_down_for_asyncio_too(wiro, tmp_path):
    async def main():
        async with AsyncClient("key", journal=tmp_path / "runs.sqlite") as client:
            result = await client.run(REQUEST, key="scene-1")
            paths = await result.outputs.save(tmp_path / "out")
            return paths, (await client.journal.get("scene-1")).outputs

    paths, kept = asyncio.run(main())
    assert kept == names(paths)


def test_a_saved_run_is_given_again_without_the_network(wiro, tmp_path):
    with Client("key", journal=tmp_path / "runs.sqlite") as client:
        first = client.run(REQUEST, key="scene-1")
        first.outputs.save(tmp_path / "out")
    calls = len(wiro.journal.calls())
    with Client("key", journal=tmp_path / "runs.sqlite") as client:
        again = client.run(REQUEST, key="scene-1")
        assert again.to_dict() == first.to_dict()
        again.outputs.save(tmp_path / "out", on_conflict="skip")
        assert len(client.journal.get("scene-1").outputs) == 2
    assert len(wiro.journal.calls()) == calls


def test_a_journal_that_fails_now_leaves_the_files(wiro, tmp_path, caplog, monkeypatch):
    """They are there and paid for; to fail would make the caller save them once more."""
    failed = Future()
    failed.set_exception(errors.JournalFailed("The disk is full."))
    with Client("key", journal=tmp_path / "runs.sqlite") as client:
        result = client.run(REQUEST, key="scene-1")
        store = client._calls.money.store
        monkeypatch.setattr(type(store), "add_outputs", lambda *_: failed)
        with caplog.at_level(logging.WARNING, logger="wiro"):
            assert len(result.outputs.save(tmp_path / "out")) == 2
    assert "The disk is full." in caplog.text


def test_without_a_journal_nothing_is_written_down(wiro, tmp_path):
    with Client("key") as client:
        assert len(client.run(REQUEST).outputs.save(tmp_path / "out")) == 2
