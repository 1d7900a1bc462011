"""A finished plan becomes the bytes of a package."""
