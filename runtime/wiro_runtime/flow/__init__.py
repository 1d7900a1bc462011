"""Flows: every decision of the client, as generators that yield effects and do no I/O."""
