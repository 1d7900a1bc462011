"""The hand-written half of every generated Wiro client.

Importing it loads neither httpx nor pydantic: each name below is fetched when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from wiro_runtime._version import __version__

if TYPE_CHECKING:
    from wiro_runtime import clock, endpoint, errors, wire
    from wiro_runtime.answer import Segment, ToolCall
    from wiro_runtime.client import AsyncClient, Client
    from wiro_runtime.conversation import AsyncConversation, Conversation
    from wiro_runtime.directory import BindingDrift
    from wiro_runtime.event import (
        AudioChunk,
        Cost,
        Event,
        Finished,
        Log,
        OutputReady,
        Progress,
        Queued,
        Started,
        StatusChanged,
        StreamEnd,
        StreamReady,
        Submitted,
        TextDelta,
        ThinkingDelta,
        Transcript,
    )
    from wiro_runtime.exchange import Exchange
    from wiro_runtime.file import FileInput, Files, UploadedFile
    from wiro_runtime.flow.download import Saving
    from wiro_runtime.flow.upload import Folder
    from wiro_runtime.live import LiveInput, LiveModel
    from wiro_runtime.output import Output
    from wiro_runtime.outputs import AsyncOutputFile, AsyncOutputs, OutputFile, Outputs
    from wiro_runtime.request import MediaRequest, RealtimeRequest, Request, TextRequest
    from wiro_runtime.result import (
        AsyncMediaResult,
        AsyncRealtimeResult,
        AsyncTextResult,
        MediaResult,
        RealtimeResult,
        TextResult,
    )
    from wiro_runtime.snapshot import TaskSnapshot
    from wiro_runtime.stream import AsyncStream, Stream
    from wiro_runtime.task import AsyncTask, Task
    from wiro_runtime.timing import Timings
    from wiro_runtime.untyped import UntypedRequest
    from wiro_runtime.webhook import InvalidWebhook, Webhook, parse_webhook

__all__ = [
    "AsyncClient",
    "AsyncConversation",
    "AsyncMediaResult",
    "AsyncOutputFile",
    "AsyncOutputs",
    "AsyncRealtimeResult",
    "AsyncStream",
    "AsyncTask",
    "AsyncTextResult",
    "AudioChunk",
    "BindingDrift",
    "Client",
    "Conversation",
    "Cost",
    "Event",
    "Exchange",
    "FileInput",
    "Files",
    "Finished",
    "Folder",
    "InvalidWebhook",
    "LiveInput",
    "LiveModel",
    "Log",
    "MediaRequest",
    "MediaResult",
    "Output",
    "OutputFile",
    "OutputReady",
    "Outputs",
    "Progress",
    "Queued",
    "RealtimeRequest",
    "RealtimeResult",
    "Request",
    "Saving",
    "Segment",
    "Started",
    "StatusChanged",
    "Stream",
    "StreamEnd",
    "StreamReady",
    "Submitted",
    "Task",
    "TaskSnapshot",
    "TextDelta",
    "TextRequest",
    "TextResult",
    "ThinkingDelta",
    "Timings",
    "ToolCall",
    "Transcript",
    "UntypedRequest",
    "UploadedFile",
    "Webhook",
    "__version__",
    "clock",
    "endpoint",
    "errors",
    "parse_webhook",
    "wire",
]

_MODULES = {
    "directory": ("BindingDrift",),
    "exchange": ("Exchange",),
    "live": ("LiveInput", "LiveModel"),
    "untyped": ("UntypedRequest",),
    "webhook": ("InvalidWebhook", "Webhook", "parse_webhook"),
    "client": ("AsyncClient", "Client"),
    "answer": ("Segment", "ToolCall"),
    "conversation": ("AsyncConversation", "Conversation"),
    "stream": ("AsyncStream", "Stream"),
    "event": (
        "AudioChunk",
        "Cost",
        "Event",
        "Finished",
        "Log",
        "OutputReady",
        "Progress",
        "Queued",
        "Started",
        "StatusChanged",
        "StreamEnd",
        "StreamReady",
        "Submitted",
        "TextDelta",
        "ThinkingDelta",
        "Transcript",
    ),
    "file": ("FileInput", "Files", "UploadedFile"),
    "flow.download": ("Saving",),
    "flow.upload": ("Folder",),
    "output": ("Output",),
    "request": ("MediaRequest", "RealtimeRequest", "Request", "TextRequest"),
    "outputs": ("AsyncOutputFile", "AsyncOutputs", "OutputFile", "Outputs"),
    "result": (
        "AsyncMediaResult",
        "AsyncRealtimeResult",
        "AsyncTextResult",
        "MediaResult",
        "RealtimeResult",
        "TextResult",
    ),
    "snapshot": ("TaskSnapshot",),
    "task": ("AsyncTask", "Task"),
    "timing": ("Timings",),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    elif name in __all__:
        value = import_module(f"{__name__}.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
