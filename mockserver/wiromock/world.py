"""Everything that exists on the platform at a moment: one object, so that a reset is a new one."""

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from urllib.parse import quote, urlsplit

from wirogen.spec.model import Hosts
from wiromock.catalogue import Catalogue
from wiromock.chance import Chance
from wiromock.clock import Clock
from wiromock.journal import Dispute, Journal, StageReached
from wiromock.ledger import Ledger
from wiromock.refusal import Phrasebook
from wiromock.script import Script
from wiromock.task import Task

FIRST_TASK = 2221
"""The first task's number: the vace document's example."""


@dataclass(frozen=True, slots=True)
class Base:
    """A base URL, taken apart."""

    url: str
    """Without a slash at the end."""
    host: str
    path: str

    @classmethod
    def of(cls, url: str) -> "Base":
        """Take a base URL apart."""
        bare = url.rstrip("/")
        parts = urlsplit(bare)
        return cls(bare, parts.netloc.lower(), parts.path)

    def below(self, host: str, path: str) -> str | None:
        """Give the rest of a path below this base; None when it is not below it."""
        if host != self.host or not path.startswith(f"{self.path}/"):
            return None
        return path.removeprefix(self.path)


@dataclass(frozen=True, slots=True)
class Places:
    """Where the platform is."""

    api: Base
    outputs: Base

    @classmethod
    def of(cls, hosts: Hosts) -> "Places":
        """Read them from the platform's spec."""
        return cls(Base.of(hosts.rest), Base.of(hosts.outputs or "https://cdn1.wiro.ai"))


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was uploaded."""

    number: int
    accesskey: str
    name: str
    content_type: str
    content: bytes
    added: float
    """Unix seconds."""


@dataclass(slots=True)
class World:
    """The state of the platform."""

    catalogue: Catalogue
    clock: Clock
    seed: int
    deposit: Decimal
    places: Places
    chance: Chance = field(init=False)
    user: str = field(init=False)
    """The UUID of the only customer."""
    say: Phrasebook = field(init=False)
    journal: Journal = field(init=False, default_factory=Journal)
    ledger: Ledger = field(init=False)
    script: Script = field(init=False, default_factory=Script)
    tasks: dict[str, Task] = field(init=False, default_factory=dict[str, Task])
    """By id."""
    tokens: dict[str, Task] = field(init=False, default_factory=dict[str, Task])
    folders: dict[str, Task] = field(init=False, default_factory=dict[str, Task])
    """By the folder of their outputs on the file host."""
    uploads: dict[str, Upload] = field(init=False, default_factory=dict[str, Upload])
    """By access key."""
    numbers: "count[int]" = field(init=False, default_factory=lambda: count(FIRST_TASK))

    def __post_init__(self) -> None:
        self.chance = Chance(self.seed)
        self.user = self.chance.uuid("user")
        self.say = Phrasebook(self.catalogue.platform.errors)
        self.ledger = Ledger(self.clock, self.deposit)

    def add(self, task: Task) -> None:
        """Let a task exist."""
        self.tasks[task.id] = self.tokens[task.token] = self.folders[task.folder] = task
        self.ledger.follow(task)

    def note(self, task: Task) -> None:
        """Write the stages down that a task has reached since anybody looked."""
        reached = task.look(self.clock.time()).reached
        for at in range(task.noted, reached):
            status, moment = task.course.events[at].type, task.course.moments[at]
            self.journal.add(StageReached(at=moment, task=task.id, status=status))
        task.noted = reached

    def dispute(self, topic: str, detail: str) -> None:
        """Write down that the sources disagree on what was just accepted or refused."""
        self.journal.add(Dispute(at=self.clock.time(), topic=topic, detail=detail))

    def keep(self, name: str, content_type: str, content: bytes) -> str:
        """Keep an uploaded file, and give its access key."""
        number = len(self.uploads)
        key = self.chance.token("upload", number)
        self.uploads[key] = Upload(number, key, name, content_type, content, self.clock.time())
        return key

    def url_of(self, upload: Upload) -> str:
        """Give the public URL of an uploaded file."""
        name = quote(upload.name, safe="")
        return f"{self.places.api.url}/File/{upload.accesskey}/{name}"
