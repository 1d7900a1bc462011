"""The operations that the mock plays, by the names that scenarios, journal and engine share."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

Operation: TypeAlias = Literal[
    "Run",
    "RunSync",
    "TaskDetail",
    "TaskList",
    "TaskCancel",
    "TaskKill",
    "TaskInputOutputDelete",
    "ToolList",
    "ToolDetail",
    "ToolExplore",
    "ToolDetailOpenAPI",
    "FileUpload",
    "FileFolderCreate",
    "File",
    "Output",
    "Socket",
]
"""`Output` is a download from the file host, `Socket` the handshake of a WebSocket; the rest are
endpoints, named after their paths."""

CallTarget: TypeAlias = Literal[Operation, "*"]
"""What a rule for calls may be for: an operation, or every call."""
EVERY_CALL: Final = "*"

PLAYED: Final[Mapping[str, Operation]] = {
    "run": "Run",
    "run_sync": "RunSync",
    "task_detail": "TaskDetail",
    "task_list": "TaskList",
    "task_cancel": "TaskCancel",
    "task_kill": "TaskKill",
    "task_input_output_delete": "TaskInputOutputDelete",
    "tool_list": "ToolList",
    "tool_detail": "ToolDetail",
    "tool_explore": "ToolExplore",
    "tool_detail_open_api": "ToolDetailOpenAPI",
    "file_upload": "FileUpload",
    "file_folder_create": "FileFolderCreate",
    "file": "File",
}
"""The platform's endpoints that the mock plays, by their names in the spec."""
