"""Damages documents the way transports, editors and people do."""


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
