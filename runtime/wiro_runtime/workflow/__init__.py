"""Adapters to workflow engines of others; each needs its engine, and loads it only when it is used."""
