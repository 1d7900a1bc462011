"""What the shape of a spec cannot say: facts and refinements that must agree with one another."""

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote, urlsplit

from wirogen.spec.model import Input, ModelSpec, PlatformSpec
from wirogen.spec.refinement import check_refinement, is_class_name
from wirogen.spec.violation import Violation
from wirogen.spec.yaml_reader import Pointer

MAX_INPUTS: Final = 500
MAX_NAME: Final = 200
"""Characters of an input's wire name."""
MAX_TEXT: Final = 16 * 1024
"""Characters of any one text."""
MAX_LINE: Final = 400
"""Characters of a text that is shown on one line."""

_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)")


def check_model(spec: ModelSpec) -> Iterator[Violation]:
    """Check one model; yields every violation."""
    for rule in _MODEL_RULES:
        yield from rule(spec)
    for position, field in enumerate(spec.inputs):
        for input_rule in _INPUT_RULES:
            for violation in input_rule(field):
                yield Violation(
                    ("inputs", position, *violation.pointer), violation.message, violation.remedy
                )


def check_platform(spec: PlatformSpec) -> Iterator[Violation]:
    """Check what all models share; yields every violation."""
    cycle = spec.lifecycle
    running, terminal = set(cycle.running), set(cycle.terminal)
    allowed = {
        "order": running | terminal,
        "running": running - terminal,
        "optional": running,
        "cancel_during": running,
        "kill_during": running,
        "kill_disputed": running,
    }
    for key, known in allowed.items():
        for at, status in enumerate(getattr(cycle, key)):
            if status not in known:
                message = f"{status!r} cannot stand here"
                remedy = "a status is either running or terminal, and listed as such"
                yield Violation(("lifecycle", key, at), message, remedy)
    yield from _check_distinct(
        (("errors", at, "name"), error.name) for at, error in enumerate(spec.errors)
    )


def _check_slug(spec: ModelSpec) -> Iterator[Violation]:
    for part in spec.model.split("/"):
        if _DEVICES.match(part):
            yield Violation(("model",), f"`{part}` is a device on Windows and cannot name a file")
    run = spec.endpoints.run if spec.endpoints else None
    if run is not None and not is_run_url(run, spec.model):
        message = f"the Run endpoint {run} is not that of {spec.model}"
        yield Violation(("endpoints", "run"), message, "correct one of the two")


def _check_source(spec: ModelSpec) -> Iterator[Violation]:
    kept = spec.source.document
    if kept is None:
        return
    path = PurePosixPath(kept)
    if path.parts[:1] != ("documents",) or ".." in path.parts or "\\" in kept:
        message = f"{kept!r} is not a path below documents/"
        yield Violation(("source", "document"), message, "write it as documents/<owner>/<file>")


def is_run_url(url: str, slug: str) -> bool:
    """Return whether a Run URL ends in a slug, raw or clean."""
    return slug in {clean_slug(url), _last_steps(url).lower()}


def clean_slug(run_url: str) -> str:
    """Return the clean `owner/model` of a Run URL: lower case, and `-` for what no slug holds."""
    steps = (unquote(step).lower() for step in _last_steps(run_url).split("/"))
    return "/".join(re.sub(r"[^a-z0-9_]+", "-", step).strip("-") for step in steps)


def _last_steps(url: str) -> str:
    return "/".join(urlsplit(url).path.rstrip("/").split("/")[-2:])


def _check_urls(spec: ModelSpec) -> Iterator[Violation]:
    urls: list[tuple[Pointer, str | None]] = [(("cover",), spec.cover)]
    if spec.endpoints:
        urls += [
            (("endpoints", "run"), spec.endpoints.run),
            (("endpoints", "detail"), spec.endpoints.detail),
        ]
    for position, field in enumerate(spec.inputs):
        for at, option in enumerate(field.options or ()):
            urls.append((("inputs", position, "options", at, "cover"), option.cover))
    for pointer, url in urls:
        if url is not None and not is_safe_url(url):
            yield Violation(pointer, f"{url!r} is not a plain https URL", "use https://host/path")


def is_safe_url(url: str) -> bool:
    """Return whether a URL is https, names a host and nobody's password, and holds no blanks."""
    if not url.isprintable() or re.search(r"[\s\\<>\"]", url):
        return False
    try:
        parts = urlsplit(url)
        is_plain = parts.port is None and "@" not in parts.netloc
    except ValueError:
        return False
    return is_plain and parts.scheme == "https" and bool(parts.hostname)


def is_price(text: str) -> bool:
    """Return whether a text is an amount of USD in plain decimal digits."""
    return bool(re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,15})?", text))


def _check_content(spec: ModelSpec) -> Iterator[Violation]:
    if spec.refine is None:
        return
    if not spec.refine.why.strip():
        yield Violation(("refine", "why"), "the reason is missing", "say why this was concluded")
    known = {field.name for field in spec.inputs}
    content = spec.refine.content or ()
    for at, name in enumerate(content):
        if name not in known:
            message = f"there is no input `{name}`"
            yield Violation(("refine", "content", at), message, f"there are {', '.join(known)}")


def _check_price(spec: ModelSpec) -> Iterator[Violation]:
    amounts: list[tuple[Pointer, str | None]] = [
        (("cps",), spec.cps),
        (("approximate_cost",), spec.approximate_cost),
        *(
            (("price", at, key), getattr(price, key))
            for at, price in enumerate(spec.price)
            for key in ("price", "extra", "per_input")
        ),
    ]
    for pointer, amount in amounts:
        if amount is not None and not is_price(amount):
            yield Violation(
                pointer, f"{amount!r} is no price", 'write it in digits, like "0.000585"'
            )


def _check_words(spec: ModelSpec) -> Iterator[Violation]:
    for key, words in (("categories", spec.categories), ("tags", spec.tags)):
        yield from _check_distinct(((key, at), word.casefold()) for at, word in enumerate(words))
        for at, word in enumerate(words):
            yield from _check_line((key, at), word)
            if not is_word(word, is_category=key == "categories"):
                yield Violation((key, at), f"{word!r} cannot be one of the {key}")


def is_word(text: str, *, is_category: bool) -> bool:
    """Return whether a text can be a tag or a category; categories stand in paths and say no `/`."""
    return bool(text.strip()) and not (is_category and re.search(r"[/\\]", text))


def _check_texts(spec: ModelSpec) -> Iterator[Violation]:
    yield from _check_line(("title",), spec.title)
    yield from _check_length(("description",), spec.description)
    for position, field in enumerate(spec.inputs):
        for key in ("type", "label"):
            yield from _check_line(("inputs", position, key), getattr(field, key))
        for key in ("help", "default"):
            yield from _check_length(("inputs", position, key), getattr(field, key))


def _check_line(pointer: Pointer, text: str | None) -> Iterator[Violation]:
    if text is not None and ("\n" in text or len(text) > MAX_LINE):
        yield Violation(pointer, f"expected one line of at most {MAX_LINE} characters")


def _check_length(pointer: Pointer, value: object) -> Iterator[Violation]:
    if isinstance(value, str) and len(value) > MAX_TEXT:
        yield Violation(pointer, f"{len(value)} characters are more than a text may have")


def _check_names(spec: ModelSpec) -> Iterator[Violation]:
    if spec.class_name is not None and not is_class_name(spec.class_name):
        message = f"{spec.class_name!r} cannot name a class"
        yield Violation(("class_name",), message, "use letters and digits, a capital first")
    if len(spec.inputs) > MAX_INPUTS:
        yield Violation(("inputs",), f"{len(spec.inputs)} inputs are more than {MAX_INPUTS}")
    named = [(("inputs", at, "name"), field.name) for at, field in enumerate(spec.inputs)]
    yield from _check_distinct(named)
    yield from (Violation(at, "a name is missing") for at, name in named if not name.strip())
    yield from _check_distinct(
        (("inputs", at, "refine", "python_name"), field.refine.python_name)
        for at, field in enumerate(spec.inputs)
        if field.refine and field.refine.python_name
    )


def _check_distinct(values: Iterable[tuple[Pointer, str]]) -> Iterator[Violation]:
    first: dict[str, Pointer] = {}
    for pointer, value in values:
        if value in first:
            message = f"{value!r} is there already, as number {_position(first[value]) + 1}"
            yield Violation(pointer, message, "keep one")
        first.setdefault(value, pointer)


def _position(pointer: Pointer) -> int:
    return next(step for step in reversed(pointer) if isinstance(step, int))


def _check_options(field: Input) -> Iterator[Violation]:
    values = [
        (("options", at, "value"), option.value) for at, option in enumerate(field.options or ())
    ]
    yield from _check_distinct(values)


def _check_refinement(field: Input) -> Iterator[Violation]:
    if field.refine is not None:
        for violation in check_refinement(field, field.refine):
            yield Violation(("refine", *violation.pointer), violation.message, violation.remedy)


_MODEL_RULES: Final = (
    _check_slug,
    _check_source,
    _check_urls,
    _check_price,
    _check_content,
    _check_words,
    _check_texts,
    _check_names,
)
_INPUT_RULES: Final = (_check_options, _check_refinement)
