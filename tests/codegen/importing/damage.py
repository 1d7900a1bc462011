"""Damages documents the way transports, editors and people do."""

import copy
import json

STRANGE = [
    None, True, False, 0, -1, 10**30, 1e308, "", " ", "x" * 70, "\x00", "\u202e", "\ud800", "81",
    [], {}, [None], [[]], {"value": None}, {"$ref": "file:///etc/passwd"}, [{"value": 1}, {"value": "1"}],
]  # fmt: skip
"""JSON that a document should not hold where it then stands."""


def damage(data, chance):
    """Cut, move, repeat or overwrite some of the bytes."""
    kind = chance.choice(["cut", "cut out", "shuffle", "flip", "repeat", "swap lines"])
    at, to = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    if kind == "cut":
        return data[:at]
    if kind == "cut out":
        return data[:at] + data[to:]
    if kind == "shuffle":
        parts = data[:at], data[at:to], data[to:]
        return b"".join(chance.sample(parts, 3))
    if kind == "repeat":
        return data[:to] + data[at:]
    if kind == "swap lines":
        lines = data.split(b"\n" if b"\n" in data else b" - ")
        chance.shuffle(lines)
        return b"\n".join(lines)
    flipped = bytearray(data)
    for _ in range(chance.randrange(1, 20)):
        flipped[chance.randrange(len(flipped))] = chance.randrange(256)
    return bytes(flipped)


def damage_tree(data, chance):
    """Put strange values into a JSON document, move some, take some out."""
    value = json.loads(data)
    for _ in range(chance.randrange(1, 4)):
        holder, key = _pick(value, chance)
        if holder is None:
            return json.dumps(chance.choice(STRANGE)).encode()
        kind = chance.choice(["replace", "replace", "delete", "move", "rename"])
        if kind == "delete":
            del holder[key]
        elif kind == "move":
            holder[key] = copy.deepcopy(_pick(value, chance)[0])
        elif kind == "rename" and isinstance(holder, dict):
            holder[chance.choice(["type", "default", "id", "\u202e", "x" * 99])] = holder.pop(key)
        else:
            holder[key] = copy.deepcopy(chance.choice(STRANGE))
    return json.dumps(value).encode()


def _pick(value, chance):
    """Choose a place at random: somewhere on a walk from the top."""
    holder = key = None
    while isinstance(value, dict | list) and value and (holder is None or chance.random() < 0.85):
        holder = value
        key = (
            chance.choice(list(value)) if isinstance(value, dict) else chance.randrange(len(value))
        )
        value = value[key]
    return holder, key
