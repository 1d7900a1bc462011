"""What stands between this package and engines of others; each needs that engine, and loads it only when it is used."""
