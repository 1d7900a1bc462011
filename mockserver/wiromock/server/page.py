"""The page for people: plain HTML that works without any script. Which path leads to which answer."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from wiromock.adapter.asgi import misuse_reply, unforeseen
from wiromock.adapter.asgi.message import (
    API,
    Gone,
    Receive,
    Scope,
    Send,
    TooLarge,
    explained,
    read_body,
    read_headers,
    send_reply,
)
from wiromock.errors import MockError
from wiromock.server.csrf import is_foreign
from wiromock.server.page_action import PageActions
from wiromock.server.page_request import PageRequest
from wiromock.server.page_show import NotThere, ShowPages
from wiromock.server.renderer import Renderer
from wiromock.server.simulation import Simulation
from wiromock.server.static_file import read_static
from wiromock.wire.http import Reply, text_reply
from wiromock.wire.json_body import UnreadableBody

_MODEL: Final = r"/models/([^/]+/[^/]+)"
_TASK: Final = r"/tasks/([^/]+)"


class Page:
    """Routes what a browser asks for, and answers misuse with a page that explains it.

    Args:
        simulation: what it shows.
    """

    def __init__(self, simulation: Simulation) -> None:
        self._engine = simulation.engine
        self._renderer = Renderer(simulation)
        shows = ShowPages(simulation, self._renderer)
        actions = PageActions(simulation, shows)
        self._routes: tuple[tuple[str, str, Callable[..., Reply]], ...] = (
            ("GET", r"/", shows.home),
            ("GET", r"/models", shows.models),
            ("GET", _MODEL, shows.model),
            ("POST", _MODEL, actions.run),
            ("GET", r"/covers/([^/]+/[^/]+)\.svg", shows.cover),
            ("GET", _TASK, shows.task),
            ("POST", _TASK, actions.command),
            ("GET", rf"{_TASK}/outputs/([^/]+)", shows.output),
            ("GET", r"/journal", shows.journal),
            ("GET", r"/scenarios", shows.scenarios),
            ("POST", r"/scenarios", actions.script),
            ("POST", r"/clock", actions.push),
            ("POST", r"/reset", actions.reset),
            ("POST", r"/tenant", actions.choose_tenant),
            ("GET", r"/openapi\.json", shows.openapi),
            ("GET", r"/static/([a-z]+\.[a-z]+)", _static),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; see the ASGI specification."""
        headers = read_headers(scope)
        try:
            body = await read_body(receive)
        except Gone:
            return
        except TooLarge as error:
            await send_reply(send, text_reply(413, str(error)))
            return
        await send_reply(send, self._answer(PageRequest.of(scope, headers, body), headers))

    def _answer(self, request: PageRequest, headers: Mapping[str, str]) -> Reply:
        if request.method != "GET" and is_foreign(headers):
            return text_reply(403, "This call came from a page of another site.")
        try:
            return self._route(request)
        except NotThere as error:
            return self._not_found(request, str(error))
        except UnreadableBody as error:
            return self._message(request, 400, "Not understood", str(error))
        except MockError as error:
            return self._message(request, 409, "That does not fit", str(error))
        except Exception as error:  # noqa: BLE001 - a bug of ours is reported, and ends no server
            return misuse_reply(self._engine.misuse(unforeseen(error)))

    def _route(self, request: PageRequest) -> Reply:
        for method, pattern, answer in self._routes:
            matched = re.fullmatch(pattern, request.path)
            if matched is not None and method == request.method:
                return answer(request, *matched.groups())
        raise NotThere(f"There is no page {request.path}.")

    def _not_found(self, request: PageRequest, text: str) -> Reply:
        """Answer where nothing is: to people with a page, to programs in the platform's own words."""
        if "text/html" in request.request.headers.get("accept", ""):
            return self._message(request, 404, "Not here", text)
        origin = request.origin
        why = f"the API is below {API}: the base URL is {origin}{API}, not {origin}"
        return explained(404, "Error parsing url.", why)

    def _message(self, request: PageRequest, status: int, title: str, text: str) -> Reply:
        return self._renderer.render("message.html", request, status, title=title, text=text)


def _static(request: PageRequest, name: str) -> Reply:
    reply = read_static(name)
    if reply is None:
        raise NotThere(f"There is no {request.path}.")
    return reply
