"""What a regenerated client changes for its callers."""
