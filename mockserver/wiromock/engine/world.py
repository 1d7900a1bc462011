"""Everything that exists on the platform at a moment: one object, so that a reset is a new one."""

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from threading import RLock
from urllib.parse import quote

from wiromock.engine.clock import Clock
from wiromock.engine.completion import Completions
from wiromock.engine.journal import Dispute, Journal, ScenarioChosen
from wiromock.engine.ledger import Ledger
from wiromock.engine.outbox import Outbox
from wiromock.engine.retention import EndedTasks, Retention
from wiromock.scenario import Dialect
from wiromock.scenario.script import Choice, Script
from wiromock.spec.catalog import Catalog
from wiromock.task.task import Task, TaskView
from wiromock.wire.ids import SeededIds
from wiromock.wire.refusal import ErrorTexts
from wiromock.wire.task import TaskWriter
from wiromock.wire.url import BaseUrls

FIRST_TASK = 2221
"""The first task's number: the vace document's example."""


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


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that was created for uploads."""

    id: str
    name: str
    parent: str
    added: float
    """Unix seconds."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What all tenants share, and no reset changes."""

    catalog: Catalog
    clock: Clock
    seed: int
    deposit: Decimal
    urls: BaseUrls
    is_strict: bool
    """Whether what the sources dispute is refused."""
    dialect: Dialect
    """How messages look where their scenario leaves it open."""
    errors: ErrorTexts
    limits: Retention
    lock: RLock
    """Held while anything changes."""


@dataclass(slots=True)
class World:
    """The state of the platform as one tenant sees it."""

    settings: Settings
    script: Script
    """Shared by all tenants; its rules may be for one."""
    tenant: str = ""
    catalog: Catalog = field(init=False)
    """The models that can be run, and the platform's own words."""
    clock: Clock = field(init=False)
    """The time that all tenants share."""
    urls: BaseUrls = field(init=False)
    """Where the platform is."""
    errors: ErrorTexts = field(init=False)
    """The platform's texts."""
    ids: SeededIds = field(init=False)
    writer: TaskWriter = field(init=False)
    """Writes tasks as the wire shows them."""
    journal: Journal = field(init=False)
    completions: Completions = field(init=False)
    ledger: Ledger = field(init=False)
    outbox: Outbox = field(init=False)
    tasks: dict[str, Task] = field(init=False, default_factory=dict[str, Task])
    """By id, oldest first."""
    tokens: dict[str, Task] = field(init=False, default_factory=dict[str, Task])
    folders: dict[str, Task] = field(init=False, default_factory=dict[str, Task])
    """By the folder of their outputs on the file host."""
    uploads: dict[str, Upload] = field(init=False, default_factory=dict[str, Upload])
    """By access key, oldest first."""
    forgotten: int = field(init=False, default=0)
    """How many tasks had to go."""
    upload_folders: dict[str, Folder] = field(init=False, default_factory=dict[str, Folder])
    """Folders for uploads, by id."""
    numbers: "count[int]" = field(init=False, default_factory=lambda: count(FIRST_TASK))
    upload_numbers: "count[int]" = field(init=False, default_factory=count)
    _uploaded: int = field(init=False, default=0)
    """Bytes of all uploads."""
    _ended: EndedTasks = field(init=False)

    def __post_init__(self) -> None:
        limits = self.settings.limits
        self.catalog, self.clock = self.settings.catalog, self.settings.clock
        self.urls, self.errors = self.settings.urls, self.settings.errors
        self.ids = SeededIds(self.settings.seed, self.tenant)
        self.writer = TaskWriter(self.ids, self.urls.outputs.url)
        self.completions = Completions(self.clock)
        self.journal = Journal(limits.entries, limits.entry_bytes)
        self.ledger = Ledger(self.completions, self.settings.deposit, limits.tasks)
        self.outbox = Outbox(self.completions, limits.tasks)
        self._ended = EndedTasks(limits)
        self.completions.listen(self._retire)

    def add(self, task: Task) -> None:
        """Add a task, and watch for its end."""
        self.tasks[task.id] = self.tokens[task.token] = self.folders[task.folder] = task
        self.completions.follow(task)
        self.note(task)  # at once, so that the journal shows which call has made it

    def _retire(self, task: Task, _: float) -> None:
        """Remember a task that has ended; of very many, those that ended first are forgotten."""
        for oldest in self._ended.add(task):
            del self.tasks[oldest.id], self.tokens[oldest.token], self.folders[oldest.folder]
            self.forgotten += 1

    @property
    def weight(self) -> int:
        """Bytes that all of it takes, roughly."""
        return self.journal.weight + self._ended.weight + self._uploaded

    @property
    def loss(self) -> str:
        """Return the end of a message about a task that may have been forgotten; empty when none was."""
        if not self.forgotten:
            return ""
        return (
            f"; the {self.forgotten} tasks that ended first are forgotten, for this mock remembers "
            f"{self.settings.limits.tasks} that have ended, or fewer large ones"
        )

    def look(self, task: Task) -> None:
        """Report to the clock that somebody is about to look at a task, which may move it."""
        self.clock.asked(task.schedule.ends, task.id, is_held=task.is_held)

    def note(self, task: Task) -> TaskView:
        """Write the stages down that a task has reached since anybody looked; give what it looks like now."""
        view = task.view(self.clock.time())
        if task.noted < view.reached:
            for at in range(task.noted, view.reached):
                status, moment = task.schedule.events[at].type, task.schedule.moments[at]
                self.journal.add_stage(moment, task.id, status)
            task.noted = view.reached
        return view

    def note_choice(self, target: str, choice: Choice) -> None:
        """Write down which scenario was chosen, and why."""
        entry = ScenarioChosen(
            at=self.clock.time(), target=target, scenario=choice.scenario, why=choice.why
        )
        self.journal.add(entry)

    def dispute(self, topic: str, detail: str) -> None:
        """Write down that the sources disagree on what was just accepted or refused."""
        self.journal.add(Dispute(at=self.clock.time(), topic=topic, detail=detail))

    def tolerate(self, topic: str, detail: str, text: str = "parameters_invalid") -> None:
        """Accept what some source does and others contradict; the strict profile refuses it.

        Args:
            topic: what is disputed.
            detail: what was done, and who says otherwise.
            text: the name of the platform's text for a refusal.

        Raises:
            Refusal: the mock is strict.
        """
        self.dispute(topic, detail)
        if self.settings.is_strict:
            raise self.errors.refuse(text, f"disputed, and this mock is strict: {topic}: {detail}")

    def keep(self, name: str, content_type: str, content: bytes) -> str:
        """Keep an uploaded file, and return its access key; of very much, the oldest goes."""
        number = next(self.upload_numbers)
        key = self.ids.token("upload", number)
        self.uploads[key] = Upload(number, key, name, content_type, content, self.clock.time())
        self._uploaded += len(content)
        while self._uploaded > self.settings.limits.upload_bytes and len(self.uploads) > 1:
            self._uploaded -= len(self.uploads.pop(next(iter(self.uploads))).content)
        return key

    def uploaded(self, url: str) -> bytes:
        """Return the content of an uploaded file by its URL; nothing for any other URL."""
        below = url.removeprefix(f"{self.urls.api.url}/File/")
        upload = self.uploads.get(below.partition("/")[0]) if below != url else None
        return b"" if upload is None else upload.content

    def url_of(self, upload: Upload) -> str:
        """Return the public URL of an uploaded file."""
        name = quote(upload.name, safe="")
        return f"{self.urls.api.url}/File/{upload.accesskey}/{name}"
