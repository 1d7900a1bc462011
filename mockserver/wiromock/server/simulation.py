"""The platform that a server simulates: an engine, its clock, who may call, and the rules that were there from the start."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from wiromock.adapter.asgi import API
from wiromock.engine.auth import Credentials
from wiromock.engine.engine import Engine
from wiromock.scenario.rule import Rule
from wiromock.server.clock import RunningClock


class Simulation:
    """The platform as the server's control API and page see it.

    Args:
        engine: the platform.
        clock: the engine's clock.
        slugs: of all models, sorted.
        credentials: what the engine expects; the page's own runs use them.
        rules: what is scripted from the start, and again after a reset.

    Raises:
        WrongScript: a rule is for a model that has no spec.
    """

    def __init__(
        self,
        engine: Engine,
        clock: RunningClock,
        slugs: Sequence[str],
        *,
        credentials: Credentials | None = None,
        rules: tuple[Rule, ...] = (),
    ) -> None:
        self.engine = engine
        self.clock = clock
        self.slugs = slugs
        self.credentials = credentials
        self._rules = rules
        engine.load(rules)

    def describe_api(self, origin: str) -> dict[str, Any]:
        """Return the OpenAPI document of the API.

        Args:
            origin: `http://host:port` at which the caller reached us.
        """
        from wiromock.server.openapi import describe_api  # noqa: PLC0415 - reads every spec; seldom

        catalog = self.engine.catalog
        return describe_api(catalog.platform, catalog, f"{origin}{API}")

    def advance_until(self, moment: float) -> None:
        """Push time to a moment in unix seconds; one that has passed changes nothing."""
        self.engine.advance(max(0.0, moment - self.clock.time()))

    def finish_all(self, tenant: str = "") -> None:
        """Push time until no task of a tenant is running that ends by itself."""
        running = self.engine.tenant(tenant).completions.running
        ends = [
            task.schedule.ends for task in running.values() if math.isfinite(task.schedule.ends)
        ]
        self.advance_until(max(ends, default=0.0))

    def replace_rules(self, rules: Iterable[Rule]) -> None:
        """Put rules in place of all others; if one is wrong, the others stay.

        Raises:
            WrongScript: one of them is for a model that has no spec.
        """
        checked = self.engine.check(rules)
        self.engine.clear_script()
        self.engine.load(checked)

    def reset(self, tenant: str | None = None) -> None:
        """Begin again.

        Args:
            tenant: only this one's tasks and rules. None means everything, time included; the rules
                from the start are in force again.
        """
        self.engine.reset(tenant)
        if tenant is None:
            self.clock.reset()
            self.engine.load(self._rules)
