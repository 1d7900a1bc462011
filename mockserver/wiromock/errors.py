"""Misuse of the mock: always the test's fault, never the platform's and never the network's.

    MockError (an AssertionError)
    ├── UnknownHost         a request that is not for the platform
    ├── NotSimulated        a real endpoint of the platform that the mock does not play
    ├── ScenarioExhausted   a sequence of scenarios has ended, with `after="error"`
    ├── TimeStandsStill     somebody looks again and again, and nothing moves virtual time
    ├── TimeRanAway         virtual time passed its limit: somebody waits for what never comes
    ├── UnreadableSpec      a spec has problems; the others are played all the same
    └── WrongScript         a scenario, a model, a stage or a task that does not exist
        └── WrongValue      a call or an option was given what it does not take (a ValueError, too)

None of them is an httpx exception, so no retry policy can swallow them by mistake. What user code
swallows all the same is kept by the journal and raised when the mock is left.
"""

# ruff: noqa: N818 - the names say what happened; the base class says that it is an error


class MockError(AssertionError):
    """The mock was used in a way that cannot be right."""

    proves_not_sent = True
    """For the client: whatever it was about to send, nothing came of it."""


class UnknownHost(MockError):
    """A request went to a host that is not part of the platform."""


class NotSimulated(MockError):
    """The platform has this endpoint; the mock does not."""


class ScenarioExhausted(MockError):
    """All scenarios of a sequence are used up and it ends with `after="error"`."""


class TimeStandsStill(MockError):
    """A task was looked at too often in one virtual instant."""


class TimeRanAway(MockError):
    """Virtual time passed its limit."""


class UnreadableSpec(MockError):
    """A call is for a model whose spec has problems."""


class WrongScript(MockError):
    """A script names something that does not exist."""


class WrongValue(WrongScript, ValueError):
    """A call or an option was given what it does not take; nothing has come of it."""
