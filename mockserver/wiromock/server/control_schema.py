"""JSON Schemas of what calls of the control API send and get."""

from typing import Final

from wiromock.server.route import Schema

OBJECT: Final[Schema] = {"type": "object"}

CLOCK: Final[Schema] = {
    "type": "object",
    "description": "One of the four.",
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
    "properties": {
        "advance": {
            "type": "number",
            "minimum": 0,
            "maximum": 1e9,
            "description": "Push forward by so many seconds.",
        },
        "speed": {
            "type": "number",
            "minimum": 0,
            "maximum": 1e6,
            "description": "Mock seconds in a real second; 0 stands still.",
        },
        "until": {
            "type": "object",
            "description": "Push forward to the moment at which a task reaches a status.",
            "additionalProperties": False,
            "required": ["task", "status"],
            "properties": {
                "task": {"type": "string"},
                "status": {"type": "string", "examples": ["task_start"]},
            },
        },
        "until_all_is_over": {
            "const": True,
            "description": "Push forward until no task is running that ends by itself.",
        },
    },
}
TIME: Final[Schema] = {
    "type": "object",
    "properties": {
        "now": {"type": "number"},
        "elapsed": {"type": "number"},
        "speed": {"type": "number"},
    },
    "required": ["now", "elapsed", "speed"],
}

CLOCK_EXAMPLES: Final = (
    'send one of {"advance": 30}, {"speed": 60}, {"until": {"task": "2221", "status": "task_start"}} '
    'and {"until_all_is_over": true}'
)
FAILURE: Final[Schema] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "pexit": {"type": "string", "description": 'The exit code; not "0".', "default": "1"},
        "stderr": {
            "type": "string",
            "description": "What the process wrote to stderr.",
            "default": "",
        },
    },
}
