"""What the tests of documents and specs share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[2]

settings.register_profile("documents", deadline=None, derandomize=True, max_examples=150)
settings.load_profile("documents")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def vace_path() -> Path:
    """The document the project was made from."""
    return ROOT / "specs" / "documents" / "pruna" / "vace.llms.txt"


@pytest.fixture(scope="session")
def vace(vace_path) -> bytes:
    return vace_path.read_bytes()


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Real documents of other models, which are not part of the project."""
    folder = os.environ.get("WIRO_CORPUS")
    if not folder:
        pytest.skip("WIRO_CORPUS does not name a folder of model documents")
    return Path(folder)
