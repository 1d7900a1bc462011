"""Model documents in, reviewed specs between, typed client packages out."""
