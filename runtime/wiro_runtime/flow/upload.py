"""Files and folders of one's own on the platform. Sent once, like everything that makes something."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from wiro_runtime import call_check, check, errors, parse
from wiro_runtime.flow.effect import Form, Gather, InspectFile, TransportFailure
from wiro_runtime.flow.exchange import exchange
from wiro_runtime.request.file import LocalFile, UploadedFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wiro_runtime import response
    from wiro_runtime.flow.deadline import Deadline
    from wiro_runtime.flow.effect import Flow
    from wiro_runtime.request.file import FileInput

__all__ = ["Folder", "UploadedFile", "check_files", "create_folder", "upload", "upload_all"]

_AT_ONCE = 4
"""How many uploads of one request are under way at a time."""

_FOLDER_NAME = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that the platform has."""

    id: str
    name: str
    parent_id: str | None
    """The folder it is in; None for the topmost."""
    raw: response.File = field(repr=False, compare=False)
    """The item as it came, unknown fields included."""


def check_files(files: Iterable[tuple[str, FileInput]], subject: str) -> Flow[None]:
    """Look at files before anything is sent.

    Args:
        files: Each with the name of the argument it was given as.
        subject: Whose arguments they are, for the error's text.

    Raises:
        InvalidRequest: One of them cannot be uploaded.
    """
    problems: list[errors.Problem] = []
    for argument, file in files:
        problem = yield from InspectFile(LocalFile.of(file))
        if problem is not None:
            problems.append(errors.Problem(argument, problem))
    if problems:
        raise errors.InvalidRequest.about(subject, problems)


def upload_all(files: Sequence[LocalFile], deadline: Deadline) -> Flow[dict[object, str]]:
    """Send the files of a request, and return their URLs by key. What was given twice is sent once."""
    if not files:
        return {}
    different = list({file.key: file for file in files}.values())
    uploads = [upload(file, deadline) for file in different]
    done: list[UploadedFile] = yield from Gather(uploads, _AT_ONCE)
    return {file.key: sent.url for file, sent in zip(different, done, strict=True)}


def upload(file: LocalFile, deadline: Deadline, folder_id: str | None = None) -> Flow[UploadedFile]:
    """Send a local file.

    Raises:
        UploadFailed: It did not arrive, or the answer names no URL.
        Refused: The platform says why it does not want it.
        DeadlineExceeded: There was not enough time.
    """
    form = Form([*([("folderid", folder_id)] if folder_id else []), ("file", file)])
    try:
        payload = yield from exchange("File/Upload", form, deadline)
    except TransportFailure as failure:
        yield from deadline.remaining(after=failure.reason)
        raise errors.UploadFailed(f"{file.name} was not uploaded: {failure.reason}.") from failure
    except errors.DeadlineExceeded:
        raise
    except OSError as unreadable:
        raise errors.UploadFailed(f"{file.name} could not be read: {unreadable}.") from unreadable
    except errors.PlatformError as refusal:
        if refusal.billed_without_task is False:  # a refusal that we know by name
            raise
        raise errors.UploadFailed(f"{file.name} was not uploaded. {refusal}") from refusal
    item = _created_item(payload)
    if not parse.text(item.get("url")):
        raise errors.UploadFailed(f"The answer to the upload of {file.name} names no URL.")
    return UploadedFile.from_wire(item)


def create_folder(name: str, parent_id: str | None, deadline: Deadline) -> Flow[Folder]:
    """Make a folder.

    Raises:
        InvalidRequest: The platform takes no such name.
        ConnectionFailed: It was never asked for.
        ConnectionLost: No answer came; it may have been made.
    """
    if check.text(name) or not _FOLDER_NAME.fullmatch(name):
        problem = f"it takes letters, digits, - and _; got {check.shown(name)}."
        call_check.require("create_folder", name=problem)
    body = {"name": name, **({"parentid": parent_id} if parent_id else {})}
    try:
        payload = yield from exchange("File/FolderCreate", body, deadline)
    except TransportFailure as failure:
        yield from deadline.remaining(after=failure.reason)
        if failure.never_sent:
            raise errors.ConnectionFailed(f"No folder was made: {failure.reason}.") from failure
        raise errors.ConnectionLost(
            f"Whether the folder {name} was made is unknown: {failure.reason}."
        ) from failure
    item = _created_item(payload)
    if not parse.text(item.get("id")):
        raise errors.UnexpectedReply(f"The answer to the making of the folder {name} has no id.")
    return Folder(
        id=parse.text(item.get("id")),
        name=parse.text(item.get("name")) or name,
        parent_id=parse.text(item.get("parentid", item.get("parentId"))) or None,
        raw=item,
    )


def _created_item(payload: Mapping[str, Any]) -> response.File:
    """The one item that an answer lists; older answers have it under `data`."""
    answer = cast("response.FileReply", payload)
    listed = parse.mappings(answer.get("list")) or [parse.mapping(answer.get("data"))]
    return cast("response.File", listed[0])
