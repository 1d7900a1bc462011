"""Uploads: a local file on its way to a URL. Sent once, like everything that makes something."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wiro_runtime import errors, loose
from wiro_runtime.effect import Form, Inspect, TransportFailure
from wiro_runtime.file import LocalFile
from wiro_runtime.flow.read import exchange

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wiro_runtime.effect import Flow
    from wiro_runtime.file import FileInput
    from wiro_runtime.flow.limit import Limit

__all__ = ["UploadedFile", "inspect", "upload"]


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file that the platform has."""

    url: str
    """What a file argument takes."""
    id: str
    name: str
    size: int | None
    content_type: str
    raw: Mapping[str, Any] = field(repr=False, compare=False)
    """The item as it came."""


def inspect(files: Iterable[tuple[str, FileInput]], subject: str) -> Flow[None]:
    """Look at files before anything is sent.

    Args:
        files: Each with the name of the argument it was given as.
        subject: Whose arguments they are, for the error's text.

    Raises:
        InvalidRequest: One of them cannot be uploaded.
    """
    problems: list[errors.Problem] = []
    for argument, file in files:
        problem = yield from Inspect(LocalFile.of(file))
        if problem is not None:
            problems.append(errors.Problem(argument, problem))
    if problems:
        raise errors.InvalidRequest.about(subject, problems)


def upload(file: FileInput, *, limit: Limit, timeout: float) -> Flow[UploadedFile]:
    """Send a local file.

    Raises:
        UploadFailed: It did not arrive, or the answer names no URL.
        Refused: The platform says why it does not want it.
    """
    local = LocalFile.of(file)
    try:
        payload = yield from exchange("File/Upload", Form(local), limit=limit, timeout=timeout)
    except TransportFailure as failure:
        raise errors.UploadFailed(f"{local.name} was not uploaded: {failure.reason}.") from failure
    except errors.DeadlineExceeded:
        raise
    except OSError as unreadable:
        raise errors.UploadFailed(f"{local.name} could not be read: {unreadable}.") from unreadable
    except errors.PlatformError as refusal:
        if refusal.billed_without_task is False:  # a refusal that we know by name
            raise
        raise errors.UploadFailed(f"{local.name} was not uploaded. {refusal}") from refusal
    item = next(iter(loose.mappings(payload.get("list"))), dict[str, Any]())
    url = loose.text(item.get("url"))
    if not url:
        raise errors.UploadFailed(f"The answer to the upload of {local.name} names no URL.")
    return UploadedFile(
        url=url,
        id=loose.text(item.get("id")),
        name=loose.text(item.get("name")),
        size=loose.integer(item.get("size")),
        content_type=loose.text(item.get("contenttype")),
        raw=item,
    )
