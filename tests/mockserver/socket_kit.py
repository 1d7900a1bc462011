"""Tasks of an engine, and what a socket carries about them."""

import json

from platform_kit import Input, model

VOICE = model("acme/realtime", Input(name="voice", type="text"), kind="realtime")
TTS = model("acme/reader", Input(name="text", type="textarea"), kind="realtime")
STT = model("acme/writer", kind="realtime", categories=("realtime-speech-to-text",))


def start(platform, slug, scenario=None, **parameters):
    if scenario is not None:
        platform.engine.on(slug).then(scenario)
    return platform.post(f"/Run/{slug}", parameters).json


def register(platform, token):
    connection = platform.engine.connect()
    connection.receive(json.dumps({"type": "task_info", "tasktoken": token}))
    return connection


def messages_of(platform, slug="pruna/vace", scenario=None, seconds=3600, **parameters):
    """Everything that a socket carries about a task, from its start to its end."""
    parameters = parameters or {"prompt": "a deer"}
    run = start(platform, slug, scenario, **parameters)
    connection = register(platform, run["socketaccesstoken"])
    platform.clock.advance(seconds)
    return [
        frame.data if isinstance(frame.data, bytes) else json.loads(frame.data)
        for frame in connection.take()
    ]


def kinds(messages):
    return [message["type"] if isinstance(message, dict) else "audio" for message in messages]
