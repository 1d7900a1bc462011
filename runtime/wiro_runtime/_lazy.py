"""Where each public name lives: the one table that `wiro_runtime` loads from, name by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["HOMES", "NAMES"]

_MODULES: Final[Mapping[str, tuple[str, ...]]] = {
    "catalog.drift": ("BindingDrift",),
    "catalog.info": ("InputInfo", "ModelInfo"),
    "client.async_client": ("AsyncClient",),
    "client.client": ("Client",),
    "client.live_session": ("AsyncLiveSession", "LiveSession"),
    "client.output_file": ("AsyncOutputFile", "OutputFile"),
    "client.outputs": ("AsyncOutputs", "Outputs"),
    "client.requests": ("MediaRequest", "RealtimeRequest", "TextRequest"),
    "client.result": (
        "AsyncResult",
        "Result",
        "AsyncMediaResult",
        "AsyncRealtimeResult",
        "AsyncTextResult",
        "MediaResult",
        "RealtimeResult",
        "TextResult",
    ),
    "client.stream": ("AsyncStream", "Stream"),
    "client.task": ("AsyncTask", "Task"),
    "client.untyped": ("UntypedRequest",),
    "flow.download": ("DownloadProgress",),
    "flow.map": ("MapProgress", "MapResult"),
    "flow.upload": ("Folder",),
    "journal.entry": ("JournalEntry",),
    "journal.journal": ("Journal",),
    "observe": ("Exchange",),
    "price.budget": ("Budget",),
    "price.estimate": ("Estimate",),
    "request.binding": ("Binding", "binding_of"),
    "request.file": ("FileInput", "Files", "UploadedFile"),
    "request.request": ("Request",),
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
    "task.llm_answer": ("Segment", "ToolCall"),
    "task.output": ("Output",),
    "task.snapshot": ("TaskSnapshot",),
    "task.timings": ("Timings",),
    "task.webhook": ("InvalidWebhook", "Webhook", "parse_webhook"),
}

_SUBMODULES: Final[Mapping[str, str]] = {
    "clock": "seam.clock",
    "endpoint": "client.endpoint",
    "errors": "errors",
    "wire": "request.wire",
}
"""Public modules, by the name under which they are known."""

HOMES: Final[Mapping[str, tuple[str, str | None]]] = {
    **{name: (module, name) for module, names in _MODULES.items() for name in names},
    **{name: (module, None) for name, module in _SUBMODULES.items()},
}
"""By name: the module, and the attribute in it; None for the module itself."""

NAMES: Final = sorted({"__version__", *HOMES})
"""Every public name."""
