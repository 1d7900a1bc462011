"""The blocking and the awaited surface are one: same names, same arguments, same docs or a pointer."""

import asyncio
import inspect
import re

import pytest

from runtime.platform_double import Platform
from wiro_runtime import AsyncClient, Client, config
from wiro_runtime.client import (
    async_client,
    catalog,
    client,
    endpoint,
    files,
    journal,
    live_session,
    outputs,
    result,
    stream,
    task,
    tasks,
)
from wiro_runtime.errors import InvalidRequest
from wiro_runtime.flow.options import known_options

TWINS = [
    (client.Client, async_client.AsyncClient),
    (task.Task, task.AsyncTask),
    (files.FilesResource, files.AsyncFilesResource),
    (tasks.TasksResource, tasks.AsyncTasksResource),
    (catalog.CatalogResource, catalog.AsyncCatalogResource),
    (journal.JournalResource, journal.AsyncJournalResource),
    (outputs.Outputs, outputs.AsyncOutputs),
    (outputs.OutputFile, outputs.AsyncOutputFile),
    (result.MediaResult, result.AsyncMediaResult),
    (result.TextResult, result.AsyncTextResult),
    (result.RealtimeResult, result.AsyncRealtimeResult),
    (stream.Stream, stream.AsyncStream),
    (live_session.LiveSession, live_session.AsyncLiveSession),
    (endpoint.Endpoint, endpoint.AsyncEndpoint),
    (endpoint.Namespace, endpoint.AsyncNamespace),
]
ENTER = {"__enter__": "__aenter__", "__exit__": "__aexit__"}
AWAITED = {
    "Client": {
        *("run", "submit", "attach", "close", "estimate", "reconcile", "__enter__", "__exit__"),
    },
    "JournalResource": {"get", "reconcile", "rerun", "adopt", "forget", "spending", "budgets"},
    "Task": {"refresh", "wait", "result", "cancel"},
    "FilesResource": {"create_folder", "upload"},
    "OutputFile": {"read", "save"},
    "TasksResource": {"get", "cancel", "kill", "delete_files", "confirm"},
    "CatalogResource": {"explore", "get", "drift"},
    "Outputs": {"save"},
    "Stream": {"result", "__enter__", "__exit__"},
    "LiveSession": {"send", "receive", "interrupt", "end", "result", "__enter__", "__exit__"},
    "Endpoint": {"run", "submit"},
}


def surface(kind: type) -> dict[str, object]:
    own = {
        **dict.fromkeys(ENTER),
        **dict.fromkeys(ENTER.values()),
        "__call__": None,
        "__init__": None,
    }
    names = {name for name in dir(kind) if not name.startswith("_") or name in own}
    return {name: inspect.getattr_static(kind, name) for name in names}


def arguments(function: object) -> list[tuple[str, object, object]]:
    signature = inspect.signature(function)
    return [
        (name, parameter.kind, parameter.default)
        for name, parameter in signature.parameters.items()
        if name != "self"
    ]


@pytest.mark.parametrize(("sync", "awaited"), TWINS, ids=lambda kind: kind.__name__)
def test_twins_have_the_same_members(sync, awaited):
    expected = {ENTER.get(name, name) for name in surface(sync)}
    assert set(surface(awaited)) == expected


@pytest.mark.parametrize(("sync", "awaited"), TWINS, ids=lambda kind: kind.__name__)
def test_twins_take_the_same_arguments_and_await_what_reaches_the_platform(sync, awaited):
    members = surface(awaited)
    for name, member in surface(sync).items():
        twin = members[ENTER.get(name, name)]
        if inspect.isfunction(member):
            assert arguments(member) == arguments(twin), name
            is_awaited = name in AWAITED.get(sync.__name__, ())
            assert inspect.iscoroutinefunction(twin) is is_awaited, name
            assert not inspect.iscoroutinefunction(member), name
        is_slot = inspect.ismemberdescriptor(member)
        assert is_slot or getattr(twin, "__doc__", None) or name.startswith("__"), name


@pytest.mark.parametrize("call", ["run", "stream", "submit"])
def test_the_docs_of_a_call_name_every_option_it_takes(call):
    text = inspect.getdoc(getattr(client.Client, call))
    listed = text[text.index("**options") : text.index("Raises:") if "Raises:" in text else None]
    assert set(re.findall(r"\w+(?=[,:])", listed)) >= known_options(call)


@pytest.mark.parametrize("verb", ["get", "cancel", "kill", "delete_files"])
def test_a_wrong_token_is_reported_under_the_method_that_was_given_it(verb):
    blocking, awaited = Platform().client(), Platform().async_client()
    with pytest.raises(InvalidRequest, match=rf"^{verb}\(\)"):
        getattr(blocking.tasks, verb)(token=7)
    with pytest.raises(InvalidRequest, match=rf"^{verb}\(\)"):
        asyncio.run(getattr(awaited.tasks, verb)(token=7))


def test_what_a_client_does_by_default_is_what_the_settings_say():
    for kind in (Client, AsyncClient):
        stated = inspect.signature(kind.__init__).parameters
        assert stated["deadline"].default == config.DEADLINE
        assert stated["http_timeout"].default == config.HTTP_TIMEOUT
