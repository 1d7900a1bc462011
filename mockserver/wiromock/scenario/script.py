"""Which scenario comes next: what tests have asked for, in which order, and why it is this one.

Of several rules that describe a call, one for its model goes before one for all models; then the one
with more conditions; then the one that was given later.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from wiromock.errors import ScenarioExhausted
from wiromock.scenario import PassThrough, Scenario
from wiromock.scenario.rule import MOST_NAMED, After, Rule
from wiromock.spec.operation import EVERY_CALL, Operation

S = TypeVar("S", bound=Scenario)

Share = Callable[[str, int, int], float]
"""Returns a number from 0 to 1 for a purpose, a number and a count of calls: the same for the same three."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a script says about a call."""

    scenario: Scenario
    why: str


@dataclass(slots=True)
class Entry:
    """A rule in use."""

    rule: Rule
    number: int
    """When it was given; the first is 0."""
    seen: int = 0
    """How many calls it has described, whether or not it decided them."""
    used: int = 0
    """How many of them it has decided."""

    def miss(self, share: Share) -> str | None:
        """Return why a call that it describes is not meant all the same; None when it is."""
        rule = self.rule
        if rule.calls and self.seen not in rule.calls:
            return f"{rule.target}: this is call {self.seen}"
        if rule.probability < 1 and share("rule", self.number, self.seen) >= rule.probability:
            return f"{rule.target}: not this time"
        return None

    def next(self) -> Choice:
        """Take the next scenario.

        Raises:
            ScenarioExhausted: the sequence has ended with `after="error"`.
        """
        rule, total = self.rule, len(self.rule.then)
        self.used += 1
        if self.used <= total:
            why = f"scripted for {rule.target}, {self.used} of {total}"
            return Choice(rule.then[self.used - 1], why)
        past = f"the {total} scripted for {rule.target} are used up"
        match rule.after or "repeat":
            case "repeat":
                return Choice(rule.then[-1], f"{past}, and the last one repeats")
            case "pass_through":
                return Choice(PassThrough(), f"{past}, and then all is as usual")
            case "error":
                raise ScenarioExhausted(
                    f"{rule.target} was called for the {_ordinal(self.used)} time, but {past} and the "
                    'sequence ends with after="error"; script more, or end it with after="repeat" '
                    'or after="pass_through"'
                )

    @property
    def unused(self) -> int:
        """How many of its scenarios have never happened."""
        return max(0, len(self.rule.then) - self.used)


class When(Generic[S]):
    """Calls that were chosen by `on()` or `on_call()`; `then` says what shall happen to them.

    Args:
        calls: which calls are meant, as arguments of `Rule`.
        put: takes the rule.
    """

    def __init__(self, calls: Mapping[str, Any], put: Callable[[Rule], None]) -> None:
        self._calls = calls
        self._put = put

    def then(self, *scenarios: S, after: After | None = None) -> None:
        """Script what happens, from the next call on. Replaces what was scripted for the same calls.

        Args:
            scenarios: one, or several in order.
            after: what happens after the last one. A single scenario repeats; with several it has to be stated.

        Raises:
            WrongScript: no scenario, or several without `after`.
        """
        self._put(Rule(then=scenarios, after=after, **self._calls))


class Script:
    """Everything that tests have asked for.

    Args:
        share: decides what has a probability.
    """

    def __init__(self, share: Share) -> None:
        self._share = share
        self._entries: list[Entry] = []
        self._alike: dict[object, list[Entry]] = {}
        """By what can be hashed of the calls that they describe."""
        self._given = 0
        self._operations: set[str | None] = set()
        """What any rule has ever been for: most calls are answered without trying one."""

    @property
    def entries(self) -> Sequence[Entry]:
        """The rules in use, in the order in which they are tried."""
        return self._entries

    def add(self, rule: Rule) -> None:
        """Take a rule; it replaces one for the same calls."""
        alike = self._alike.setdefault(_hashable(rule), [])
        for old in [entry for entry in alike if _describes(entry.rule) == _describes(rule)]:
            alike.remove(old)
            del self._entries[bisect_left(self._entries, _place(old), key=_place)]
        entry = Entry(rule, self._given)
        alike.append(entry)
        insort(self._entries, entry, key=_place)
        self._given += 1
        self._operations.add(rule.on_call)

    def clear(self, tenant: str | None = None) -> None:
        """Drop every rule; or those of a tenant."""
        kept = [entry for entry in self._entries if tenant not in {None, entry.rule.tenant}]
        self._entries, self._alike = kept, {}
        for entry in kept:
            self._alike.setdefault(_hashable(entry.rule), []).append(entry)
        if tenant is None:
            self._given = 0

    def on_run(self, slug: str, fields: Mapping[str, Any], tenant: str) -> Choice | None:
        """Decide about a run; None when nothing is scripted."""
        asked = (
            entry
            for entry in self._entries
            if entry.rule.on_call is None and entry.rule.on in {slug, "*"}
        )
        return self._decide(asked, fields, tenant)

    def on_call(
        self, operation: Operation, read: Callable[[], Mapping[str, Any]], tenant: str
    ) -> Choice | None:
        """Decide about a call of an operation; None when nothing is scripted.

        Args:
            operation: what is called.
            read: reads the fields of its body; used only if somebody asks about them.
            tenant: who calls.
        """
        if self._operations.isdisjoint((operation, EVERY_CALL)):
            return None
        asked = [entry for entry in self._entries if entry.rule.on_call in {operation, EVERY_CALL}]
        fields: Mapping[str, Any] = read() if any(entry.rule.where for entry in asked) else {}
        return self._decide(asked, fields, tenant)

    def unused(self) -> list[str]:
        """Return a sentence for each rule of which scenarios have never happened."""
        return [
            f"{entry.rule.target}: {entry.unused} of {len(entry.rule.then)} never happened"
            for entry in sorted(self._entries, key=lambda entry: entry.number)
            if entry.unused
        ]

    def _decide(
        self, asked: Iterable[Entry], fields: Mapping[str, Any], tenant: str
    ) -> Choice | None:
        described = [entry for entry in asked if entry.rule.suits(fields, tenant)]
        for entry in described:
            entry.seen += 1
        passed: list[str] = []
        for entry in described:
            miss = entry.miss(self._share)
            if miss is None:
                choice = entry.next()
                return Choice(choice.scenario, choice.why + _list_passed(passed))
            passed.append(miss)
        return None


def _place(entry: Entry) -> tuple[int, int, int]:
    """Return what entries are sorted by: the one that is tried first has the least."""
    is_named, conditions = entry.rule.weight
    return -is_named, -conditions, -entry.number


def _describes(rule: Rule) -> tuple[object, ...]:
    """Return which calls a rule is for."""
    return rule.on, rule.on_call, rule.tenant, rule.probability, rule.calls, rule.where


def _hashable(rule: Rule) -> object:
    """Return something that is equal for rules that are for the same calls, and for no others that JSON tells apart."""
    return (*_describes(rule)[:-1], _frozen(rule.where))


def _frozen(value: Any) -> object:
    """Return a JSON value that can be hashed; equal ones stay equal."""
    if isinstance(value, Mapping):
        named = cast("Mapping[str, Any]", value)
        return frozenset((name, _frozen(each)) for name, each in named.items())
    if isinstance(value, list | tuple):
        return tuple(_frozen(each) for each in cast("Sequence[Any]", value))
    return value


def _list_passed(passed: Sequence[str]) -> str:
    if not passed:
        return ""
    more = f"; and {len(passed) - MOST_NAMED} more" if len(passed) > MOST_NAMED else ""
    return f"; passed over: {'; '.join(passed[:MOST_NAMED])}{more}"


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number % 100 not in {11, 12, 13} else 0)
    return f"{number}{ending or 'th'}"
