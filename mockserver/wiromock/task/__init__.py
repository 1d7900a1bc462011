"""A task's life, compiled once when it is started."""
