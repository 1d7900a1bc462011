"""What the build adds to the package: the reviewed specs, and a README that an index page can show."""

import re
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

_LINK: Final = re.compile(r"(!?)\[([^\]]*)\]\((?!https?://|#|mailto:)([^)\s]+)\)")


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


class ReadmeForIndexes(MetadataHookInterface):
    """Gives package indexes a README whose links lead somewhere."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Set `readme` (see hatchling's metadata hook interface)."""
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        source = metadata.get("urls", {}).get("Source")
        metadata["readme"] = {"content-type": "text/markdown", "text": index_readme(text, source)}


def index_readme(text: str, source: str | None) -> str:
    """Return a README for a place that holds none of the files it links to.

    Args:
        text: The README.
        source: Where the files can be seen, such as `https://host/owner/project/blob/main`; None
            names the files, which are all in the source distribution, and leaves pictures out.
    """

    def replace(link: re.Match[str]) -> str:
        picture, label, path = link.groups()
        if source is not None:
            return f"{picture}[{label}]({source.rstrip('/')}/{path})"
        if picture:
            return ""
        inside = label in {path, Path(path).name}
        return f"`{path}`" if inside or path.startswith("#") else f"{label} (`{path}`)"

    return _LINK.sub(replace, text)
