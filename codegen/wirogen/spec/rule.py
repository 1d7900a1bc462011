"""What the shape of a spec cannot say: facts and refinements that must agree with one another."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import urlsplit

from wirogen.spec.breach import NUMERIC_WIDGETS, Breach, check_order, is_within, read_number
from wirogen.spec.model import Input, ModelSpec, PlatformSpec
from wirogen.spec.refinement import check_refinement, is_class_name
from wirogen.spec.strict import Pointer

MAX_INPUTS: Final = 500
MAX_TEXT: Final = 16 * 1024
"""Characters of any one text."""
MAX_LINE: Final = 400
"""Characters of a text that is shown on one line."""

_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)")


def check_model(spec: ModelSpec) -> Iterator[Breach]:
    """Check one model; yields every breach."""
    yield from _check_slug(spec)
    yield from _check_urls(spec)
    yield from _check_texts(spec)
    yield from _check_names(spec)
    for position, one in enumerate(spec.inputs):
        for rule in _INPUT_RULES:
            for breach in rule(one):
                yield Breach(("inputs", position, *breach.pointer), breach.message, breach.remedy)


def check_platform(spec: PlatformSpec) -> Iterator[Breach]:
    """Check what all models share; yields every breach."""
    cycle = spec.lifecycle
    running, terminal = set(cycle.running), set(cycle.terminal)
    allowed = {
        "order": running | terminal,
        "running": running - terminal,
        "optional": running,
        "cancel_during": running,
        "kill_during": running,
    }
    for key, known in allowed.items():
        for at, status in enumerate(getattr(cycle, key)):
            if status not in known:
                message = f"{status!r} cannot stand here"
                remedy = "a status is either running or terminal, and listed as such"
                yield Breach(("lifecycle", key, at), message, remedy)
    yield from _check_distinct(
        (("errors", at, "name"), one.name) for at, one in enumerate(spec.errors)
    )


def _check_slug(spec: ModelSpec) -> Iterator[Breach]:
    for part in spec.model.split("/"):
        if _DEVICES.match(part):
            yield Breach(("model",), f"`{part}` is a device on Windows and cannot name a file")
    run = spec.endpoints.run if spec.endpoints else None
    if run is not None and spec.model not in {clean_slug(run), _last_steps(run).lower()}:
        message = f"the Run endpoint {run} is not that of {spec.model}"
        yield Breach(("endpoints", "run"), message, "correct one of the two")
    if spec.class_name is not None and not is_class_name(spec.class_name):
        message = f"{spec.class_name!r} cannot name a class"
        yield Breach(("class_name",), message, "use letters and digits, a capital first")
    kept = spec.source.document
    if kept is not None:
        path = PurePosixPath(kept)
        if path.parts[:1] != ("documents",) or ".." in path.parts or "\\" in kept:
            message = f"{kept!r} is not a path below documents/"
            yield Breach(("source", "document"), message, "write it as documents/<owner>/<file>")


def clean_slug(run_url: str) -> str:
    """Give the clean `owner/model` of a Run URL: lower case, and `-` for what no slug holds."""
    steps = _last_steps(run_url).lower().split("/")
    return "/".join(re.sub(r"[^a-z0-9_]+", "-", step).strip("-") for step in steps)


def _last_steps(url: str) -> str:
    return "/".join(urlsplit(url).path.rstrip("/").split("/")[-2:])


def _check_urls(spec: ModelSpec) -> Iterator[Breach]:
    urls: list[tuple[Pointer, str | None]] = [(("cover",), spec.cover)]
    if spec.endpoints:
        urls += [
            (("endpoints", "run"), spec.endpoints.run),
            (("endpoints", "detail"), spec.endpoints.detail),
        ]
    for position, one in enumerate(spec.inputs):
        for at, option in enumerate(one.options or ()):
            urls.append((("inputs", position, "options", at, "cover"), option.cover))
    for pointer, url in urls:
        if url is not None and not is_safe_url(url):
            yield Breach(pointer, f"{url!r} is not a plain https URL", "use https://host/path")


def is_safe_url(url: str) -> bool:
    """Say whether a URL is https, names a host and nobody's password, and holds no blanks."""
    try:
        parts = urlsplit(url)
        has_port = parts.port is not None
    except ValueError:
        return False
    is_plain = url.isprintable() and not re.search(r"[\s\\<>\"]", url)
    return (
        bool(is_plain and parts.scheme == "https" and parts.hostname and "@" not in parts.netloc)
        and not has_port
    )


def _check_texts(spec: ModelSpec) -> Iterator[Breach]:
    lines: list[tuple[Pointer, str | None]] = [(("title",), spec.title)]
    texts: list[tuple[Pointer, str | None]] = [(("description",), spec.description)]
    for key, words in (("categories", spec.categories), ("tags", spec.tags)):
        lines += [((key, position), word) for position, word in enumerate(words)]
        yield from _check_distinct(((key, at), word.casefold()) for at, word in enumerate(words))
        for position, word in enumerate(words):
            if not word.strip() or re.search(r"[/\\]", word):
                yield Breach((key, position), f"{word!r} cannot be one of the {key}")
    for position, one in enumerate(spec.inputs):
        lines += [(("inputs", position, key), getattr(one, key)) for key in ("type", "label")]
        texts.append((("inputs", position, "help"), one.help))
        if isinstance(one.default, str):
            texts.append((("inputs", position, "default"), one.default))
    for pointer, line in lines:
        if line is not None and ("\n" in line or len(line) > MAX_LINE):
            yield Breach(pointer, f"expected one line of at most {MAX_LINE} characters")
    for pointer, text in texts:
        if text is not None and len(text) > MAX_TEXT:
            yield Breach(pointer, f"{len(text)} characters are more than a text may have")


def _check_names(spec: ModelSpec) -> Iterator[Breach]:
    if len(spec.inputs) > MAX_INPUTS:
        yield Breach(("inputs",), f"{len(spec.inputs)} inputs are more than {MAX_INPUTS}")
    named = [(("inputs", at, "name"), one.name) for at, one in enumerate(spec.inputs)]
    yield from _check_distinct(named)
    yield from (Breach(at, "a name is missing") for at, name in named if not name.strip())
    yield from _check_distinct(
        (("inputs", at, "refine", "python_name"), one.refine.python_name)
        for at, one in enumerate(spec.inputs)
        if one.refine and one.refine.python_name
    )


def _check_distinct(values: Iterable[tuple[Pointer, str]]) -> Iterator[Breach]:
    first: dict[str, Pointer] = {}
    for pointer, value in values:
        if value in first:
            message = f"{value!r} is there already, as number {_position(first[value]) + 1}"
            yield Breach(pointer, message, "keep one")
        first.setdefault(value, pointer)


def _position(pointer: Pointer) -> int:
    return next(step for step in reversed(pointer) if isinstance(step, int))


def _check_options(one: Input) -> Iterator[Breach]:
    values = [(("options", at, "value"), each.value) for at, each in enumerate(one.options or ())]
    yield from _check_distinct(values)


def _check_bounds(one: Input) -> Iterator[Breach]:
    yield from check_order("minimum", one.minimum, "maximum", one.maximum)
    yield from check_order("min_length", one.min_length, "max_length", one.max_length)
    if one.step is not None and one.step <= 0:
        yield Breach(("step",), f"a step of {one.step:g} leads nowhere", "give more than zero")
    if one.min_length is not None and one.min_length < 0:
        yield Breach(("min_length",), "a length is zero or more")
    number = read_number(one.default)
    if number is None or one.type.lower() not in NUMERIC_WIDGETS:
        return  # a documented default that is no number is kept as it is, and never sent
    if not is_within(number, one.minimum, one.maximum):
        yield Breach(("default",), f"{one.default} is outside the range of this input")


def _check_refinement(one: Input) -> Iterator[Breach]:
    if one.refine is not None:
        for breach in check_refinement(one, one.refine):
            yield Breach(("refine", *breach.pointer), breach.message, breach.remedy)


_INPUT_RULES: Final[tuple[Callable[[Input], Iterator[Breach]], ...]] = (
    _check_options,
    _check_bounds,
    _check_refinement,
)
