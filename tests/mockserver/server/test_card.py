"""Models as cards: grouped by what they make, each with a picture of its own."""

from xml.etree import ElementTree as ET

import pytest
from platform_kit import CHAT, SPECS, model

from wiromock.server.card import draw_cover, group_models


@pytest.mark.parametrize(
    ("slug", "categories", "group"),
    [
        ("acme/x", ("tool", "text-to-video"), "Video"),
        ("acme/x", ("text-to-image",), "Images"),
        ("acme/x", ("text-to-speech",), "Sound"),
        ("acme/video-maker", (), "Video"),
        ("acme/tts", (), "Sound"),
        ("acme/x", (), "Other"),
    ],
)
def test_a_model_stands_with_its_kind(slug, categories, group):
    ((name, (card,)),) = group_models([model(slug, categories=categories)])
    assert (name, card.slug) == (group, slug)
    assert group_models([CHAT])[0][0] == "Text"


def test_every_shipped_model_has_a_card_in_one_group():
    groups = group_models([SPECS.model(slug) for slug in SPECS.slugs()])
    assert sorted(card.slug for _, cards in groups for card in cards) == sorted(SPECS.slugs())
    assert len(groups) > 3


def test_covers_are_drawn_and_differ():
    covers = {draw_cover(slug) for slug in SPECS.slugs()}
    assert len(covers) == len(SPECS.slugs())
    assert draw_cover("<x>/&y") == draw_cover("<x>/&y")
    for cover in (*covers, draw_cover("<x>/&y")):
        ET.fromstring(cover)  # noqa: S314 - our own picture
