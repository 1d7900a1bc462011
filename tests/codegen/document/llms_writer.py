"""Writes llms.txt documents the way the platform does: the other direction of the reader.

Written from the grammar and not from the reader, so that a mistake in one is no mistake in both.
"""

from dataclasses import dataclass, field

STATUS_SECTION = """
## Task Status Information
This section defines the possible task status values.

### Completed Task Statuses (Polling can stop)
Once any of these is received, polling should stop.
- task_postprocess_end : Task completed.
- task_cancel : Task was cancelled.

### Running Task Statuses (Continue polling)
Polling should continue if one of these is returned.
- task_queue : Task is waiting.
- task_start : Task execution has started.
          """


@dataclass
class Choice:
    value: str
    label: str
    extra: dict[str, str] = field(default_factory=dict)


@dataclass
class Item:
    name: str
    type: str = "text"
    label: str = "Label"
    help: str = ""
    default: str = ""
    options: list[Choice] | None = None


def write(
    items,
    *,
    slug="acme/model",
    name=None,
    word="Model",
    description="Makes things.",
    cover="https://cdn.example.com/cover.png",
    categories=("tool", "text-to-image"),
    tags=(),
    preamble="",
    response='{"errors": [], "taskid": "1", "result": true}',
    ending=STATUS_SECTION,
):
    """Write a line-broken document."""
    lines = [
        *([preamble] if preamble else []),
        "## Basic tool info",
        "",
        f"{word} name: {name or slug}",
        f"{word} description: {description}",
        f"{word} cover: {cover}",
        f"{word} categories:",
        *(f"  - {category}" for category in categories),
        "",
        *([f"{word} tags:", *(f"  - {tag}" for tag in tags), ""] if tags else []),
        "Run Task Endpoint (POST):",
        f"https://api.wiro.ai/v1/Run/{slug}",
        "",
        "Get Task Detail Endpoint (POST):",
        "https://api.wiro.ai/v1/Task/Detail",
        "",
        f"## {word} Inputs: ",
        "",
        *(line for item in items for line in write_item(item)),
        "",
        "## Integration Header Prepare ",
        "```bash",
        '  export YOUR_API_KEY="{{useSelectedProjectAPIKey}}"; ',
        "```",
        "",
        "## Run Command - Make HTTP Post Request ",
        "```bash",
        f'curl -X POST "https://api.wiro.ai/v1/Run/{slug}" ',
        '-H "Content-Type: multipart/form-data" ',
        "-d '{",
        '  "prompt": "a \\"quoted\\" deer\'s tale"',
        "}';",
        "```",
        "",
        "## Run Command - Response",
        "```json",
        response,
        "```",
    ]
    return "\n".join(lines) + "\n" + ending


def write_item(item):
    yield f"  - name: {item.name}"
    yield f"    label: {item.label}"
    yield f"    help: {item.help}"
    yield f"    type: {item.type}"
    yield f"    default: {item.default}"
    if item.options is not None:
        yield "    options:"
        for choice in item.options:
            yield f'      - value: "{choice.value}"'
            yield f"        label: {choice.label}"
            yield from (f"        {key}: {text}" for key, text in choice.extra.items())
            yield ""
    yield ""


def flatten(text):
    return " ".join(text.split())
