"""A platform whose runs end at once, with an output that can be downloaded."""

from runtime.local_server import Handler
from runtime.replies import RUN_REPLY, detail

PNG = b"\x89PNG\r\n\x1a\n" + bytes(200_000)


def done(url: str, **fields) -> dict:
    output = {
        "name": "0.png",
        "contenttype": "image/png",
        "size": str(len(PNG)),
        "url": url,
        **fields,
    }
    return detail("task_postprocess_end", pexit="0", totalcost="0.5", outputs=[output])


def platform(handler: Handler) -> None:
    """Accepts a run, finishes it at once, and serves its output after a redirect."""
    if handler.path.startswith("/v1/Run"):
        handler.json(RUN_REPLY)
    elif handler.path == "/v1/File/Upload":
        handler.json({"result": True, "list": [{"id": "1", "url": "https://file/1", "size": "7"}]})
    elif handler.path == "/0.png":
        handler.raw(b"", 302, location="/moved.png", set_cookie="a=b")
    elif handler.path == "/moved.png":
        handler.raw(PNG)
    else:
        handler.json(done(f"{handler.server.url}/0.png"))
