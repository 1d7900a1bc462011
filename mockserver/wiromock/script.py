"""Which scenario comes next: what tests have asked for, and in which order."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeAlias, TypeVar

from wiromock.errors import ScenarioExhausted, WrongScript
from wiromock.scenario import AsUsual, CallScenario, Scenario

After: TypeAlias = Literal["repeat", "as_usual", "error"]
"""What happens when a sequence has ended: its last scenario again, what would happen without a
script, or a `ScenarioExhausted`."""

S = TypeVar("S", bound=Scenario)


@dataclass(slots=True)
class Sequence(Generic[S]):
    """Scenarios in order, with a stated end."""

    scenarios: tuple[S, ...]
    after: After
    used: int = 0

    def next(self, target: str) -> tuple[S | AsUsual, str]:
        """Take the next scenario, and say why it is this one.

        Args:
            target: what it is for, to name it.

        Raises:
            ScenarioExhausted: the sequence has ended with `after="error"`.
        """
        self.used += 1
        total = len(self.scenarios)
        if self.used <= total:
            return self.scenarios[self.used - 1], f"scripted for {target}, {self.used} of {total}"
        past = f"the {total} scripted for {target} are used up"
        match self.after:
            case "repeat":
                return self.scenarios[-1], f"{past}, and the last one repeats"
            case "as_usual":
                return AsUsual(), f"{past}, and then all is as usual"
            case "error":
                raise ScenarioExhausted(
                    f"{target} was called for the {_ordinal(self.used)} time, but {past} and the "
                    'sequence ends with after="error"; script more, or end it with after="repeat" '
                    'or after="as_usual"'
                )


class When(Generic[S]):
    """What a script is for; `then` says what shall happen."""

    def __init__(self, target: str, put: Callable[[Sequence[S]], None]) -> None:
        self._target = target
        self._put = put

    def then(self, *scenarios: S, after: After | None = None) -> None:
        """Script what happens, from the next call on. Replaces what was scripted for the same target.

        Args:
            scenarios: one, or several in order.
            after: what happens after the last one. A single scenario repeats; several need a word.

        Raises:
            WrongScript: no scenario, or several without `after`.
        """
        if not scenarios:
            raise WrongScript(f"nothing is scripted for {self._target}: give then() a scenario")
        if len(scenarios) > 1 and after is None:
            raise WrongScript(
                f"{len(scenarios)} scenarios for {self._target}: say what follows the last one with "
                'after="repeat", after="as_usual" or after="error"'
            )
        self._put(Sequence(scenarios, after or "repeat"))


class Script:
    """Everything that tests have asked for."""

    def __init__(self) -> None:
        self._models: dict[str, Sequence[Scenario]] = {}
        self._calls: dict[str, Sequence[CallScenario]] = {}

    def on_model(self, slug: str) -> When[Scenario]:
        """Script the runs of a model, or of any model that has no script of its own (`*`)."""

        def put(sequence: Sequence[Scenario]) -> None:
            self._models[slug] = sequence

        return When(slug, put)

    def on_call(self, operation: str) -> When[CallScenario]:
        """Script every call of an operation, whichever model it is about."""

        def put(sequence: Sequence[CallScenario]) -> None:
            self._calls[operation] = sequence

        return When(operation, put)

    def next_run(self, slug: str) -> tuple[Scenario, str] | None:
        """Take the next scenario of a model; None when nothing is scripted."""
        for target in (slug, "*"):
            if target in self._models:
                return self._models[target].next(target)
        return None

    def next_call(self, operation: str) -> tuple[CallScenario, str] | None:
        """Take the next scenario of an operation; None when nothing is scripted."""
        sequence = self._calls.get(operation)
        return None if sequence is None else sequence.next(operation)


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number % 100 not in {11, 12, 13} else 0)
    return f"{number}{ending or 'th'}"
