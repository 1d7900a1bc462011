"""`client.files`: files of one's own on the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wiro_runtime.file import FileInput
    from wiro_runtime.flow.session import Session
    from wiro_runtime.flow.upload import UploadedFile
    from wiro_runtime.result import AsyncPerformer, Performer

__all__ = ["AsyncFileShelf", "FileShelf"]


class FileShelf:
    """Uploads."""

    def __init__(self, session: Session, perform: Performer) -> None:
        self._session = session
        self._perform = perform

    def upload(self, file: FileInput) -> UploadedFile:
        """Send a file, streamed from where it lies, once.

        A request does this by itself for every local file it is given; this is for a file that several
        requests share.

        Args:
            file: A `Path`, bytes, an open binary file, or `(name, bytes)`; 100 MB at most.

        Raises:
            InvalidRequest: It cannot be read, is empty, too large, or has a URL already.
            UploadFailed: It did not arrive.
        """
        return self._perform(self._session.upload(file))


class AsyncFileShelf:
    """Uploads."""

    def __init__(self, session: Session, perform: AsyncPerformer) -> None:
        self._session = session
        self._perform = perform

    async def upload(self, file: FileInput) -> UploadedFile:
        """Send a file, as `FileShelf.upload()` does."""
        return await self._perform(self._session.upload(file))
