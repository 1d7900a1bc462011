"""What changed for callers between two generated packages, as a table: input by input, kind by kind.

Import the same documents with two states of the generator, generate a package with each, and run

    python tests/codegen/compare_catalogs.py OLD/wiro NEW/wiro
"""

import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

FACTS = ("type", "required", "default", "sent", "choices", "minimum", "maximum")


def read(package: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """The inputs of each model, by slug and wire name."""
    models: dict[str, dict[str, dict[str, Any]]] = {}
    for path in sorted((package / "_catalog").glob("*.json")):
        if path.stem == "index":
            continue
        for slug, inputs in json.loads(path.read_bytes()).items():
            models[slug] = {field["wire_name"]: field for field in inputs}
    return models


def index(package: Path) -> dict[str, dict[str, Any]]:
    rows = json.loads((package / "_catalog/index.json").read_bytes())
    return {row["slug"]: row for row in rows}


def compare(old: Path, new: Path) -> dict[str, list[str]]:
    """Each kind of change, with the places where it happened."""
    changes: dict[str, list[str]] = defaultdict(list)
    before, after = read(old), read(new)
    for slug in sorted(before.keys() | after.keys()):
        ours, theirs = before.get(slug), after.get(slug)
        if ours is None or theirs is None:
            changes["model is new" if ours is None else "model is gone"].append(slug)
            continue
        for name in sorted(ours.keys() | theirs.keys()):
            place = f"{slug} `{name}`"
            if name not in ours or name not in theirs:
                changes["input is new" if name in theirs else "input is gone"].append(place)
                continue
            for kind in described(ours[name], theirs[name]):
                changes[kind].append(place)
    rows = index(new)
    for slug, row in index(old).items():
        if slug in rows and row["kind"] != rows[slug]["kind"]:
            changes[f"kind: {row['kind']} → {rows[slug]['kind']}"].append(slug)
        if slug in rows and len(rows[slug].get("content", ())) and "content" not in row:
            changes["a call without any content is refused"].append(slug)
    return changes


def described(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    kinds = [
        f"{fact}: {shown(old.get(fact))} → {shown(new.get(fact))}"
        for fact in FACTS
        if old.get(fact) != new.get(fact)
    ]
    loose = "A number, or text."
    if (loose in new["doc"]) != (loose in old["doc"]):
        kinds.append("takes numbers and text" if loose in new["doc"] else "takes text alone")
    return kinds


def shown(value: Any) -> str:
    return f"{len(value)} listed" if isinstance(value, list) else json.dumps(value)


def main() -> None:
    changes = compare(Path(sys.argv[1]), Path(sys.argv[2]))
    counts = Counter({kind: len(places) for kind, places in changes.items()})
    print("| change | times | such as |\n|---|---|---|")
    for kind, times in counts.most_common():
        print(f"| {kind} | {times} | {', '.join(changes[kind][:3])} |")


if __name__ == "__main__":
    main()
