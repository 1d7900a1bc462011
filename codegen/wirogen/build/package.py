"""All files of a package from a specs folder: what was made before is taken from the cache."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from wirogen.build.artifact import Built, Failed
from wirogen.build.batch import Batch, Outcome, split
from wirogen.build.cache import Cache
from wirogen.build.fingerprint import UNREADABLE, digest_text
from wirogen.build.workers import make_all
from wirogen.compat import pins
from wirogen.digest import digest
from wirogen.errors import PlanError, Problem, SpecError
from wirogen.plan.package import Package, assemble
from wirogen.render.catalog import catalog_files
from wirogen.render.customization import Customization
from wirogen.render.package import render_index
from wirogen.spec.folder import SpecFolder
from wirogen.spec.model import PlatformSpec

BATCH: Final = 40
"""Models that are made together: few enough to share out evenly, enough to pay for one formatter."""


@dataclass(frozen=True)
class Order:
    """What is to be made, of what, and with what."""

    specs: Path
    name: str
    """The import name of the package."""
    hashes: Mapping[str, str]
    """Of every spec file, by its path below the specs folder; empty for one that is not read."""
    generator: str
    """Hash of everything else that decides the output."""
    customization: Customization = field(default_factory=Customization)
    workers: int = 1


@dataclass(frozen=True)
class Product:
    """A package in memory."""

    files: Mapping[str, bytes]
    """By path below the package."""
    made: int
    """How many models were made now and not taken from the cache."""
    unpinned: int
    """How many names are not published yet."""


class Progress:
    """Is told how the work goes; this one keeps it to itself."""

    def begin(self, total: int) -> None:
        """So many models are to be made."""

    def advance(self, count: int) -> None:
        """So many more are made."""


def make_package(order: Order, cache: Cache, progress: Progress | None = None) -> Product:
    """Make every file of a package.

    Raises:
        SpecError: with the problems of all specs.
        PlanError: with everything that stands in the way of a package, renamed names among it.
        GenerateError: what was rendered is not what was planned.
    """
    models, made = make_models(order, cache, progress or Progress())
    folder = SpecFolder(order.specs)
    package = _assembled(models, folder.platform(), order)
    compared = pins.compare(
        pins.read(order.specs), {each.model: each.names for each in package.models}, order.specs
    )
    if compared.renamed:
        raise PlanError(compared.renamed)
    files = {
        **_index(package, order, cache),
        **catalog_files({owner.package: owner.models for owner in package.owners}),
        **{
            f"models/{owner.package}/{model.module}.py": model.source.encode()
            for owner in package.owners
            for model in owner.models
        },
    }
    return Product(files, made, len(compared.new))


def _index(package: Package[Built], order: Order, cache: Cache) -> Mapping[str, bytes]:
    """Write the modules around the models, unless the same ones were written before."""
    entries = [(each.model, each.module, each.class_name) for each in package.models]
    decides = [order.generator, order.name, order.hashes["platform.yaml"], entries]
    key = digest(json.dumps(decides).encode())
    stated = cache.read(key)
    if stated is None:
        stated = {
            path: text.decode() for path, text in render_index(package, order.customization).items()
        }
        cache.write(key, stated)
    return {path: text.encode() for path, text in stated.items()}


def make_models(order: Order, cache: Cache, progress: Progress) -> tuple[list[Outcome], int]:
    """Make every model, or take it from the cache; also say how many were made."""
    keys = {
        path.removeprefix("models/").removesuffix(".yaml"): _key(order, path)
        for path in order.hashes
        if path.startswith("models/")
    }
    outcomes = {slug: _kept(cache, key) for slug, key in keys.items()}
    missing = [slug for slug, outcome in outcomes.items() if outcome is None]
    progress.begin(len(missing))
    batches = [
        Batch(order.specs, slugs, order.customization, cache) for slugs in split(missing, BATCH)
    ]
    made = make_all(batches, order.workers, progress.advance)
    for slug, outcome in zip(missing, made, strict=True):
        outcomes[slug] = outcome
        if isinstance(outcome, Built) and (key := keys[slug]) is not None:
            path = f"models/{slug}.yaml"
            # Not what was edited since its hash was taken: it would be kept under another's name.
            if digest_text(order.specs / path) == order.hashes[path]:
                cache.write(key, outcome.to_json())
    cache.prune()
    return [outcome for outcome in outcomes.values() if outcome is not None], len(missing)


def _key(order: Order, path: str) -> str | None:
    """What a model is kept under; nothing for a spec that cannot be read."""
    if order.hashes[path] == UNREADABLE:
        return None
    return digest(f"{order.generator}\n{path}\n{order.hashes[path]}".encode())


def _kept(cache: Cache, key: str | None) -> Outcome | None:
    stated = None if key is None else cache.read(key)
    return None if stated is None else Built.from_json(stated)


def _assembled(models: Sequence[Outcome], platform: PlatformSpec, order: Order) -> Package[Built]:
    """Put the models together, or tell everything that is wrong with any of them."""
    failed = [each for each in models if isinstance(each, Failed)]
    if wrong := [problem for each in failed if each.is_spec for problem in each.problems]:
        raise SpecError(wrong)
    problems = dict.fromkeys(problem for each in failed for problem in each.problems)
    built = [each for each in models if isinstance(each, Built)]
    try:
        return assemble(built, platform, name=order.name, problems=problems)
    except PlanError as error:
        raise PlanError(_placed(problem, order.specs) for problem in error.problems) from None


def _placed(problem: Problem, specs: Path) -> Problem:
    """Plans know their place below the specs folder, not where that is."""
    return replace(problem, file=str(specs / problem.file))
