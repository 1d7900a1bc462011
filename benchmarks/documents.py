"""How fast documents of each form are read and imported, and how time grows with their size.

    python benchmarks/documents.py [--rounds 5] [--largest 10000000]

The documents are made up, alike in every form: eleven inputs as in pruna/vace. Growth is measured in
two ways of becoming large, many inputs and one endless text; linear time is a ratio of 10 per step.
"""

import argparse
import json
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from measuring import describe_machine, show

from wirogen.document.detect import read_document
from wirogen.importing.importer import Importer, ImportOptions, LoadedDocument
from wirogen.spec.folder import SpecFolder

SENTENCE = "A quiet forest in the early morning, with snow on every branch. "
OPTIONS = ("480p", "720p", "1080p")


def llms(inputs: int, text: str) -> bytes:
    """Write a line-broken llms.txt."""
    items = "\n".join(_llms_item(number, text) for number in range(inputs))
    return (
        "## Basic tool info\n\nModel name: acme/model\nModel description: Makes things.\n"
        "Model cover: No cover\nModel categories:\n  - tool\n\nRun Task Endpoint (POST):\n"
        f"https://api.wiro.ai/v1/Run/acme/model\n\n## Model Inputs: \n\n{items}\n"
        "## Task Status Information\n\n### Completed Task Statuses (Polling can stop)\n"
        "- task_cancel : Cancelled.\n\n### Running Task Statuses (Continue polling)\n"
        "- task_queue : Waiting.\n"
    ).encode()


def _llms_item(number: int, text: str) -> str:
    options = ""
    if number % 3 == 0:
        listed = "\n".join(
            f'      - value: "{value}"\n        label: {value}\n' for value in OPTIONS
        )
        options = f"    options:\n{listed}"
    kind = "select" if options else "textarea"
    return (
        f"  - name: input{number}\n    label: Input {number}\n    help: {text}\n"
        f"    type: {kind}\n    default: 720p\n{options}"
    )


def flat_llms(inputs: int, text: str) -> bytes:
    """Write the same without line ends."""
    return b" ".join(llms(inputs, text).split())


def openapi(inputs: int, text: str) -> bytes:
    """Write an openapi.json."""
    return json.dumps(_openapi(inputs, text)).encode()


def array(inputs: int, text: str) -> bytes:
    """Write what Tool/DetailOpenAPI answers."""
    ways = ("apikey", "bearer", "signature")
    return json.dumps([{"type": way, "spec": _openapi(inputs, text)} for way in ways]).encode()


def _openapi(inputs: int, text: str) -> dict[str, object]:
    schema = {
        "type": "object",
        "properties": {f"input{number}": _property(number, text) for number in range(inputs)},
        "required": ["input0"],
    }
    run = {
        "summary": "Run Model",
        "requestBody": {"content": {"application/json": {"schema": schema}}},
    }
    return {
        "openapi": "3.0.3",
        "servers": [{"url": "https://api.wiro.ai/v1"}],
        "paths": {"/Run/acme/model": {"post": run}},
    }


def _property(number: int, text: str) -> dict[str, object]:
    stated: dict[str, object] = {"type": "string", "title": f"Input {number}", "description": text}
    if number % 3 == 0:
        options = [{"value": value, "label": value} for value in OPTIONS]
        stated |= {
            "x-input-type": "select",
            "default": "720p",
            "enum": OPTIONS,
            "x-options": options,
        }
    return stated


def tool(inputs: int, text: str) -> bytes:
    """Write the reply of Tool/Detail."""
    items = [_item(number, text) for number in range(inputs)]
    made = {
        "cleanslugowner": "acme",
        "cleanslugproject": "model",
        "title": "Model",
        "categories": ["tool"],
        "parameters": [{"title": "Main", "items": items}],
    }
    return json.dumps({"result": True, "errors": [], "tool": [made]}).encode()


def _item(number: int, text: str) -> dict[str, object]:
    stated: dict[str, object] = {"id": f"input{number}", "type": "textarea", "note": text}
    if number % 3 == 0:
        options = [{"value": value, "label": value} for value in OPTIONS]
        stated |= {"type": "select", "default": "720p", "options": options, "required": "true"}
    return stated


FORMS: dict[str, Callable[[int, str], bytes]] = {
    "llms.txt, lines": llms,
    "llms.txt, flat": flat_llms,
    "openapi.json": openapi,
    "Tool/DetailOpenAPI": array,
    "Tool/Detail": tool,
}


def best(call: Callable[[], object], rounds: int) -> float:
    """Give the processor seconds of the fastest round: reading waits for nothing."""
    found: list[float] = []
    for _ in range(rounds):
        began = time.process_time()
        call()
        found.append(time.process_time() - began)
    return min(found)


def peak(call: Callable[[], object]) -> float:
    """Give the KiB that a call holds at most."""
    tracemalloc.start()
    call()
    held = tracemalloc.get_traced_memory()[1] / 1024
    tracemalloc.stop()
    return held


def speed(rounds: int) -> Iterator[Sequence[object]]:
    """Read and import one document of ordinary size, form by form."""
    with TemporaryDirectory() as empty:
        folder = SpecFolder(Path(empty))
        for form, write in FORMS.items():
            data = write(11, SENTENCE)

            def read(data: bytes = data) -> object:
                return read_document(data, "doc")

            def plan(data: bytes = data) -> object:
                return Importer(folder, ImportOptions()).plan(LoadedDocument("doc", data))

            reading, planning = best(read, rounds * 20), best(plan, rounds * 5)
            yield (
                form, f"{len(data):,}", f"{1 / reading:,.0f}", f"{1 / planning:,.0f}",
                f"{peak(read):,.0f}", f"{peak(plan):,.0f}",
            )  # fmt: skip


def growth(largest: int, rounds: int) -> Iterator[Sequence[object]]:
    """Read ever larger documents; give seconds and, against the size before, the ratio."""
    for form, write in FORMS.items():
        for how, grow in (("inputs", _many_inputs), ("text", _endless_text)):
            before: float | None = None
            cells: list[str] = []
            size = 10_000
            while size <= largest:
                data = grow(write, size)
                seconds = best(lambda data=data: read_document(data, "doc"), rounds)
                ratio = "" if before is None else f" (x{seconds / before:.1f})"
                cells.append(f"{seconds * 1000:.1f} ms{ratio}")
                before, size = seconds, size * 10
            yield (
                form,
                how,
                *cells,
                f"{peak(lambda data=data: read_document(data, 'doc')) / len(data) * 1024:.1f}",
            )


def _many_inputs(write: Callable[[int, str], bytes], size: int) -> bytes:
    per_input = (len(write(110, SENTENCE)) - len(write(10, SENTENCE))) / 100
    return write(max(1, round(size / per_input)), SENTENCE)


def _endless_text(write: Callable[[int, str], bytes], size: int) -> bytes:
    copies = write(1, "@@@@").count(b"@@@@")
    return write(1, SENTENCE * (size // len(SENTENCE) // copies))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--largest", type=int, default=10_000_000, help="bytes")
    arguments = parser.parse_args()
    print(describe_machine())
    headings = (
        "form",
        "bytes",
        "read per second",
        "imported per second",
        "KiB to read",
        "KiB to import",
    )
    show("One document of eleven inputs", headings, [*speed(arguments.rounds)])
    sizes = [f"{10**power // 1000:,} KB" for power in range(4, len(str(arguments.largest)))]
    headings = ("form", "grows by", *sizes, "bytes held per byte")
    show(
        "Time to read, as documents grow", headings, [*growth(arguments.largest, arguments.rounds)]
    )


if __name__ == "__main__":
    main()
