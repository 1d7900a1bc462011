"""What the specs say, as the mock reads it."""
