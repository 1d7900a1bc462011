"""Reading an output piece by piece: each is passed on as it comes, and a break is mended as in saving.

What was passed on cannot be taken back. So an answer of another length than the platform states is refused
before its first byte, a broken one goes on where it stopped, and where the host can only begin anew, what is
there already has to come once more, byte by byte, before anything new is passed on.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from wiro_runtime import parse
from wiro_runtime.flow import retry
from wiro_runtime.flow.deadline import start_deadline
from wiro_runtime.flow.download import (
    ATTEMPTS,
    HOPS,
    TIMEOUT,
    Trouble,
    broken,
    check_answer,
    failed,
    name_task_if_late,
    redirect_target,
)
from wiro_runtime.flow.effect import (
    CloseSocket,
    Downloaded,
    OpenDownload,
    Random,
    ReceiveFrame,
    Sleep,
    TransportFailure,
)
from wiro_runtime.storage import DownloadBuffer

if TYPE_CHECKING:
    from wiro_runtime.flow.deadline import Deadline
    from wiro_runtime.flow.download import DownloadOptions
    from wiro_runtime.flow.effect import Flow, Socket
    from wiro_runtime.task.output import Output

__all__ = ["OutputReader"]


class OutputReader:
    """One output, fetched as far as somebody reads.

    Args:
        output: What is read.
        options: How it is fetched.
    """

    def __init__(self, output: Output, options: DownloadOptions) -> None:
        self._output = output
        self._options = options
        self._pending = _PendingBytes()
        self._buffer = DownloadBuffer(self._pending, output.size, output.content_type)
        self._answer = Downloaded(0, {})
        self._socket: Socket | None = None
        self._is_over = False
        self._deadline: Deadline | None = None
        self._failures: int = 0
        self._before: int = 0

    def read(self, size: int) -> Flow[bytes]:
        """The next so many bytes; fewer at the end, and then none.

        Raises:
            DownloadFailed: It could not be fetched whole in several attempts, or is another file now.
            DeadlineExceeded: There was not enough time.
        """
        return (yield from name_task_if_late(self._options.task, self._read(size)))

    def close(self) -> Flow[None]:
        """Close the connection, if there is one."""
        socket, self._socket = self._socket, None
        if socket is not None:
            yield from CloseSocket(socket)

    def _read(self, size: int) -> Flow[bytes]:
        if self._deadline is None:
            self._deadline = yield from start_deadline(self._options.deadline)
        while len(self._pending.ready) < size and not self._is_over:
            if self._socket is None:
                trouble = yield from self._open(self._deadline)
            else:
                trouble = yield from self._receive(self._socket, self._deadline)
            if trouble is not None:
                yield from self.close()
                yield from self._recover(trouble, self._deadline)
        return self._pending.take(size)

    def _open(self, deadline: Deadline) -> Flow[Trouble | None]:
        """Ask for what is missing, through redirects."""
        url = self._output.url or ""
        for _ in range(HOPS + 1):
            if not parse.is_web_url(url):
                return Trouble(f"{url[:80]!r} is not an http(s) URL", is_transient=False)
            left = yield from deadline.remaining()
            timeout = min(TIMEOUT, left)
            try:
                opened = yield from OpenDownload(url, self._buffer.ask(), timeout, left)
            except TransportFailure as failure:
                return broken(failure)
            self._answer, self._socket = opened.answer, opened.socket
            target = redirect_target(url, opened.answer)
            if target is None:
                return (yield from self._begin(opened.answer))
            yield from self.close()
            url = target
        return Trouble(f"its host redirected more than {HOPS} times", is_transient=False)

    def _begin(self, answer: Downloaded) -> Flow[Trouble | None]:
        """Look at an answer before its first byte: is it the file?"""
        if not self._buffer.begin(answer.status, answer.headers):
            return (yield from check_answer(answer, self._buffer))
        stated, expected = answer.headers.get("content-length", ""), self._buffer.expected
        is_coded = bool(parse.content_codings(answer.headers))
        if answer.status != 200 or not stated.isdecimal() or is_coded or not expected:
            return None
        if int(stated) == expected:
            return None
        return Trouble(f"its host has {stated} bytes instead of the stated {expected}")

    def _receive(self, socket: Socket, deadline: Deadline) -> Flow[Trouble | None]:
        """Take the next bytes of the answer, or its end."""
        timeout = min(TIMEOUT, (yield from deadline.remaining()))
        try:
            chunk = yield from ReceiveFrame(socket, timeout)
        except TransportFailure as failure:
            return broken(failure)
        if chunk:
            self._buffer.take(chunk if isinstance(chunk, bytes) else chunk.encode())
            if self._pending.has_changed:
                return Trouble(
                    "its host has another file now than at the beginning", is_transient=False
                )
            if not self._buffer.is_too_much:
                return None
        trouble = yield from check_answer(self._answer, self._buffer)
        if trouble is None:
            self._is_over = True
            yield from self.close()
        return trouble

    def _recover(self, trouble: Trouble, deadline: Deadline) -> Flow[None]:
        """Wait until it may be tried again; bytes that came are no failure in a row, as in saving."""
        came = self._pending.length
        self._failures = self._failures + 1 if came <= self._before else 1
        self._before = came
        if self._failures >= ATTEMPTS or not trouble.is_transient:
            raise failed(self._output, self._options, trouble.reason)
        left = yield from deadline.remaining()
        pause = retry.delay(self._failures, asked=trouble.asked, random=(yield from Random()))
        yield from Sleep(min(pause, left))


class _PendingBytes:
    """What a `DownloadBuffer` writes to where nothing can be taken back: a file that is read as it grows.

    Written from the beginning again, it compares with what it was before; of that it has the digest only.
    """

    def __init__(self) -> None:
        self.ready = bytearray()
        """Bytes that nobody has taken yet."""
        self.length: int = 0
        """Bytes that were written, each place once."""
        self.has_changed: bool = False
        """Whether other bytes came the second time."""
        self._digest = blake2b()
        self._at: int = 0
        self._repeated = blake2b()

    def write(self, chunk: bytes, /) -> int:
        """Take bytes in: those of known places are compared, the others wait to be taken."""
        known = chunk[: self.length - self._at] if self._at < self.length else b""
        if known:
            self._repeated.update(known)
            self._at += len(known)
            if self._at == self.length:
                self.has_changed |= self._repeated.digest() != self._digest.digest()
        fresh = chunk[len(known) :]
        if fresh and not self.has_changed:
            self._digest.update(fresh)
            self.ready += fresh
            self.length += len(fresh)
            self._at = self.length
        return len(chunk)

    def seek(self, offset: int, /) -> int:
        """Begin anew: the buffer knows no other place to go to."""
        self._at, self._repeated = offset, blake2b()
        return offset

    def truncate(self) -> int:
        """What was written stays, to be compared with."""
        return self._at

    def take(self, size: int) -> bytes:
        """The next so many bytes, or as many as there are."""
        piece = bytes(self.ready[:size])
        del self.ready[:size]
        return piece
