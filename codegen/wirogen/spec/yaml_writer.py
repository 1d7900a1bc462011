"""Specs as YAML that diffs well: one order, one indentation, one way to quote.

Keys come in the order of the pydantic models; what is not stated is left out; long lines are not
folded, texts of several lines stand in block form, and whatever could be read as something else
is in double quotes.
"""

import io
from typing import TYPE_CHECKING, Any, Final, cast

import yaml
from pydantic import BaseModel

from wirogen.errors import Problem, SpecError
from wirogen.spec.yaml_reader import MAX_NODES, Pointer, show
from wirogen.spec.yaml_scalar import needs_quotes
from wirogen.text.unsafe import describe_unsafe

if TYPE_CHECKING:
    from collections.abc import Iterable

_TAG: Final = "tag:yaml.org,2002:"
_UNLIMITED: Final = 2**31
_EXACT: Final = 2**53
"""Below this a float that is whole is exactly one integer."""


def lay_out(spec: BaseModel, header: str) -> str:
    """Write a spec as YAML.

    Args:
        spec: what to write.
        header: a comment line for the top, without its line end.

    Raises:
        SpecError: a text holds a character that a spec may not hold, or there are more values
            than a spec may have.
    """
    tree = _tree(spec, ())
    values = _count(tree)
    if values > MAX_NODES:  # asked before writing, which takes long
        raise SpecError(Problem(f"{values} values are more than a spec may have ({MAX_NODES})"))
    stream = io.StringIO()
    dump: Any = cast("Any", yaml).dump  # some versions of its stubs leave a type in it open
    dump(
        tree,
        stream,
        Dumper=_Dumper,
        allow_unicode=True,
        default_flow_style=False,
        sort_keys=False,
        width=_UNLIMITED,
    )
    return f"{header}\n{stream.getvalue()}"


def _tree(value: Any, pointer: Pointer) -> Any:
    if isinstance(value, BaseModel):
        return {
            name: _member(value, name, pointer)
            for name in type(value).model_fields
            if _is_stated(value, name)
        }
    if isinstance(value, dict):
        members = cast("Iterable[tuple[str, Any]]", value.items())
        return {_tree(key, pointer): _tree(member, (*pointer, key)) for key, member in members}
    if isinstance(value, list):
        items = cast("Iterable[Any]", value)
        return [_tree(item, (*pointer, at)) for at, item in enumerate(items)]
    if isinstance(value, str) and (unsafe := describe_unsafe(value)):
        raise SpecError(
            Problem(f"the text holds {unsafe}", "remove the character", pointer=show(pointer))
        )
    return value


def _count(tree: Any) -> int:
    """Count values as the reader does: keys, containers and single values."""
    if isinstance(tree, dict):
        members = cast("Iterable[Any]", tree.values())
        return 1 + sum(1 + _count(member) for member in members)
    if isinstance(tree, list):
        return 1 + sum(_count(member) for member in cast("Iterable[Any]", tree))
    return 1


def _member(section: BaseModel, name: str, pointer: Pointer) -> Any:
    value = getattr(section, name)
    is_measure = type(section).model_fields[name].annotation == (float | None)
    if is_measure and float(value).is_integer() and abs(value) < _EXACT:
        return int(value)  # `minimum: 1` and not `1.0`
    return _tree(value, (*pointer, name))


def _is_stated(section: BaseModel, name: str) -> bool:
    """Return whether a key is worth a line: it differs from what its absence says."""
    field = type(section).model_fields[name]
    if field.is_required() or name == "kind":
        return getattr(section, name) is not None
    return bool(getattr(section, name) != field.get_default(call_default_factory=True))


class _Dumper(yaml.SafeDumper):
    """PyYAML's writer with list items indented, no aliases, and our quotes."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - the signature is PyYAML's
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the signature is PyYAML's
        return True

    def choose_scalar_style(self) -> str:
        style = super().choose_scalar_style()
        return '"' if style == "'" else str(style)


def _represent_text(dumper: Any, text: str) -> yaml.ScalarNode:
    style = None
    if "\n" in text:
        style = "|" if _fits_block(text) else '"'
    elif needs_quotes(text):
        style = '"'
    return cast("yaml.ScalarNode", dumper.represent_scalar(f"{_TAG}str", text, style=style))


def _fits_block(text: str) -> bool:
    """Return whether a block shows the text exactly: no blanks at ends of lines or its beginning."""
    lines = text.split("\n")
    is_clean = all(line == line.rstrip() and "\t" not in line for line in lines)
    return is_clean and not text.startswith((" ", "\n")) and not text.endswith("\n\n")


def _represent_number(dumper: Any, number: float) -> yaml.ScalarNode:
    """Write `1.0e-07`, which every YAML takes for a number; `1e-07` some take for a text."""
    mantissa, exponent, power = repr(number).partition("e")
    if exponent and "." not in mantissa:
        mantissa += ".0"
    written = f"{mantissa}{exponent}{power}"
    return cast("yaml.ScalarNode", dumper.represent_scalar(f"{_TAG}float", written))


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(float, _represent_number)
