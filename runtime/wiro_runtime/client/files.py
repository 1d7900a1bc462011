"""`client.files`: files and folders of one's own on the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wiro_runtime import check
from wiro_runtime.errors import InvalidRequest, Problem

if TYPE_CHECKING:
    from wiro_runtime.client.runner import AsyncRunner, Runner
    from wiro_runtime.flow.options import DeadlineOption
    from wiro_runtime.flow.upload import Folder, UploadedFile
    from wiro_runtime.request.file import FileInput

__all__ = ["AsyncFilesResource", "FilesResource"]


class FilesResource:
    """Uploads and folders."""

    def __init__(self, runner: Runner) -> None:
        self._calls = runner.calls
        self._perform = runner.perform

    def upload(
        self,
        file: FileInput,
        *,
        folder: Folder | str | None = None,
        deadline: DeadlineOption = "default",
    ) -> UploadedFile:
        """Send a file, streamed from where it lies, once.

        A request does this by itself for every local file it is given; this is for a file that several
        requests share: pass what it returns to each of them.

        Args:
            file: A `Path`, bytes, an open binary file, or `(name, bytes)`; 100 MB at most. The ending of
                the name states its type.
            folder: Where to: what `create_folder()` returned, or a folder's id.
            deadline: Seconds for all of it; None for no limit; "default" for the client's.

        Raises:
            InvalidRequest: It cannot be read, is empty, too large, of a kind that the platform does not
                take, or has a URL already.
            UploadFailed: It did not arrive.
            DeadlineExceeded: There was not enough time.
        """
        return self._perform(self._calls.upload(file, _id(folder, "upload", "folder"), deadline))

    def create_folder(self, name: str, *, parent: Folder | str | None = None) -> Folder:
        """Make a folder for uploads.

        Args:
            name: Letters, digits, `-` and `_`.
            parent: The folder it shall be in, or its id; None for the topmost.

        Raises:
            InvalidRequest: The platform takes no such name.
            Refused: The platform says why it does not make it.
            ConnectionLost: No answer came; it may have been made.
        """
        return self._perform(
            self._calls.create_folder(name, _id(parent, "create_folder", "parent"))
        )


class AsyncFilesResource:
    """Uploads and folders."""

    def __init__(self, runner: AsyncRunner) -> None:
        self._calls = runner.calls
        self._perform = runner.perform

    async def upload(
        self,
        file: FileInput,
        *,
        folder: Folder | str | None = None,
        deadline: DeadlineOption = "default",
    ) -> UploadedFile:
        """Send a file, as `FilesResource.upload()` does."""
        return await self._perform(
            self._calls.upload(file, _id(folder, "upload", "folder"), deadline)
        )

    async def create_folder(self, name: str, *, parent: Folder | str | None = None) -> Folder:
        """Make a folder, as `FilesResource.create_folder()` does."""
        return await self._perform(
            self._calls.create_folder(name, _id(parent, "create_folder", "parent"))
        )


def _id(folder: Folder | str | None, call: str, argument: str) -> str | None:
    if folder is None:
        return None
    named: object = getattr(folder, "id", folder)
    if check.name(named) is None and not isinstance(named, int):
        return str(named)
    problem = f"give what create_folder() returned, or a folder's id; got {check.shown(folder)}."
    raise InvalidRequest.about(f"{call}()", [Problem(argument, problem)])
