"""The commands of `wirogen`, one per module: `add_arguments(parser)` and `run(arguments)`."""
