"""Every decision about the output, made before any template sees it, as frozen dataclasses."""
