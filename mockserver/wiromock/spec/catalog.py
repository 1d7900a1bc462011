"""The models that the mock knows, looked up the way the platform looks them up."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Protocol, TypeVar

from wirogen.errors import Problem, SpecError
from wirogen.spec.folder import SpecFolder, open_folder, packaged_folder
from wirogen.spec.model import ModelSpec, PlatformSpec
from wiromock.errors import MockError, UnreadableSpec

T = TypeVar("T")


class SpecSource(Protocol):
    """Where specs come from."""

    def slugs(self) -> Sequence[str]:
        """Every model there is, clean slugs, sorted."""
        ...

    def model(self, slug: str) -> ModelSpec:
        """The spec of one of `slugs()`."""
        ...

    def platform(self) -> PlatformSpec:
        """What all models share."""
        ...

    def document(self, spec: ModelSpec) -> tuple[str, str] | None:
        """Path and text of the document that a spec was read from, where it is kept."""
        ...

    def describe(self) -> str:
        """How many models there are, and where they are from, for messages."""
        ...


class FolderSpecs:
    """Specs of a folder, read one at a time as they are needed.

    Args:
        folder: the folder, or its path; None takes `./specs` if there is one, else the packaged.
    """

    def __init__(self, folder: SpecFolder | Path | None = None) -> None:
        self._folder = folder if isinstance(folder, SpecFolder) else open_folder(folder)

    @property
    def root(self) -> Path:
        """Where the specs are read from."""
        return self._folder.root

    def describe(self) -> str:
        """Return how many models the folder has."""
        return _count(len(self.slugs()), str(self.root))

    def slugs(self) -> Sequence[str]:
        """Every model there is."""
        return [f"{path.parent.name}/{path.stem}" for path in self._folder.paths()]

    def model(self, slug: str) -> ModelSpec:
        """Read and check the spec of a slug."""
        return self._folder.model(slug)

    def platform(self) -> PlatformSpec:
        """Read and check what all models share."""
        return self._folder.platform()

    def document(self, spec: ModelSpec) -> tuple[str, str] | None:
        """Read the document that a spec names, if it is kept beside it."""
        if spec.source.document is None:
            return None
        path = self._folder.root / spec.source.document
        return (str(path), path.read_text(encoding="utf-8")) if path.is_file() else None


class GivenSpecs:
    """Specs that were made in Python.

    Args:
        models: in any order.
        platform: what they share.
    """

    def __init__(self, models: Iterable[ModelSpec], platform: PlatformSpec) -> None:
        self._models = {spec.model: spec for spec in models}
        self._platform = platform

    def slugs(self) -> Sequence[str]:
        """Every model there is."""
        return sorted(self._models)

    def model(self, slug: str) -> ModelSpec:
        """Return the spec of a slug."""
        return self._models[slug]

    def platform(self) -> PlatformSpec:
        """Return what all models share."""
        return self._platform

    def describe(self) -> str:
        """Return how many models were given."""
        return _count(len(self._models), "objects")

    def document(self, spec: ModelSpec) -> tuple[str, str] | None:
        """No document is kept."""
        del spec
        return None


class LayeredSpecs:
    """Specs of a folder that add to those of another: of two for one model, the first wins.

    Args:
        first: its platform is the one that counts.
        second: what it adds to.
    """

    def __init__(self, first: FolderSpecs, second: FolderSpecs) -> None:
        self._layers = (first, second)
        self._sources: dict[str, FolderSpecs] = {
            **dict.fromkeys(second.slugs(), second),
            **dict.fromkeys(first.slugs(), first),
        }

    def slugs(self) -> Sequence[str]:
        """Every model of both."""
        return sorted(self._sources)

    def model(self, slug: str) -> ModelSpec:
        """Read one model where it is."""
        return self._sources[slug].model(slug)

    def platform(self) -> PlatformSpec:
        """Read the platform of the first, which is the packaged one if it has none."""
        return self._layers[0].platform()

    def document(self, spec: ModelSpec) -> tuple[str, str] | None:
        """Read the document of a model where its spec is."""
        return self._sources[spec.model].document(spec)

    def describe(self) -> str:
        """Return how many models each of the two has."""
        return " and ".join(layer.describe() for layer in self._layers)


def find_source(specs: "SpecSource | Path | str | None" = None) -> SpecSource:
    """Return where specs come from.

    Args:
        specs: a folder, which alone counts then; or a source. None takes the packaged specs, and adds
            those of `./specs` if there is such a folder.

    Raises:
        SpecError: there is no such folder, or no model in it.
        MockError: it is something else.
    """
    if specs is None:
        packaged, own = FolderSpecs(packaged_folder()), Path("specs")
        is_other = own.is_dir() and own.resolve() != packaged.root.resolve()
        return LayeredSpecs(FolderSpecs(own), packaged) if is_other else packaged
    if not isinstance(specs, str | Path):
        _check_source(specs)
        return specs
    source = FolderSpecs(Path(specs))
    if not source.slugs():
        cure = "name a folder with models/<owner>/<model>.yaml; `wirogen import` makes one"
        raise SpecError(Problem("there is no model in this specs folder", cure, file=str(specs)))
    return source


def _check_source(specs: object) -> None:
    if not hasattr(specs, "slugs"):
        hint = "; a decorator is written @MockWiro()" if callable(specs) else ""
        raise MockError(f"specs is a folder of specs, or a source of them, not {specs!r}{hint}")


def _count(number: int, where: str) -> str:
    return f"{number} model{'' if number == 1 else 's'} from {where}"


class Catalog:
    """Models by any form of their slug.

    Args:
        source: where the specs come from; each is read once, when it is first asked for.
    """

    def __init__(self, source: SpecSource) -> None:
        self._source = source
        self._slugs = {clean_slug(slug): slug for slug in source.slugs()}
        self._read: dict[str, ModelSpec] = {}
        self._made: dict[Callable[[ModelSpec], Any], dict[str, Any]] = {}
        self.platform = source.platform()

    def find(self, slug: str) -> ModelSpec | None:
        """Look a model up by its raw slug or its clean one; None when there is none.

        Raises:
            UnreadableSpec: its spec has problems.
        """
        known = self._slugs.get(clean_slug(slug))
        if known is None:
            return None
        if known not in self._read:
            try:
                self._read[known] = self._source.model(known)
            except SpecError as error:
                said = "; ".join(map(str, error.problems))
                raise UnreadableSpec(
                    f"the spec of `{known}` cannot be read: {said} (`wirogen lint` lists all problems)"
                ) from error
        return self._read[known]

    def once(self, spec: ModelSpec, make: Callable[[ModelSpec], T]) -> T:
        """Return what is made of a spec, such as its validator; made when it is first asked for."""
        known: dict[str, T] = self._made.setdefault(make, {})
        if spec.model not in known:
            known[spec.model] = make(spec)
        return known[spec.model]

    def __iter__(self) -> Iterator[ModelSpec]:
        """Every model whose spec can be read, sorted by slug, each read when the loop gets to it."""
        for slug in sorted(self._slugs):
            yield from self.find_all([slug])[0]

    def find_all(self, slugs: Iterable[str]) -> tuple[list[ModelSpec], list[str]]:
        """Return the models of slugs, and what is wrong with those whose specs cannot be read."""
        specs: list[ModelSpec] = []
        faults: list[str] = []
        for slug in slugs:
            try:
                spec = self.find(slug)
            except UnreadableSpec as error:
                faults.append(str(error))
            else:
                specs += [] if spec is None else [spec]
        return specs, faults

    def describe_unknown(self, slug: str) -> str:
        """Return that there is no such model, and which one may be meant."""
        close = get_close_matches(clean_slug(slug), list(self._slugs), n=1)
        hint = f"did you mean `{close[0]}`? " if close else ""
        return (
            f"there is no spec of `{slug}` among {self._source.describe()}; {hint}`wirogen import` reads "
            "its document; specs elsewhere are named with MockWiro(specs=FOLDER), `wiromock serve --specs "
            "FOLDER`, or wiro_specs in pytest's configuration"
        )

    def place(self, spec: ModelSpec, name: str) -> str:
        """Return where an input is documented: `file:line:column`, or the spec where no document is kept."""
        kept = self._source.document(spec)
        if kept is None:
            return f"the spec of {spec.model}"
        path, text = kept
        match = re.search(rf"- name: {re.escape(name)}(?!\S)", text)
        if match is None:
            return path
        line = text.count("\n", 0, match.start()) + 1
        column = match.start() - text.rfind("\n", 0, match.start())
        return f"{path}:{line}:{column}"


def clean_slug(slug: str) -> str:
    """Return the clean form: lower case, anything but letters, digits and `_` turned into `-`.

    Raw slugs may hold capitals, dots and spaces; the platform accepts both forms.
    """
    return "/".join(
        re.sub(r"[^a-z0-9_]+", "-", half.lower()).strip("-") for half in slug.split("/")
    )
