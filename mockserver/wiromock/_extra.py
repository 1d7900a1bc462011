"""What to say when the packages of the `mock` extra are not installed."""

from collections.abc import Generator
from contextlib import contextmanager

SENTENCE = (
    "wiromock needs packages that a base install leaves out ({missing} is not installed): "
    "pip install 'wiro-client[mock]'"
)

_PACKAGES = frozenset(
    {"PIL", "httptools", "jinja2", "python_multipart", "respx", "uvicorn", "yaml"}
)


class MissingExtra(ImportError):  # noqa: N818 - the name says what happened
    """A package of the `mock` extra is not installed; the message says what to install."""


@contextmanager
def mock_extra() -> Generator[None]:
    """Turn a failed import of one of the extra's packages into one clear sentence.

    Raises:
        MissingExtra: such a package is missing. Any other failed import passes unchanged.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _PACKAGES:
            raise
        raise MissingExtra(SENTENCE.format(missing=error.name), name=error.name) from error
