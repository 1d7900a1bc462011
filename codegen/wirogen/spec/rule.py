"""What the shape of a spec cannot say: facts and refinements that must agree with one another."""

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote, urlsplit

from wirogen.spec.breach import Breach, check_order, is_within, read_number
from wirogen.spec.model import Input, ModelSpec, PlatformSpec
from wirogen.spec.refinement import check_refinement, is_class_name
from wirogen.spec.strict import Pointer
from wirogen.spec.widget import is_numeric

MAX_INPUTS: Final = 500
MAX_TEXT: Final = 16 * 1024
"""Characters of any one text."""
MAX_LINE: Final = 400
"""Characters of a text that is shown on one line."""

_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)")


def check_model(spec: ModelSpec) -> Iterator[Breach]:
    """Check one model; yields every breach."""
    for rule in _MODEL_RULES:
        yield from rule(spec)
    for position, one in enumerate(spec.inputs):
        for input_rule in _INPUT_RULES:
            for breach in input_rule(one):
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


def _check_source(spec: ModelSpec) -> Iterator[Breach]:
    kept = spec.source.document
    if kept is None:
        return
    path = PurePosixPath(kept)
    if path.parts[:1] != ("documents",) or ".." in path.parts or "\\" in kept:
        message = f"{kept!r} is not a path below documents/"
        yield Breach(("source", "document"), message, "write it as documents/<owner>/<file>")


def clean_slug(run_url: str) -> str:
    """Give the clean `owner/model` of a Run URL: lower case, and `-` for what no slug holds."""
    steps = (unquote(step).lower() for step in _last_steps(run_url).split("/"))
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
    if not url.isprintable() or re.search(r"[\s\\<>\"]", url):
        return False
    try:
        parts = urlsplit(url)
        is_plain = parts.port is None and "@" not in parts.netloc
    except ValueError:
        return False
    return is_plain and parts.scheme == "https" and bool(parts.hostname)


def is_price(text: str) -> bool:
    """Say whether a text is an amount of USD in plain decimal digits."""
    return bool(re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,15})?", text))


def _check_price(spec: ModelSpec) -> Iterator[Breach]:
    if spec.cps is not None and not is_price(spec.cps):
        yield Breach(("cps",), f"{spec.cps!r} is no price", 'write it in digits, like "0.000585"')


def _check_words(spec: ModelSpec) -> Iterator[Breach]:
    for key, words in (("categories", spec.categories), ("tags", spec.tags)):
        yield from _check_distinct(((key, at), word.casefold()) for at, word in enumerate(words))
        for at, word in enumerate(words):
            yield from _check_line((key, at), word)
            if not word.strip() or (key == "categories" and re.search(r"[/\\]", word)):
                yield Breach((key, at), f"{word!r} cannot be one of the {key}")


def _check_texts(spec: ModelSpec) -> Iterator[Breach]:
    yield from _check_line(("title",), spec.title)
    yield from _check_length(("description",), spec.description)
    for position, one in enumerate(spec.inputs):
        for key in ("type", "label"):
            yield from _check_line(("inputs", position, key), getattr(one, key))
        for key in ("help", "default"):
            yield from _check_length(("inputs", position, key), getattr(one, key))


def _check_line(pointer: Pointer, text: str | None) -> Iterator[Breach]:
    if text is not None and ("\n" in text or len(text) > MAX_LINE):
        yield Breach(pointer, f"expected one line of at most {MAX_LINE} characters")


def _check_length(pointer: Pointer, value: object) -> Iterator[Breach]:
    if isinstance(value, str) and len(value) > MAX_TEXT:
        yield Breach(pointer, f"{len(value)} characters are more than a text may have")


def _check_names(spec: ModelSpec) -> Iterator[Breach]:
    if spec.class_name is not None and not is_class_name(spec.class_name):
        message = f"{spec.class_name!r} cannot name a class"
        yield Breach(("class_name",), message, "use letters and digits, a capital first")
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
    if number is None or not is_numeric(one.type):
        return  # a documented default that is no number is kept as it is, and never sent
    if not is_within(number, one.minimum, one.maximum):
        yield Breach(("default",), f"{one.default} is outside the range of this input")


def _check_refinement(one: Input) -> Iterator[Breach]:
    if one.refine is not None:
        for breach in check_refinement(one, one.refine):
            yield Breach(("refine", *breach.pointer), breach.message, breach.remedy)


_MODEL_RULES: Final = (
    _check_slug,
    _check_source,
    _check_urls,
    _check_price,
    _check_words,
    _check_texts,
    _check_names,
)
_INPUT_RULES: Final = (_check_options, _check_bounds, _check_refinement)
