"""What a test says to a mock, in this process or behind an address: the same words for both."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from wiromock.engine.engine import Engine
from wiromock.engine.journal import Journal
from wiromock.engine.ledger import Ledger
from wiromock.scenario import CallScenario, Scenario
from wiromock.scenario.rule import Rule, read_rules
from wiromock.scenario.script import When
from wiromock.spec.operation import Operation


class MockMethods:
    """Scripts a mock and reads what happened in it; who has an `engine` has these."""

    __slots__ = ()

    engine: Engine

    @property
    def journal(self) -> Journal:
        """What happened, and why each answer was the one given."""
        return self.engine.journal

    @property
    def ledger(self) -> Ledger:
        """What was billed."""
        return self.engine.ledger

    def on(
        self,
        slug: str = "*",
        *,
        where: Mapping[str, Any] | None = None,
        calls: Iterable[int] = (),
        probability: float = 1.0,
    ) -> When[Scenario]:
        """Script the runs of a model; see `Engine.on`."""
        return self.engine.on(slug, where=where, calls=calls, probability=probability)

    def on_call(
        self,
        operation: Operation,
        *,
        where: Mapping[str, Any] | None = None,
        calls: Iterable[int] = (),
        probability: float = 1.0,
    ) -> When[CallScenario]:
        """Script every call of an operation; see `Engine.on_call`."""
        return self.engine.on_call(operation, where=where, calls=calls, probability=probability)

    def load(self, rules: Iterable[Rule] | Path | str) -> None:
        """Script what rules say, or a file of them.

        Raises:
            WrongScript: the file or a rule is wrong.
        """
        self.engine.load(read_rules(Path(rules)) if isinstance(rules, str | Path) else rules)

    def release(self, task: str) -> None:
        """Release a held task; see `Engine.release`."""
        self.engine.release(task)
