"""Wrong calls, by what is wrong with each, and the word of the caller's that its message names.

Each is written once and made of either twin; a scene has the client and what its calls return. What Python itself
refuses is not listed: a missing or unknown parameter of a method (TypeError), an index of a sequence (IndexError),
an attribute (AttributeError).
"""

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, TypeAlias

from runtime.models import Vace
from wiro_runtime import RealtimeRequest, TaskSnapshot, errors, wire
from wiro_runtime.check import shown

__all__ = ["CALLS", "CLIENTS", "OPTIONS", "SOUND", "Array", "Call", "Mute", "R", "Talk"]

Call: TypeAlias = tuple[Callable[[Any], object], str]


class Talk(RealtimeRequest, model="openai/gpt-realtime"):
    """A live model."""

    voice: Annotated[str, wire.Text("voice")] = "marin"


class Mute:
    """What cannot even be shown."""

    def __repr__(self) -> str:
        raise RuntimeError


class Array:
    """Like an array of numbers: neither true nor false, and equal to nothing in particular."""

    def __bool__(self) -> bool:
        raise ValueError

    def __eq__(self, other: object) -> Any:
        return self

    __hash__ = None

    def __repr__(self) -> str:
        return "array([1, 2])"


R = Vace(prompt="x")
SOUND = Talk()


async def _awaited(*_: object) -> None:
    """A callback that has to be awaited."""


CLIENTS: dict[str, Call] = {
    "a number for a key": (lambda s: s.make(api_key=5), "api_key"),
    "bytes for a key": (lambda s: s.make(api_key=b"key"), "api_key"),
    "a key of two lines": (lambda s: s.make(api_key="a\nb"), "api_key"),
    "a key of no letters": (lambda s: s.make(api_key="ключ"), "api_key"),
    "a secret of half an emoji": (lambda s: s.make(api_secret="\ud83d"), "api_secret"),
    "a number for a secret": (lambda s: s.make(api_secret=5), "api_secret"),
    "a secret that is no text": (lambda s: s.make(api_secret=["x"]), "api_secret"),
    "a host for a URL": (lambda s: s.make(base_url="api.wiro.ai"), "base_url"),
    "a number for a URL": (lambda s: s.make(base_url=5), "base_url"),
    "another scheme": (lambda s: s.make(base_url="ftp://a.example"), "base_url"),
    "a socket of HTTP": (lambda s: s.make(socket_url="https://a.example"), "socket_url"),
    "what has no text for a URL": (lambda s: s.make(base_url=Mute()), "base_url"),
    "what has no text for a socket": (lambda s: s.make(socket_url=Mute()), "socket_url"),
    "a list for a socket": (lambda s: s.make(socket_url=["wss://a.example"]), "socket_url"),
    "no time for an exchange": (lambda s: s.make(http_timeout=0), "http_timeout"),
    "a text for a time": (lambda s: s.make(http_timeout="30"), "http_timeout"),
    "no number of seconds": (lambda s: s.make(http_timeout=math.nan), "http_timeout"),
    "a time without end": (lambda s: s.make(http_timeout=10**400), "http_timeout"),
    "a time that no socket takes": (lambda s: s.make(http_timeout=1e300), "http_timeout"),
    "a number that signals": (lambda s: s.make(http_timeout=Decimal("sNaN")), "http_timeout"),
    "None for a time": (lambda s: s.make(http_timeout=None), "http_timeout"),
    "headers of a number": (lambda s: s.make(headers=5), "headers"),
    "headers of numbers": (lambda s: s.make(headers={"a": 1}), "headers"),
    "a header of the client's own": (lambda s: s.make(headers={"X-API-Key": "k"}), "headers"),
    "a header of two lines": (lambda s: s.make(headers={"a": "b\r\nc: d"}), "headers"),
    "a deadline that has passed": (lambda s: s.make(deadline=-1), "deadline"),
    "a deadline of words": (lambda s: s.make(deadline="soon"), "deadline"),
    "a deadline of yes": (lambda s: s.make(deadline=True), "deadline"),
    "a hook that is none": (lambda s: s.make(on_exchange=5), "on_exchange"),
    "a way of following that is none": (lambda s: s.make(tracking="ws"), "tracking"),
    "a list of ways": (lambda s: s.make(tracking=["polling"]), "tracking"),
    "a client that is none": (lambda s: s.make(http_client=5), "http_client"),
    "the class of a client": (lambda s: s.make(http_client=type(s.http_client)), "http_client"),
    "the other twin's client": (lambda s: s.make(http_client=s.other_http_client), "http_client"),
    "a number for a journal": (lambda s: s.make(journal=5), "journal"),
    "a journal with a zero byte": (lambda s: s.make(journal="a\0b"), "journal"),
    "a journal of half an emoji": (lambda s: s.make(journal="\ud83d"), "journal"),
    "a folder for a journal": (lambda s: s.make(journal=s.folder).journal.get("k"), "journal"),
    "a journal of another database": (lambda s: s.make(journal="mysql://a/b"), "journal"),
}

# By the option: a wrong value, and what takes such an option.
_WRONG_OPTIONS: dict[str, tuple[object, ...]] = {
    "deadline": ("x", math.nan, math.inf, True, [1], 10**400, Decimal("sNaN"), Array()),
    "on_abandon": ("kill", None, 5),
    "tracking": ("ws", 5),
    "upload": ("after", None),
    "retry_refused": ("3", -1, True, 1.5),
    "callback_url": (5, "a.example", "ftp://a.example", "https://u:p@a.example", Mute()),
    "project_id": ([], "", True),
    "key": (5, "", "x" * 501),
    "on_unknown": ("retry", True),
    "max_cost": ("a lot", -1, math.nan),
    "unknown_price": ("allowed",),
    "on_event": (5, "print"),
    "on_evnt": (print,),
}
_SUBMIT = {"deadline", "upload", "retry_refused", "callback_url", "project_id", "key"}
_TAKES: dict[str, tuple[Callable[[Any, dict[str, Any]], object], set[str]]] = {
    "run": (lambda s, options: s.client.run(R, **options), set(_WRONG_OPTIONS)),
    "run by slug": (
        lambda s, options: s.client.run("pruna/vace", prompt="x", **options),
        {"deadline", "on_abandon", "on_event", "on_evnt"},
    ),
    "submit": (lambda s, options: s.client.submit(R, **options), _SUBMIT | {"on_evnt"}),
    "stream": (lambda s, options: s.client.stream(R, **options), {"tracking", "on_abandon"}),
    "session": (lambda s, options: s.client.session(SOUND, **options), {"deadline", "project_id"}),
    "map": (lambda s, options: s.client.map([R], **options), {"deadline", "upload", "on_event"}),
    "wait": (lambda s, options: s.task.wait(**options), {"deadline", "tracking", "on_event"}),
    "task.stream": (lambda s, options: s.task.stream(**options), {"deadline", "on_abandon"}),
    "with_options": (lambda s, options: s.client.with_options(**options), set(_WRONG_OPTIONS)),
    "rerun": (
        lambda s, options: s.kept.journal.rerun("k", as_key="l", **options),
        {"deadline", "max_cost"},
    ),
}

OPTIONS: dict[str, Call] = {
    f"{call}({option}={shown(value, 20)})": (
        lambda s, make=make, option=option, value=value: make(s, {option: value}),
        option,
    )
    for call, (make, taken) in _TAKES.items()
    for option in sorted(taken)
    for value in _WRONG_OPTIONS[option][: None if call == "run" else 1]
}

CALLS: dict[str, Call] = {
    # Requests, wherever one is taken
    "run nothing": (lambda s: s.client.run(None), "request"),
    "run a class": (lambda s: s.client.run(Vace), "request"),
    "run what cannot be shown": (lambda s: s.client.run(Mute()), "request"),
    "run a dict": (lambda s: s.client.run({"prompt": "x"}), "request"),
    "run half a slug": (lambda s: s.client.run("vace", prompt="x"), "owner/model"),
    "run without a prompt": (lambda s: s.client.run("pruna/vace"), "prompt"),
    "run a file that is not there": (
        lambda s: s.client.run(Vace(prompt="x", input_image=s.folder / "no.png")),
        "input_image",
    ),
    "run with a typo": (lambda s: s.client.run("pruna/vace", promt="x"), "prompt"),
    "submit a list": (lambda s: s.client.submit([R]), "request"),
    "submit a number": (lambda s: s.client.submit(5), "request"),
    "stream nothing": (lambda s: s.client.stream(None), "request"),
    "a session of nothing": (lambda s: s.client.session(None), "request"),
    "a session of pictures": (lambda s: s.client.session(R), "request"),
    "a session of a slug": (lambda s: s.client.session("openai/gpt-realtime"), "request"),
    "estimate nothing": (lambda s: s.client.estimate(None), "request"),
    "estimate a slug": (lambda s: s.client.estimate("pruna/vace"), "request"),
    "map nothing": (lambda s: s.client.map(None), "requests"),
    "map one request": (lambda s: s.client.map(R), "requests"),
    "map a text": (lambda s: s.client.map("pruna/vace"), "requests"),
    "map numbers": (lambda s: s.unwrapped(s.client.map([1, 2])), "request"),
    "map by a number": (lambda s: s.client.map([R], keys=5), "keys"),
    "map by one text": (lambda s: s.client.map([R], keys="k"), "keys"),
    "map by numbers": (lambda s: s.kept.map([R], keys=[1]), "keys"),
    "map by what makes no key": (lambda s: s.kept.map([R], keys=lambda _: 5), "keys"),
    "map none at once": (lambda s: s.client.map([R], at_once=0), "at_once"),
    "map a text at once": (lambda s: s.client.map([R], at_once="8"), "at_once"),
    "map ordered by a text": (lambda s: s.client.map([R], ordered="no"), "ordered"),
    "map reporting to a number": (lambda s: s.client.map([R], on_progress=5), "on_progress"),
    # Tasks, wherever one is named
    "attach a request": (lambda s: s.client.attach(R), "attach(Vace"),
    "attach a request by id": (lambda s: s.client.attach(R, id="1"), "request"),
    "attach nothing": (lambda s: s.client.attach(None, id="1"), "request"),
    "attach a slug": (lambda s: s.client.attach("pruna/vace", id="1"), "request"),
    "attach to no name": (lambda s: s.client.attach(Vace), "token="),
    "attach to two names": (lambda s: s.client.attach(Vace, id="1", token="t"), "token="),
    "attach to a list": (lambda s: s.client.attach(Vace, id=["1"]), "id"),
    "attach to yes": (lambda s: s.client.attach(Vace, id=True), "id"),
    "attach to an array": (lambda s: s.client.attach(Vace, id=Array()), "id"),
    "attach to a token of bytes": (lambda s: s.client.attach(Vace, token=b"t"), "token"),
    "attach to a number for a token": (lambda s: s.client.attach(Vace, token=5), "token"),
    "get nothing": (lambda s: s.client.tasks.get(), "token="),
    "get both": (lambda s: s.client.tasks.get(id="1", token="t"), "token="),
    "get a list": (lambda s: s.client.tasks.get(id=[]), "id="),
    "get a dict": (lambda s: s.client.tasks.get(id={"id": "1"}), "id"),
    "get an array": (lambda s: s.client.tasks.get(id=Array()), "id"),
    "get an array of tokens": (lambda s: s.client.tasks.get(token=Array()), "token"),
    "get bytes": (lambda s: s.client.tasks.get(token=b"t"), "token"),
    "cancel nothing": (lambda s: s.client.tasks.cancel(), "token="),
    "cancel a task": (lambda s: s.client.tasks.cancel(id=s.task), "id"),
    "cancel a number for a token": (lambda s: s.client.tasks.cancel(token=5), "token"),
    "kill nothing": (lambda s: s.client.tasks.kill(), "token="),
    "kill several": (lambda s: s.client.tasks.kill(id=["1", "2"]), "id"),
    "delete nothing's files": (lambda s: s.client.tasks.delete_files(), "token="),
    "delete several's files": (lambda s: s.client.tasks.delete_files(id=("1",)), "id"),
    "tasks of a number": (lambda s: s.client.tasks.list(7), "request"),
    "tasks of half a slug": (lambda s: s.client.tasks.list("vace"), "owner/model"),
    "a page of words": (lambda s: s.client.tasks.list(page_size="x"), "page_size"),
    "a page of none": (lambda s: s.client.tasks.list(page_size=0), "page_size"),
    "a page of too many": (lambda s: s.client.tasks.list(page_size=101), "page_size"),
    "confirm nothing": (lambda s: s.client.tasks.confirm(None), "webhook"),
    "confirm a body": (lambda s: s.client.tasks.confirm({"id": "1"}), "webhook"),
    "confirm a task": (lambda s: s.client.tasks.confirm(TaskSnapshot(id="1")), "webhook"),
    # Files
    "upload nothing": (lambda s: s.client.files.upload(None), "file"),
    "upload a number": (lambda s: s.client.files.upload(5), "file"),
    "upload no bytes": (lambda s: s.client.files.upload(b""), "file"),
    "upload what is not there": (lambda s: s.client.files.upload(s.folder / "no.png"), "no.png"),
    "upload a folder": (lambda s: s.client.files.upload(s.folder), "file"),
    "upload a URL": (lambda s: s.client.files.upload("https://a.example/b.png"), "URL"),
    "upload into a number": (lambda s: s.client.files.upload(b"x", folder=5), "folder"),
    "upload into a list": (lambda s: s.client.files.upload(b"x", folder=["f"]), "folder"),
    "upload by words": (lambda s: s.client.files.upload(b"x", deadline="soon"), "deadline"),
    "a folder called by a list": (lambda s: s.client.files.create_folder(["a"]), "name"),
    "a folder of no name": (lambda s: s.client.files.create_folder(""), "name"),
    "a folder with a slash": (lambda s: s.client.files.create_folder("a/b"), "name"),
    "a folder called None": (lambda s: s.client.files.create_folder(None), "name"),
    "a folder in a number": (lambda s: s.client.files.create_folder("a", parent=5), "parent"),
    # Catalog and models
    "search a number": (lambda s: s.client.catalog.search(5), "text"),
    "search by a number": (lambda s: s.client.catalog.search(categories=5), "categories"),
    "search by one category": (lambda s: s.client.catalog.search(categories="video"), "categories"),
    "search by numbers": (lambda s: s.client.catalog.search(categories=[1]), "categories"),
    "search by one tag": (lambda s: s.client.catalog.search(tags="fast"), "tags"),
    "search by no tags": (lambda s: s.client.catalog.search(tags=None), "tags"),
    "search an owner of a list": (lambda s: s.client.catalog.search(owner=["pruna"]), "owner"),
    "search in a number's order": (lambda s: s.client.catalog.search(sort=5), "sort"),
    "a number in the catalog": (lambda s: s.client.catalog.get(5), "slug"),
    "nothing in the catalog": (lambda s: s.client.catalog.get(None), "slug"),
    "half a slug in the catalog": (lambda s: s.client.catalog.get("vace"), "owner/model"),
    "an empty half": (lambda s: s.client.catalog.get("/vace"), "owner/model"),
    "a path in the catalog": (lambda s: s.client.catalog.get("a/b/c"), "owner/model"),
    "drift of a text": (lambda s: s.client.catalog.drift("x"), "request"),
    "drift of nothing": (lambda s: s.client.catalog.drift(None), "request"),
    "a number for a model": (lambda s: s.client.models[5], "owner/model"),
    "a list for a model": (lambda s: s.client.models[["pruna/vace"]], "owner/model"),
    "no slug": (lambda s: s.client.models["x"], "owner/model"),
    "two slugs": (lambda s: s.client.models["pruna/vace", "a/b"], "owner/model"),
    "models of words that are none": (lambda s: s.client.models.search(5), "words"),
    "models of no kind": (lambda s: s.client.models.search("video", kind="film"), "kind"),
    "a positional argument": (lambda s: s.client.models.pruna.vace.run("a deer"), "prompt"),
    "an argument that is none": (lambda s: s.client.models.pruna.vace.run(promt="x"), "prompt"),
    "an endpoint of nothing": (lambda s: s.client.models.pruna.vace.submit(), "prompt"),
    "an endpoint's stream": (lambda s: s.client.models.pruna.vace.stream(prompt=5), "prompt"),
    # The journal
    "no journal": (lambda s: s.client.journal.get("k"), "journal"),
    "a list of no journal": (lambda s: s.client.journal.list(), "journal"),
    "unfinished of no journal": (lambda s: s.client.journal.unfinished(), "journal"),
    "reconcile no journal": (lambda s: s.client.journal.reconcile(), "journal"),
    "spending of no journal": (lambda s: s.client.journal.spending(), "journal"),
    "budgets of no journal": (lambda s: s.client.journal.budgets(), "journal"),
    "a number for a key of a run": (lambda s: s.kept.journal.get(5), "key"),
    "a list for a key of a run": (lambda s: s.kept.journal.get(["k"]), "key"),
    "runs in a state that is none": (lambda s: s.kept.journal.list(state="running"), "state"),
    "runs in two states": (lambda s: s.kept.journal.list(state=["done", "failed"]), "state"),
    "runs of a number": (lambda s: s.kept.journal.list(model=5), "model"),
    "adopt for an unknown key": (lambda s: s.kept.journal.adopt("k", id="1"), "'k'"),
    "adopt for a number": (lambda s: s.kept.journal.adopt(5, id="1"), "key"),
    "adopt nothing": (lambda s: s.kept.journal.adopt("k", id=None), "id"),
    "rerun an unknown key": (lambda s: s.kept.journal.rerun("k", as_key="l"), "'k'"),
    "rerun a number": (lambda s: s.kept.journal.rerun(5, as_key="l"), "key"),
    "rerun as a number": (lambda s: s.kept.journal.rerun("k", as_key=5), "as_key"),
    "rerun as nothing": (lambda s: s.kept.journal.rerun("k", as_key=None), "as_key"),
    "forget a number": (lambda s: s.kept.journal.forget(5), "key"),
    "forget by a text": (lambda s: s.kept.journal.forget("k", force="no"), "force"),
    "spending since a text": (lambda s: s.kept.journal.spending("yesterday"), "since"),
    "spending since nothing": (lambda s: s.kept.journal.spending(None), "since"),
    # Money
    "a budget of words": (lambda s: s.client.budget("a lot"), "cap"),
    "a budget of nothing": (lambda s: s.client.budget(None), "cap"),
    "a budget below nothing": (lambda s: s.client.budget(-1), "cap"),
    "a budget without end": (lambda s: s.client.budget(math.inf), "cap"),
    "a budget called 5": (lambda s: s.client.budget(5, name=5), "name"),
    "a budget called nothing": (lambda s: s.client.budget(5, name=""), "name"),
    "a budget of no price": (lambda s: s.client.budget(5, unknown_price="?"), "unknown_price"),
    "reconcile nothing": (lambda s: s.client.reconcile(None), "SubmissionUnknown"),
    "reconcile another error": (lambda s: s.client.reconcile(ValueError()), "SubmissionUnknown"),
    "reconcile what says nothing": (
        lambda s: s.client.reconcile(errors.SubmissionUnknown("x")),
        "SubmissionUnknown",
    ),
    # Streams and sessions
    "a stream outside its block": (lambda s: s.step(s.client.stream(R)), "with"),
    "a stream's result before it": (lambda s: s.client.stream(R).result(), "with"),
    "a stream's task before it": (lambda s: s.client.stream(R).task, "with"),
    "a task's stream outside its block": (lambda s: s.step(s.task.stream()), "with"),
    "a session outside its block": (lambda s: s.step(s.client.session(SOUND)), "with"),
    "speaking before the block": (lambda s: s.client.session(SOUND).send(b"\0\0"), "with"),
    "speaking in words": (lambda s: s.client.session(SOUND).send("hello"), "audio"),
    "speaking a number": (lambda s: s.client.session(SOUND).send(5), "audio"),
    "hearing before the block": (lambda s: s.client.session(SOUND).receive(), "with"),
    "hearing for words": (lambda s: s.client.session(SOUND).receive("soon"), "timeout"),
    "interrupting before the block": (lambda s: s.client.session(SOUND).interrupt(), "with"),
    "ending before the block": (lambda s: s.client.session(SOUND).end(), "with"),
    "a session's result before it": (lambda s: s.client.session(SOUND).result(), "with"),
    # Outputs
    "save nowhere": (lambda s: s.outputs.save(None), "folder"),
    "save into a number": (lambda s: s.outputs.save(5), "folder"),
    "save into a list": (lambda s: s.outputs.save(["out"]), "folder"),
    "save into no name": (lambda s: s.outputs.save(""), "folder"),
    "save into half an emoji": (lambda s: s.outputs.save("\ud83d"), "folder"),
    "save as half an emoji": (lambda s: s.outputs[0].save("\ud83d.mp4"), "path"),
    "save into a zero byte": (lambda s: s.outputs.save("a\0b"), "folder"),
    "save two into one file": (lambda s: s.outputs.save(s.folder / "a.mp4"), "folder"),
    "save over what is there": (lambda s: s.outputs.save(s.folder / "file.txt"), "folder"),
    "save with a conflict": (lambda s: s.outputs.save("out", on_conflict="ask"), "on_conflict"),
    "save a text at once": (lambda s: s.outputs.save("out", at_once="x"), "at_once"),
    "save none at once": (lambda s: s.outputs.save("out", at_once=0), "at_once"),
    "save reporting to a number": (lambda s: s.outputs.save("out", on_progress=5), "on_progress"),
    "save by a number": (lambda s: s.outputs.save("out", name=5), "name"),
    "save by a wrong template": (lambda s: s.outputs.save("out", name="{id}"), "name"),
    "save by what makes no name": (lambda s: s.outputs.save("out", name=lambda _: 5), "name"),
    "save by words": (lambda s: s.outputs.save("out", deadline="soon"), "deadline"),
    "save with a text for a note": (
        lambda s: s.outputs.save("out", provenance="no"),
        "provenance",
    ),
    "save one nowhere": (lambda s: s.outputs[0].save(None), "path"),
    "save one by a number": (lambda s: s.outputs[0].save(5), "path"),
    "save one with a conflict": (lambda s: s.outputs[0].save("a", on_conflict=None), "on_conflict"),
    "save one reporting to a text": (
        lambda s: s.outputs[0].save("a", on_progress="p"),
        "on_progress",
    ),
    "save one by words": (lambda s: s.outputs[0].save("a", deadline="soon"), "deadline"),
    "read by words": (lambda s: s.outputs[0].read(deadline="soon"), "deadline"),
    "read for a number that signals": (
        lambda s: s.outputs[0].read(deadline=Decimal("sNaN")),
        "deadline",
    ),
    "read for an array": (lambda s: s.outputs[0].read(deadline=Array()), "deadline"),
    "read for no number": (lambda s: s.outputs[0].read(deadline=math.nan), "deadline"),
    "pieces of nothing": (lambda s: s.outputs[0].iter_bytes(chunk_size=0), "chunk_size"),
    "pieces of a text": (lambda s: s.outputs[0].iter_bytes(chunk_size="1k"), "chunk_size"),
    "pieces by words": (lambda s: s.outputs[0].iter_bytes(deadline="soon"), "deadline"),
    "a result of nothing": (lambda s: type(s.result).from_dict(None), "to_dict()"),
    "a result of a text": (lambda s: type(s.result).from_dict("{}"), "to_dict()"),
    "a result without a task": (lambda s: type(s.result).from_dict({"version": 1}), "to_dict()"),
    "a result of no name": (lambda s: type(s.result).from_dict({"task": {}}), "to_dict()"),
    "a result of a later version": (
        lambda s: type(s.result).from_dict({"version": 2, "task": {"id": "1"}}),
        "version",
    ),
}
