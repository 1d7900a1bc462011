"""The hand-written half of every generated Wiro client.

Importing it loads neither httpx nor pydantic: each name below is fetched when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from wiro_runtime._version import __version__

if TYPE_CHECKING:
    from wiro_runtime import errors
    from wiro_runtime.catalog.drift import BindingDrift
    from wiro_runtime.catalog.info import InputInfo, ModelInfo
    from wiro_runtime.client import endpoint
    from wiro_runtime.client.client import AsyncClient, Client
    from wiro_runtime.client.live_session import AsyncConversation, Conversation
    from wiro_runtime.client.outputs import AsyncOutputFile, AsyncOutputs, OutputFile, Outputs
    from wiro_runtime.client.requests import MediaRequest, RealtimeRequest, TextRequest
    from wiro_runtime.client.result import (
        AsyncMediaResult,
        AsyncRealtimeResult,
        AsyncTextResult,
        MediaResult,
        RealtimeResult,
        TextResult,
    )
    from wiro_runtime.client.stream import AsyncStream, Stream
    from wiro_runtime.client.task import AsyncTask, Task
    from wiro_runtime.client.untyped import UntypedRequest
    from wiro_runtime.flow.download import DownloadProgress
    from wiro_runtime.flow.upload import Folder
    from wiro_runtime.observe import Exchange
    from wiro_runtime.request import wire
    from wiro_runtime.request.binding import Binding, binding_of
    from wiro_runtime.request.file import FileInput, Files, UploadedFile
    from wiro_runtime.request.request import Request
    from wiro_runtime.seam import clock
    from wiro_runtime.task.event import (
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
    from wiro_runtime.task.llm_answer import Segment, ToolCall
    from wiro_runtime.task.output import Output
    from wiro_runtime.task.snapshot import TaskSnapshot, Timings
    from wiro_runtime.task.webhook import InvalidWebhook, Webhook, parse_webhook

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
    "Binding",
    "BindingDrift",
    "Client",
    "Conversation",
    "Cost",
    "DownloadProgress",
    "Event",
    "Exchange",
    "FileInput",
    "Files",
    "Finished",
    "Folder",
    "InputInfo",
    "InvalidWebhook",
    "Log",
    "MediaRequest",
    "MediaResult",
    "ModelInfo",
    "Output",
    "OutputFile",
    "OutputReady",
    "Outputs",
    "Progress",
    "Queued",
    "RealtimeRequest",
    "RealtimeResult",
    "Request",
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
    "binding_of",
    "clock",
    "endpoint",
    "errors",
    "parse_webhook",
    "wire",
]

_MODULES = {
    "catalog.drift": ("BindingDrift",),
    "observe": ("Exchange",),
    "catalog.info": ("InputInfo", "ModelInfo"),
    "client.untyped": ("UntypedRequest",),
    "task.webhook": ("InvalidWebhook", "Webhook", "parse_webhook"),
    "client.client": ("AsyncClient", "Client"),
    "task.llm_answer": ("Segment", "ToolCall"),
    "client.live_session": ("AsyncConversation", "Conversation"),
    "client.stream": ("AsyncStream", "Stream"),
    "task.event": (
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
    "request.file": ("FileInput", "Files", "UploadedFile"),
    "flow.download": ("DownloadProgress",),
    "flow.upload": ("Folder",),
    "task.output": ("Output",),
    "request.request": ("Request",),
    "client.requests": ("MediaRequest", "RealtimeRequest", "TextRequest"),
    "request.binding": ("Binding", "binding_of"),
    "client.outputs": ("AsyncOutputFile", "AsyncOutputs", "OutputFile", "Outputs"),
    "client.result": (
        "AsyncMediaResult",
        "AsyncRealtimeResult",
        "AsyncTextResult",
        "MediaResult",
        "RealtimeResult",
        "TextResult",
    ),
    "task.snapshot": ("TaskSnapshot", "Timings"),
    "client.task": ("AsyncTask", "Task"),
}
_SUBMODULES = {"clock": "seam.clock", "endpoint": "client.endpoint", "wire": "request.wire"}

_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    elif name in __all__:
        value = import_module(f"{__name__}.{_SUBMODULES.get(name, name)}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
