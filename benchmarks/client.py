"""Everything that is measured of the client, one table after another.

    python benchmarks/client.py [overhead import waiting lifecycles transfer peers]

Takes about five minutes; the peers are installed from PyPI into an environment of their own
(see `peers.py`).
"""

import argparse
from collections.abc import Callable, Mapping

import client_import
import client_lifecycles
import client_overhead
import client_peers
import client_transfer
import client_waiting
from measuring import describe_machine

_SUBJECTS: Mapping[str, Callable[[], None]] = {
    "overhead": client_overhead.main,
    "import": client_import.main,
    "waiting": client_waiting.main,
    "lifecycles": client_lifecycles.main,
    "transfer": client_transfer.main,
    "peers": client_peers.main,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Everything that is measured of the client.")
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=", ".join(_SUBJECTS))
    given = parser.parse_args()
    unknown = sorted(set(given.subjects) - set(_SUBJECTS))
    if unknown:
        parser.error(f"{', '.join(unknown)}: there are {', '.join(_SUBJECTS)}")
    print(describe_machine())
    for subject in given.subjects or _SUBJECTS:
        _SUBJECTS[subject]()


if __name__ == "__main__":
    main()
