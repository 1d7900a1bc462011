"""Testing one's own code: `python -m pytest examples/test_my_code.py` needs no key and no network."""

from pathlib import Path

import pytest

from wiro import Wiro
from wiro.errors import TaskFailed
from wiro.models.pruna import Vace
from wiromock import Fails, MockWiro


def make_trailer(prompt: str, folder: Path) -> Path:
    """The code under test: one video, saved."""
    result = Wiro(api_key="test").run(Vace(prompt=prompt, resolution="720p"))
    return result.outputs.save(folder)[0]


def test_it_saves_a_video(wiro_mock: MockWiro, tmp_path: Path) -> None:
    assert make_trailer("a deer in snow", tmp_path).suffix == ".mp4"
    assert wiro_mock.ledger.billed == 1


def test_a_failed_run_is_reported_and_costs_nothing(wiro_mock: MockWiro, tmp_path: Path) -> None:
    wiro_mock.on("pruna/vace").then(Fails(pexit="1", stderr="CUDA out of memory"))
    with pytest.raises(TaskFailed, match="CUDA out of memory"):
        make_trailer("a deer in snow", tmp_path)
    assert wiro_mock.ledger.billed == 0
