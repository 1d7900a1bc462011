"""Whichever way a task is followed on the mock, the events are the same, and the same again next time."""

import asyncio
from dataclasses import fields, replace

import pytest

from wiro import AsyncWiro, Finished, TextDelta, Wiro
from wiro.models.google import Gemini3Flash
from wiromock import MockWiro

WAYS = ("auto", "polling", "socket", "sync", "sse")


def rounded(event):
    """The event without the last digits of its times."""
    numbers = {field.name: getattr(event, field.name) for field in fields(event)}
    return replace(
        event, **{name: round(it, 3) for name, it in numbers.items() if isinstance(it, float)}
    )


def events_and_text(tracking):
    with MockWiro() as mock, Wiro(api_key="test", tracking=tracking) as client:
        with client.stream(Gemini3Flash(prompt="a deer in snow")) as run:
            events = [rounded(event) for event in run]
        assert mock.ledger.billed == 1
        return events, run.result().text


@pytest.mark.parametrize("tracking", WAYS)
def test_every_way_emits_the_whole_answer_and_how_it_ended(tracking):
    events, text = events_and_text(tracking)
    assert "".join(event.delta for event in events if isinstance(event, TextDelta)) == text
    assert isinstance(events[-1], Finished)
    assert events[-1].outcome == "succeeded"
    assert events_and_text(tracking) == (events, text)


@pytest.mark.parametrize("tracking", WAYS)
def test_the_asynchronous_client_gets_the_same_events(tracking):
    async def main():
        async with AsyncWiro(api_key="test", tracking=tracking) as client:
            async with client.stream(Gemini3Flash(prompt="a deer in snow")) as run:
                events = [rounded(event) async for event in run]
            return events, (await run.result()).text

    with MockWiro():
        awaited = asyncio.run(main())
    assert awaited == events_and_text(tracking)
