"""The golden package and how it is made; run it to accept what the generator now writes.

Each spec below `golden/specs` is named after the one feature it shows.

    python tests/codegen/update_golden.py
"""

import shutil
from pathlib import Path

from wirogen.build.cache import Cache
from wirogen.build.fingerprint import hash_specs
from wirogen.build.package import BuildRequest, build_package

SPECS = Path(__file__).parent / "golden" / "specs"
PACKAGE = Path(__file__).parent / "golden" / "acme_models"


def rendered() -> dict[str, bytes]:
    """What the generator writes for the golden specs."""
    order = BuildRequest(SPECS, PACKAGE.name, hash_specs(SPECS), generator="")
    return dict(build_package(order, Cache(None)).files)


def kept() -> dict[str, bytes]:
    """What was accepted before."""
    return {
        path.relative_to(PACKAGE).as_posix(): path.read_bytes()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def main() -> None:
    shutil.rmtree(PACKAGE, ignore_errors=True)
    for path, content in rendered().items():
        (PACKAGE / path).parent.mkdir(parents=True, exist_ok=True)
        (PACKAGE / path).write_bytes(content)


if __name__ == "__main__":
    main()
