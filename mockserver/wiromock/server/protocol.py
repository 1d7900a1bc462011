"""uvicorn's HTTP protocol, handing its connection over to the application.

Resets, torn replies and garbage happen below HTTP. ASGI has no words for them, so the application
gets the connection itself, in an extension of the scope.
"""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from wiromock.adapter.asgi.delivery import TRANSPORT


class OpenProtocol(HttpToolsProtocol):
    """Puts its transport into the scope of every request."""

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        extensions: Any = {TRANSPORT: self.transport}  # uvicorn knows extensions of plain data only
        self.scope["extensions"] = extensions
