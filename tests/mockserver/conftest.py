"""Engines without any front end."""

import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]  # for the helpers

from platform_kit import MODELS, SPECS, Platform  # noqa: E402 - found by the line above

from wiromock import Credentials  # noqa: E402 - same
from wiromock.spec.catalog import GivenSpecs  # noqa: E402 - same


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def given() -> Platform:
    """With hand-made models besides pruna/vace."""
    return Platform(specs=GivenSpecs(MODELS, SPECS.platform()))


@pytest.fixture
def signed() -> Platform:
    return Platform(
        key="wk_demo_key_0123456789",
        credentials=Credentials("wk_demo_key_0123456789", "ws_demo_secret_abcdef"),
    )
