"""The one place that states the version; hatchling reads it at build time."""

__version__ = "0.1.0"
