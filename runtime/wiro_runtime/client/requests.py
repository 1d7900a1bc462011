"""The kinds of requests, by what running one returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wiro_runtime.request.request import Request

if TYPE_CHECKING:
    from wiro_runtime.client import result  # noqa: F401 - named in the bases below

__all__ = ["MediaRequest", "RealtimeRequest", "TextRequest"]


# Quoted, since a request is made without what a result needs: at run time the base is `Request` itself.
class MediaRequest(Request["result.MediaResult", "result.AsyncMediaResult"], kind="media"):
    """A request whose result is files."""


class TextRequest(Request["result.TextResult", "result.AsyncTextResult"], kind="text"):
    """A request whose result is a language model's text."""


class RealtimeRequest(
    Request["result.RealtimeResult", "result.AsyncRealtimeResult"], kind="realtime"
):
    """A request that opens a live session."""
