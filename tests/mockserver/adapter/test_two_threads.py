"""Of two threads that enter or leave a mock at once, one does it after the other."""

from threading import Event, Thread

import pytest

from wiro_runtime.seam import clock as seam
from wiromock import MockError, MockWiro
from wiromock.adapter.transport_patch import TransportPatch

SECONDS = 60
MOMENT = 0.1
"""Seconds in which the other thread would get in, if nothing kept it out."""


class Other:
    """A second mock, entered by a thread of its own."""

    def __init__(self):
        self.mock = MockWiro()
        self.outcome = None
        self._done, self._may_look = Event(), Event()
        self._thread = Thread(target=self._enter)

    def start(self):
        self._thread.start()
        self._done.wait(MOMENT)

    def _enter(self):
        try:
            with self.mock:
                self._done.set()
                self._may_look.wait(SECONDS)
                self.outcome = seam.current()
        except MockError as error:
            self.outcome = error
        self._done.set()

    def join(self):
        self._may_look.set()
        self._thread.join(timeout=SECONDS)
        assert not self._thread.is_alive()
        return self.outcome


def test_a_mock_that_is_being_entered_keeps_others_out(monkeypatch):
    other, enter = Other(), TransportPatch.__enter__

    def meanwhile(patch):
        monkeypatch.undo()
        other.start()
        return enter(patch)

    monkeypatch.setattr(TransportPatch, "__enter__", meanwhile)
    with MockWiro() as mock:
        assert seam.current() is mock.clock
        with pytest.raises(MockError, match="entered already"):
            raise other.join()
    assert seam.current() is not mock.clock


def test_a_mock_that_is_being_left_keeps_others_out(monkeypatch):
    other, leave = Other(), TransportPatch.__exit__

    def meanwhile(patch, *error):
        monkeypatch.undo()
        other.start()
        return leave(patch, *error)

    before = seam.current()
    monkeypatch.setattr(TransportPatch, "__exit__", meanwhile)
    with MockWiro():
        pass
    assert other.join() is other.mock.clock
    assert seam.current() is before
