"""Specs of models that do not exist, as many as asked for, always the same.

    python benchmarks/synthetic.py FOLDER 1000

Every model has twelve inputs of the kinds that real documents have. Names, words, ranges and options
differ from model to model as they do on the platform: most fields are described in a few common ways, a
part of them in a way of their own.
"""

import random
import shutil
import sys
from pathlib import Path

MODELS_PER_OWNER = 20
PLATFORM = Path(__file__).parent.parent / "specs" / "platform.yaml"

_SIZES = ("480p", "720p", "1080p", "2k", "4k")
_RATIOS = ("auto", "1:1", "16:9", "9:16", "4:3", "3:4", "21:9")
_SAMPLERS = ("unipc", "dpm++", "euler", "euler a", "heun", "lms", "ddim", "plms")
_STYLES = ("Calm", "Vivid", "Noir", "Sketch", "Oil Painting 🎨", "Anime", "Film Grain 🎞", "Clay")
_SUBJECTS = ("text-to-image", "image-to-image", "text-to-video", "image-to-video", "text-to-speech")


def write_specs(folder: Path, count: int) -> None:
    """Write `count` models, twenty for each owner, and a platform."""
    shutil.rmtree(folder, ignore_errors=True)
    for number in range(count):
        owner, model = slug(number)
        path = folder / "models" / owner / f"{model}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(spec_text(number), encoding="utf-8")
    shutil.copy(PLATFORM, folder / "platform.yaml")


def slug(number: int) -> tuple[str, str]:
    """The owner and the name of one model."""
    return f"owner-{number // MODELS_PER_OWNER:03}", f"model-{number:04}"


def spec_text(number: int) -> str:
    """One model as YAML."""
    draw = random.Random(number)  # noqa: S311 - the same specs every time
    owner, model = slug(number)
    subject = draw.choice(_SUBJECTS)
    return _HEAD.format(
        owner=owner, model=model, number=number, subject=subject, sha=f"{number:064x}"
    ) + "".join(field(draw, number) for field in _FIELDS)


def _field(name: str, widget: str, label: str, about: str, *lines: str) -> str:
    described = [f"  - name: {name}", f"    type: {widget}", f"    label: {label}"]
    described += [f"    help: {about}"] if about else []
    return "\n".join([*described, *(f"    {line}" for line in lines), ""])


def _options(draw: random.Random, among: tuple[str, ...], at_least: int) -> tuple[str, ...]:
    kept = draw.sample(among, draw.randint(at_least, len(among)))
    kept.sort(key=among.index)
    chosen = draw.choice(kept)
    listed = [line for value in kept for line in (f'  - value: "{value}"', f"    label: {value}x")]
    return (f'default: "{chosen}"', "options:", *listed)


_REFINED = ("refine:", "  why: a count", "  kind: integer", "  minimum: 1")

_FIELDS = (
    lambda _, n: _field("prompt", "textarea", "Prompt", f"What model {n} should make", "default: A deer"),
    lambda d, _: _field("inputImage", d.choice(["fileinput", "multifileinput", "combinefileinput"]), "Images", "Reference images"),
    lambda d, _: _field("resolution", "select", "Resolution", "", *_options(d, _SIZES, 2)),
    lambda d, _: _field("ratio", "select", "Aspect Ratio", "The shape of the output", *_options(d, _RATIOS, 3)),
    lambda d, _: _field("sampler", "select", "Sampler", "Sampling algorithm", *_options(d, _SAMPLERS, 2)),
    lambda d, _: _field("styleName", "select", "Style", "The look of it", *_options(d, _STYLES, 2)),
    lambda d, _: _field("steps", "text", "Steps", "Higher is better and slower", f'default: "{d.randint(4, 60)}"', *_REFINED),
    lambda d, _: _field("guidanceScale", "number", "Guidance", "How closely to follow the prompt", f"default: {d.randint(2, 15)}.5", "minimum: 1", f"maximum: {d.randint(16, 30)}"),
    lambda d, _: _field("seed", "text", "Seed", "For reproducibility", f'default: "{d.randint(0, 9999)}"'),
    lambda d, _: _field("strength", "range", "Strength", "", "default: 0.5", "minimum: 0", f"maximum: {d.choice([1, 2])}", "step: 0.05"),
    lambda _, n: _field("enhance", "select", "Enhance the prompt", f"Costs {n % 7} seconds", 'default: "true"', "options:", '  - value: "true"', '  - value: "false"'),
    lambda _, n: _field(f"extra{n % 10}", "text", "Extra", "An input that few models have"),
)  # fmt: skip

_HEAD = """\
# yaml-language-server: $schema=../../spec.schema.json
model: {owner}/{model}
title: Synthetic model {number}
kind: media
description: Makes things that nobody asked for, number {number} of its kind
categories:
  - tool
  - {subject}
source:
  form: llms.txt
  sha256: "{sha}"
inputs:
"""

if __name__ == "__main__":
    write_specs(Path(sys.argv[1]), int(sys.argv[2]))
