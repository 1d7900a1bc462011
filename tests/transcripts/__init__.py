"""Truths about the wire that do not come from our spec."""
