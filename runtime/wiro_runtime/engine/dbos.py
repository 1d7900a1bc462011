"""DBOS (extra `dbos`): what its settings have to say before it may run paid steps.

DBOS is yours to launch. `check()` refuses the settings with which it starts a living process's steps a second
time, or leaves paid ones pending; the key of each run is what keeps a repeated step from paying again.
"""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING, Any

from wiro_runtime.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["check"]

_LOCAL = "local"
"""The executor id that every process has that was given none."""
_VERSIONS = (3, 4)
"""The first version that is known to do, and the first that is not: they do not read each other's tables."""


def check(config: Mapping[str, Any]) -> None:
    """Do nothing if DBOS with these settings may run paid steps.

    Args:
        config: The `DBOSConfig` that DBOS is made with.

    Raises:
        ConfigurationError: A setting is missing or dangerous; all of them are named.
    """
    problems: list[str] = []
    if config.get("executor_id") in (None, "", _LOCAL):
        problems.append(
            "executor_id has to be one of this process's own, and the same after a restart; with the default, "
            f"{_LOCAL!r}, a second process takes up the work of the first while that is still at it"
        )
    if not config.get("application_version"):
        problems.append(
            "application_version has to be yours; by default it is a hash of the code, and after an edit what was "
            "under way stays pending"
        )
    installed = _installed()
    if installed is None:
        problems.append("dbos is not installed: pip install 'wiro-client[dbos]'")
    elif not _VERSIONS[0] <= installed < _VERSIONS[1]:
        problems.append(
            f"dbos {installed}.x is installed; this package knows {_VERSIONS[0]}.x: pip install 'wiro-client[dbos]'"
        )
    if problems:
        raise ConfigurationError(f"DBOS is not ready for paid steps: {'; '.join(problems)}.")


def _installed() -> int | None:
    """The major version that is installed; None if it is not."""
    try:
        return int(metadata.version("dbos").partition(".")[0])
    except (metadata.PackageNotFoundError, ValueError):
        return None
