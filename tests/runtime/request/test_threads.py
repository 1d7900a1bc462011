"""The first request of a model builds its class: once, whichever threads make it."""

import threading
from typing import Annotated

from runtime.models import Vace
from wiro_runtime import MediaRequest
from wiro_runtime.request import wire


class Fresh(MediaRequest, model="a/fresh"):
    """A class of which no request was made yet."""

    size: Annotated[int, wire.Text("size")] = 1


class Fresher(Fresh, model="a/fresher"):
    """One below it, with a validator of its own."""

    width: Annotated[int, wire.Text("width")] = 2


def test_threads_that_make_the_first_request_at_once_build_it_once(monkeypatch):
    built, at_once = [], []
    build = Fresh.model_rebuild.__func__
    start = threading.Barrier(8)

    def rebuild(cls, **options):
        at_once.append(cls)
        built.append(len(at_once))
        result = build(cls, **options)
        at_once.pop()
        return result

    monkeypatch.setattr(Fresh, "model_rebuild", classmethod(rebuild))
    made = []

    def make():
        start.wait(60)
        made.append(Fresh(size="3").size)

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert made == [3] * 8
    assert built == [1]


def test_a_subclass_is_built_for_itself():
    Fresh()
    assert Fresher(width="5").to_wire() == {"size": "1", "width": "5"}


def test_a_class_that_is_built_is_not_built_again(monkeypatch):
    Vace(prompt="x")
    monkeypatch.setattr(Vace, "model_rebuild", None)
    assert Vace(prompt="y").prompt == "y"
