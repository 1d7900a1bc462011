"""All files of a package from a specs folder: what was made before is taken from the cache."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from wirogen.build.artifact import Artifact, Failed
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
class BuildRequest:
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
class BuildResult:
    """The files of a generated package, before anything is written to disk."""

    files: Mapping[str, bytes]
    """By path below the package."""
    made: int
    """How many models were made now and not taken from the cache."""
    unpinned: int
    """How many names are not published yet."""


class Progress:
    """Receives how the work goes; this one ignores it."""

    def begin(self, total: int) -> None:
        """So many models are to be made."""

    def advance(self, count: int) -> None:
        """So many more are made."""


def build_package(
    request: BuildRequest, cache: Cache, progress: Progress | None = None
) -> BuildResult:
    """Make every file of a package.

    Raises:
        SpecError: with the problems of all specs.
        PlanError: with everything that stands in the way of a package, renamed names among it.
        GenerateError: what was rendered is not what was planned.
    """
    models, made = build_models(request, cache, progress or Progress())
    folder = SpecFolder(request.specs)
    package = _assembled(models, folder.platform(), request)
    compared = pins.compare(
        pins.read(request.specs),
        {model.model: model.names for model in package.models},
        request.specs,
    )
    if compared.renamed:
        raise PlanError(compared.renamed)
    files = {
        **_index(package, request, cache),
        **catalog_files({owner.package: owner.models for owner in package.owners}),
        **{
            f"models/{owner.package}/{model.module}.py": model.source.encode()
            for owner in package.owners
            for model in owner.models
        },
    }
    return BuildResult(files, made, len(compared.new))


def _index(package: Package[Artifact], request: BuildRequest, cache: Cache) -> Mapping[str, bytes]:
    """Write the modules around the models, unless the same ones were written before."""
    entries = [(model.model, model.module, model.class_name) for model in package.models]
    decides = [request.generator, request.name, request.hashes["platform.yaml"], entries]
    key = digest(json.dumps(decides).encode())
    stated = cache.read(key)
    if stated is None:
        stated = {
            path: text.decode()
            for path, text in render_index(package, request.customization).items()
        }
        cache.write(key, stated)
    return {path: text.encode() for path, text in stated.items()}


def build_models(
    request: BuildRequest, cache: Cache, progress: Progress
) -> tuple[list[Outcome], int]:
    """Make every model, or take it from the cache; also say how many were made."""
    keys = {
        path.removeprefix("models/").removesuffix(".yaml"): _key(request, path)
        for path in request.hashes
        if path.startswith("models/")
    }
    outcomes = {slug: _kept(cache, key) for slug, key in keys.items()}
    missing = [slug for slug, outcome in outcomes.items() if outcome is None]
    progress.begin(len(missing))
    batches = [
        Batch(request.specs, slugs, request.customization) for slugs in split(missing, BATCH)
    ]
    made = make_all(batches, request.workers, progress.advance)
    for slug, outcome in zip(missing, made, strict=True):
        outcomes[slug] = outcome
        if isinstance(outcome, Artifact) and (key := keys[slug]) is not None:
            path = f"models/{slug}.yaml"
            # Not what was edited since its hash was taken: it would be kept under another's name.
            if digest_text(request.specs / path) == request.hashes[path]:
                cache.write(key, outcome.to_json())
    cache.prune()
    return [outcome for outcome in outcomes.values() if outcome is not None], len(missing)


def _key(request: BuildRequest, path: str) -> str | None:
    """What a model is kept under; nothing for a spec that cannot be read."""
    if request.hashes[path] == UNREADABLE:
        return None
    return digest(f"{request.generator}\n{path}\n{request.hashes[path]}".encode())


def _kept(cache: Cache, key: str | None) -> Outcome | None:
    stated = None if key is None else cache.read(key)
    return None if stated is None else Artifact.from_json(stated)


def _assembled(
    models: Sequence[Outcome], platform: PlatformSpec, request: BuildRequest
) -> Package[Artifact]:
    """Put the models together, or report everything that is wrong with any of them."""
    failed = [model for model in models if isinstance(model, Failed)]
    if wrong := [problem for failure in failed if failure.is_spec for problem in failure.problems]:
        raise SpecError(wrong)
    problems = dict.fromkeys(problem for failure in failed for problem in failure.problems)
    artifacts = [model for model in models if isinstance(model, Artifact)]
    try:
        return assemble(artifacts, platform, name=request.name, problems=problems)
    except PlanError as error:
        raise PlanError(_placed(problem, request.specs) for problem in error.problems) from None


def _placed(problem: Problem, specs: Path) -> Problem:
    """Plans know their place below the specs folder, not where that is."""
    return replace(problem, file=str(specs / problem.file))
