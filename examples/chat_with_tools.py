"""Talk with language models: words as they are written, a conversation, and functions of your own.

python examples/chat_with_tools.py                               # on the mock
WIRO_API_KEY=… python examples/chat_with_tools.py owner/model    # one of category llm-tool-call
"""

import os
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from _offline import mock_unless_there_is_a_key

from wiro import TextDelta, TextResult, Wiro
from wiro.models.google import Gemini3Flash
from wiromock import MockWiro, Notifications, Success, ToolCall

QUESTION = "Is there snow in Oslo?"
TOOLS = [
    {
        "type": "function",
        "name": "weather",
        "description": "How the weather is in a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    }
]


def weather(city: str) -> str:
    return f"snow in {city}"


FUNCTIONS: Mapping[str, Callable[..., str]] = {"weather": weather}


def look_up(slug: str) -> None:
    """Ask a model that may call functions, until it asks for no more."""
    with Wiro() as client:
        assistant, session = client.models[slug], str(uuid4())
        turn: dict[str, Any] = {"prompt": QUESTION, "tools": TOOLS}
        while turn:
            answer = client.run(assistant(**turn, session_id=session))
            print(answer.text)
            turn = next_turn(answer)


def chat(questions: list[str]) -> None:
    """Ask one after the other in one conversation, and print each word as it comes."""
    session = str(uuid4())
    with Wiro() as client:
        for question in questions:
            with client.stream(Gemini3Flash(prompt=question, session_id=session)) as run:
                for event in run:
                    if isinstance(event, TextDelta):
                        print(event.delta, end="", flush=True)
            print(f" ({run.result().cost} USD)")


def next_turn(answer: TextResult) -> dict[str, Any]:
    """What the functions say that the model asked for; nothing when it is done."""
    outputs = [
        {"call_id": call.call_id, "output": FUNCTIONS[call.name](**call.arguments)}
        for call in answer.tool_calls
        if call.completed  # an unfinished call may have half of its arguments
    ]
    for output in outputs:
        print("tool:", output["output"])
    return {"tool_outputs": outputs, "previous_task_token": answer.task.token} if outputs else {}


@contextmanager
def offline() -> Generator[None]:
    """Play a platform whose model asks for the weather first."""
    os.environ["WIRO_API_KEY"] = "offline"
    newer = Notifications(dialect="newer")  # which has words for tools
    call = ToolCall(name="weather", arguments='{"city": "Oslo"}')
    with MockWiro(specs=Path(__file__).parent / "specs") as mock:
        mock.on("acme/assistant").then(
            Success(answer="Let me look.", tool_calls=(call,), notifications=newer),
            Success(answer="Yes, there is snow in Oslo.", notifications=newer),
            after="error",
        )
        yield


if __name__ == "__main__":
    with mock_unless_there_is_a_key():
        chat(["Why is snow white?", "And why is the sky blue?"])
    if not os.environ.get("WIRO_API_KEY"):
        with offline():
            look_up("acme/assistant")
    elif sys.argv[1:]:
        look_up(sys.argv[1])
    else:
        sys.exit("Name a model of category llm-tool-call: see https://wiro.ai/models")
