"""Documents become specs."""
