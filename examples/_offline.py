"""Lets every example run as it is: with a key against the service, without one against the mock."""

import os
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def mock_unless_there_is_a_key() -> Generator[None]:
    """Play the platform for the length of the block, unless `WIRO_API_KEY` is set."""
    if os.environ.get("WIRO_API_KEY"):
        yield
        return
    from wiromock import MockWiro  # noqa: PLC0415 - not needed with a key

    os.environ["WIRO_API_KEY"] = "offline"
    try:
        with MockWiro():
            yield
    finally:
        del os.environ["WIRO_API_KEY"]
