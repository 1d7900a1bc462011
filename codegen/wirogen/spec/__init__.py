"""Specs: their shape (`model`), reading them strictly and writing them stably (`file`)."""
