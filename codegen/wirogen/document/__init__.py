"""Readers of model documents: bytes in, one `ModelDocument` out, or a `DocumentError`."""
