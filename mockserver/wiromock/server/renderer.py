"""Pages from templates: what every page of a simulation shows, and the headers that it is sent with."""

from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from wiromock.server.page_request import PageRequest
from wiromock.server.simulation import Simulation
from wiromock.server.view import show_time
from wiromock.wire.http import Reply
from wiromock.wire.url import socket_origin

_HTML: Final = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    # Not "no-referrer": browsers then hide from us, too, that a form was sent from our own page.
    "referrer-policy": "same-origin",
    # Spec texts are escaped; should one slip through all the same, it finds nothing it may do.
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
}


class Renderer:
    """Writes pages.

    Args:
        simulation: what they show.
    """

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, name: str, request: PageRequest, status: int = 200, **values: Any) -> Reply:
        """Return a template filled in, with the headers that keep scripts out.

        Args:
            name: of the template.
            request: who asks, and for what.
            status: of the reply.
            values: what the template needs besides what all pages show.
        """
        clock = self._simulation.clock
        common = {
            "here": request.path,
            "back": request.path if request.method == "GET" else "/",
            "origin": request.origin,
            "socket": socket_origin(request.origin),
            "tenants": self._simulation.engine.tenants,
            "tenant": request.tenant,
            "moving": False,
            "clock": {"shown": show_time(clock.time()), "speed": f"{clock.speed:g}"},
        }
        text = self._templates.get_template(name).render({**common, **values})
        # A caller's JSON may hold half a surrogate pair, which no UTF-8 has; the page shows it as it was escaped.
        return Reply(status, _HTML, text.encode("utf-8", "backslashreplace"))
