"""The hand-written half of every generated Wiro client.

Importing it loads neither httpx nor pydantic: each name is fetched when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from wiro_runtime._lazy import HOMES, NAMES
from wiro_runtime._version import __version__ as __version__

# What type checkers see of the table in `_lazy`; a test compares the two.
if TYPE_CHECKING:
    from wiro_runtime import errors as errors
    from wiro_runtime.catalog.drift import BindingDrift as BindingDrift
    from wiro_runtime.catalog.info import InputInfo as InputInfo
    from wiro_runtime.catalog.info import ModelInfo as ModelInfo
    from wiro_runtime.client import endpoint as endpoint
    from wiro_runtime.client.async_client import AsyncClient as AsyncClient
    from wiro_runtime.client.client import Client as Client
    from wiro_runtime.client.live_session import AsyncLiveSession as AsyncLiveSession
    from wiro_runtime.client.live_session import LiveSession as LiveSession
    from wiro_runtime.client.output_file import AsyncOutputFile as AsyncOutputFile
    from wiro_runtime.client.output_file import OutputFile as OutputFile
    from wiro_runtime.client.outputs import AsyncOutputs as AsyncOutputs
    from wiro_runtime.client.outputs import Outputs as Outputs
    from wiro_runtime.client.requests import MediaRequest as MediaRequest
    from wiro_runtime.client.requests import RealtimeRequest as RealtimeRequest
    from wiro_runtime.client.requests import TextRequest as TextRequest
    from wiro_runtime.client.result import AsyncMediaResult as AsyncMediaResult
    from wiro_runtime.client.result import AsyncRealtimeResult as AsyncRealtimeResult
    from wiro_runtime.client.result import AsyncResult as AsyncResult
    from wiro_runtime.client.result import AsyncTextResult as AsyncTextResult
    from wiro_runtime.client.result import MediaResult as MediaResult
    from wiro_runtime.client.result import RealtimeResult as RealtimeResult
    from wiro_runtime.client.result import Result as Result
    from wiro_runtime.client.result import TextResult as TextResult
    from wiro_runtime.client.stream import AsyncStream as AsyncStream
    from wiro_runtime.client.stream import Stream as Stream
    from wiro_runtime.client.task import AsyncTask as AsyncTask
    from wiro_runtime.client.task import Task as Task
    from wiro_runtime.client.untyped import UntypedRequest as UntypedRequest
    from wiro_runtime.flow.download import DownloadProgress as DownloadProgress
    from wiro_runtime.flow.map import MapProgress as MapProgress
    from wiro_runtime.flow.map import MapResult as MapResult
    from wiro_runtime.flow.upload import Folder as Folder
    from wiro_runtime.journal.entry import JournalEntry as JournalEntry
    from wiro_runtime.journal.journal import Journal as Journal
    from wiro_runtime.observe import Exchange as Exchange
    from wiro_runtime.price.budget import Budget as Budget
    from wiro_runtime.price.estimate import Estimate as Estimate
    from wiro_runtime.request import wire as wire
    from wiro_runtime.request.binding import Binding as Binding
    from wiro_runtime.request.binding import binding_of as binding_of
    from wiro_runtime.request.file import FileInput as FileInput
    from wiro_runtime.request.file import Files as Files
    from wiro_runtime.request.file import UploadedFile as UploadedFile
    from wiro_runtime.request.request import Request as Request
    from wiro_runtime.seam import clock as clock
    from wiro_runtime.task.event import AudioChunk as AudioChunk
    from wiro_runtime.task.event import Cost as Cost
    from wiro_runtime.task.event import Event as Event
    from wiro_runtime.task.event import Finished as Finished
    from wiro_runtime.task.event import Log as Log
    from wiro_runtime.task.event import OutputReady as OutputReady
    from wiro_runtime.task.event import Progress as Progress
    from wiro_runtime.task.event import Queued as Queued
    from wiro_runtime.task.event import Started as Started
    from wiro_runtime.task.event import StatusChanged as StatusChanged
    from wiro_runtime.task.event import StreamEnd as StreamEnd
    from wiro_runtime.task.event import StreamReady as StreamReady
    from wiro_runtime.task.event import Submitted as Submitted
    from wiro_runtime.task.event import TextDelta as TextDelta
    from wiro_runtime.task.event import ThinkingDelta as ThinkingDelta
    from wiro_runtime.task.event import Transcript as Transcript
    from wiro_runtime.task.llm_answer import Segment as Segment
    from wiro_runtime.task.llm_answer import ToolCall as ToolCall
    from wiro_runtime.task.output import Output as Output
    from wiro_runtime.task.snapshot import TaskSnapshot as TaskSnapshot
    from wiro_runtime.task.timings import Timings as Timings
    from wiro_runtime.task.webhook import InvalidWebhook as InvalidWebhook
    from wiro_runtime.task.webhook import Webhook as Webhook
    from wiro_runtime.task.webhook import parse_webhook as parse_webhook
else:
    __all__ = [*NAMES]  # noqa: PLE0604 - the table has nothing but names


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home, attribute = HOMES[name]
    module = import_module(f"{__name__}.{home}")
    value = module if attribute is None else getattr(module, attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return NAMES
