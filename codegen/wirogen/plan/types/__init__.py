"""Which Python type an input gets."""
