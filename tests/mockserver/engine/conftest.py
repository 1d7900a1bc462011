"""Engines of models that talk: in text, and in sound."""

import pytest
from platform_kit import CHAT, SPECS, Platform
from socket_kit import STT, TTS, VOICE

from wiromock.spec.catalog import GivenSpecs


@pytest.fixture
def talking():
    return Platform(specs=GivenSpecs([CHAT, VOICE, TTS, STT], SPECS.platform()))
