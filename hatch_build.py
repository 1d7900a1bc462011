"""Puts the reviewed specs into the wheel, so that installed tools work without a checkout."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class SpecsInWheel(BuildHookInterface[Any]):
    """Adds `specs/` as `wirogen/_specs`, except to editable installs.

    An editable install would get a copy that goes stale at the next edit; there
    `wirogen.spec.folder` reads the checkout's own folder.
    """

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files to `build_data` (see hatchling's build hook interface)."""
        if version == "editable":
            return
        for part in ("platform.yaml", "names.json", "spec.schema.json", "models", "documents"):
            build_data["force_include"][f"specs/{part}"] = f"wirogen/_specs/{part}"
