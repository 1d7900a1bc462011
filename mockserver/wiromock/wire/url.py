"""Where the platform is: the base URLs of its API, its file host and its socket."""

from dataclasses import dataclass, field
from typing import TypeGuard
from urllib.parse import urlsplit

from wirogen.spec.model import Hosts


def is_web_url(value: object) -> TypeGuard[str]:
    """Return whether a value of a request is a text that begins as a URL of http or https does."""
    return isinstance(value, str) and value[:8].lower().startswith(("http://", "https://"))


def socket_origin(origin: str) -> str:
    """Return the origin of the socket of an HTTP origin: `http` becomes `ws`."""
    return f"ws{origin.removeprefix('http')}"


@dataclass(frozen=True, slots=True)
class BaseUrl:
    """A base URL, taken apart."""

    url: str
    """Without a slash at the end."""
    host: str
    path: str
    _start: str = field(init=False, repr=False, compare=False)
    """With which every path below it starts."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_start", f"{self.path}/")  # it is frozen

    @classmethod
    def of(cls, url: str) -> "BaseUrl":
        """Take a base URL apart."""
        bare = url.rstrip("/")
        parts = urlsplit(bare)
        return cls(bare, parts.netloc.lower(), parts.path)

    def is_at(self, url: str) -> bool:
        """Return whether a URL is this base itself."""
        other = BaseUrl.of(url.partition("?")[0])
        return (other.host, other.path) == (self.host, self.path)

    def below(self, host: str, path: str) -> str | None:
        """Return the rest of a path below this base; None when it is not below it."""
        if host != self.host or not path.startswith(self._start):
            return None
        return path[len(self.path) :]


@dataclass(frozen=True, slots=True)
class BaseUrls:
    """Where the platform is."""

    api: BaseUrl
    outputs: BaseUrl
    socket: BaseUrl

    @classmethod
    def of(cls, hosts: Hosts) -> "BaseUrls":
        """Read them from the platform's spec."""
        outputs = hosts.outputs or "https://cdn1.wiro.ai"
        return cls(BaseUrl.of(hosts.rest), BaseUrl.of(outputs), BaseUrl.of(hosts.socket))
