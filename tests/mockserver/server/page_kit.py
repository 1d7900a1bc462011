"""Reading the page for people and pressing its buttons, as a browser without scripts would."""

from html.parser import HTMLParser

from server_kit import ROOT

from wiromock.spec.catalog import FolderSpecs

HTML = {"accept": "text/html"}
SPECS = FolderSpecs(ROOT / "specs")


class Outline(HTMLParser):
    """Elements of a page that tests ask about."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def page(served, path: str, status: int = 200) -> str:
    reply = served.http.get(path, headers=HTML)
    assert reply.status_code == status, reply.text
    return reply.text


def fill_in(served, slug: str = "pruna/vace", files=(), **fields: str):
    parts = [(name, (None, value)) for name, value in fields.items()]
    return served.http.post(f"/models/{slug}", files=[*parts, *files], headers=HTML)
