"""Which models there are: generated bindings, and what the platform says of them."""
