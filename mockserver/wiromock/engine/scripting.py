"""The part of the engine that takes scripts, and calls listeners when something has changed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from threading import RLock
from typing import Any, Literal, cast, get_args

from wiromock.argument import check_text, show
from wiromock.engine.snapshot import show_script
from wiromock.errors import WrongScript, WrongValue
from wiromock.scenario import CallScenario, Scenario
from wiromock.scenario.rule import Rule, check_where
from wiromock.scenario.script import Script, When
from wiromock.spec.catalog import Catalog
from wiromock.spec.condition import explain_unknown
from wiromock.spec.operation import EVERY_CALL, CallTarget, Operation
from wiromock.spec.validation import Validator


class Scripting:
    """Takes scripts.

    Args:
        catalog: the models that can be scripted.
        script: where rules go.
    """

    def __init__(self, catalog: Catalog, script: Script) -> None:
        self._catalog = catalog
        self._script = script
        self._lock = RLock()
        self._listeners: dict[str, dict[Callable[[], object], None]] = {
            "anything": {},
            "everybody": {},
        }
        """By the changes that they are called for."""

    @property
    def catalog(self) -> Catalog:
        """The models that have a spec."""
        return self._catalog

    def listen(
        self,
        listener: Callable[[], object],
        *,
        concerning: Literal["anything", "everybody"] = "anything",
    ) -> Callable[[], None]:
        """Have `listener` called whenever something has changed but the time; returns how to unsubscribe.

        Args:
            listener: is called with nothing, in the thread that has changed something.
            concerning: every call changes something. `everybody` leaves out what concerns one task or one
                connection: `Task.listen` and `Connection.listen` report those.
        """
        if not callable(listener):
            said = "a function that is called with nothing"
            raise WrongValue(f"engine.listen: listener is {said}, not {show(listener)}")
        listeners = self._listeners[concerning]
        listeners[listener] = None

        def unsubscribe() -> None:
            listeners.pop(listener, None)

        return unsubscribe

    def _change(self, concerning: Literal["anything", "everybody"] = "anything") -> None:
        for listener in tuple(self._listeners["anything"]):
            listener()
        if concerning == "everybody":
            for listener in tuple(self._listeners["everybody"]):
                listener()

    def on(
        self,
        slug: str = "*",
        *,
        where: Mapping[str, Any] | None = None,
        calls: Iterable[int] = (),
        probability: float = 1.0,
        tenant: str | None = None,
    ) -> When[Scenario]:
        """Script the runs of a model: `engine.on("pruna/vace").then(Fails())`.

        Args:
            slug: the model, raw or clean; `*` for every model that has no script of its own.
            where: only runs with these parameters.
            calls: only these of the runs so described, counted from 1.
            probability: only this share of them; the seed decides which.
            tenant: only this one's.

        Raises:
            WrongScript: there is no spec of that model, or it has no such parameter; or, for `*`, no model has.
        """
        return When(
            {
                "on": self._slug(slug, {} if where is None else where),
                "where": dict(where or {}),
                "calls": calls,
                "probability": probability,
                "tenant": tenant,
            },
            self._put,
        )

    def on_call(
        self,
        operation: CallTarget,
        *,
        where: Mapping[str, Any] | None = None,
        calls: Iterable[int] = (),
        probability: float = 1.0,
        tenant: str | None = None,
    ) -> When[CallScenario]:
        """Script every call of an operation: `engine.on_call("TaskDetail").then(HttpFault(503))`.

        Args:
            operation: such as Run, TaskDetail, TaskCancel, FileUpload, Output; `*` for every call.
            where: only calls with these fields.
            calls: only these of the calls so described, counted from 1.
            probability: only this share of them; the seed decides which.
            tenant: only this one's.

        Raises:
            WrongScript: there is no such operation, or it has no such field.
        """
        if operation not in (*get_args(Operation), EVERY_CALL):
            offered = ", ".join(get_args(Operation))
            raise WrongScript(f"no operation is called {show(operation)}; there are {offered}")
        self._check_where(operation, {} if where is None else where)
        return When(
            {
                "on_call": operation,
                "where": dict(where or {}),
                "calls": calls,
                "probability": probability,
                "tenant": tenant,
            },
            self._put,
        )

    def load(self, rules: Iterable[Rule]) -> None:
        """Script what rules say, such as those of a file; all of them or, if one is wrong, none.

        Raises:
            WrongScript: one of them is for a model that has no spec.
        """
        for rule in self.check(rules):
            self._put(rule)

    def check(self, rules: Iterable[Rule]) -> list[Rule]:
        """Return rules with clean slugs, without scripting anything.

        Raises:
            WrongScript: one of them is for a model that has no spec, or for a parameter or field that is
                never there.
        """
        checked: list[Rule] = []
        for rule in _rules(rules):
            if rule.on_call is None:
                checked.append(replace(rule, on=self._slug(rule.on, rule.where)))
            else:
                self._check_where(rule.on_call, rule.where)
                checked.append(rule)
        return checked

    def clear_script(self, tenant: str | None = None) -> None:
        """Drop all rules; or those of a tenant."""
        if tenant is not None:
            check_text("tenant", tenant, "a text, or None for all")
        with self._lock:
            self._script.clear(tenant)
        self._change("everybody")

    def unused(self) -> list[str]:
        """Return a sentence for each rule whose scenarios have never all happened."""
        return self._script.unused()

    def show_script(self) -> list[dict[str, Any]]:
        """Show the rules in the order in which they are tried, as plain data."""
        with self._lock:
            return show_script(self._script)

    def _put(self, rule: Rule) -> None:
        with self._lock:
            self._script.add(rule)
        self._change("everybody")

    def _slug(self, slug: str, where: Mapping[str, Any]) -> str:
        """Return the clean slug of a model that has the parameters that a rule asks about."""
        check_where(where)
        if not isinstance(cast("object", slug), str):
            raise WrongScript(
                f'a model is named by its slug, such as "pruna/vace", not {show(slug)}'
            )
        if slug == "*":
            self._check_where(None, where)
            return slug
        spec = self._catalog.find(slug)
        if spec is None:
            raise WrongScript(self._catalog.describe_unknown(slug))
        unknown = self._catalog.once(spec, Validator).unknown(where)
        if unknown is not None:
            raise WrongScript(f"where: {unknown}")
        return spec.model

    def _check_where(self, target: CallTarget | None, where: Mapping[str, Any]) -> None:
        check_where(where)
        unknown = explain_unknown(self._catalog, target, where)
        if unknown is not None:
            raise WrongScript(f"where: {unknown}")


def _rules(given: Any) -> list[Rule]:
    """Return rules that were given, whoever gave them.

    Raises:
        WrongScript: something else was.
    """
    is_list = isinstance(given, Iterable) and not isinstance(given, Mapping)
    values: list[object] = list(cast("Iterable[object]", given)) if is_list else [given]
    rules = [value for value in values if isinstance(value, Rule)]
    if len(rules) == len(values):
        return rules
    wrong = next(value for value in values if not isinstance(value, Rule))
    raise WrongScript(
        "rules are made with Rule(then=(…,), …), or read from a file whose path is given, not "
        f"{show(wrong)}"
    )
