"""POST /Run/{owner}/{model}: check, choose a scenario, make a task."""

from decimal import Decimal
from itertools import islice
from typing import Any

from wirogen.spec.model import ModelSpec
from wiromock.engine.call import Call
from wiromock.engine.endpoint.fault import answer_fault
from wiromock.engine.endpoint.file import content_type_of
from wiromock.engine.ledger import LEAST
from wiromock.engine.world import World
from wiromock.scenario import (
    Dialect,
    Fails,
    PassThrough,
    Refused,
    Requeues,
    Success,
    Talks,
    TaskScenario,
)
from wiromock.scenario.script import Choice
from wiromock.spec.price import PriceRule
from wiromock.spec.tool_call import prompt_of
from wiromock.spec.validation import Validator, find_disputes
from wiromock.spec.value import WHOSE, Finding, as_list
from wiromock.task.compile import compile_timeline
from wiromock.task.continuation import explain_continuation
from wiromock.task.output import choose_outputs, speech_of
from wiromock.task.price import Price, measure, sound_seconds
from wiromock.task.profile import Profile
from wiromock.task.task import Task
from wiromock.wire.http import AT_ONCE, JSON_HEADERS, Delivery, Reply, to_json
from wiromock.wire.refusal import ErrorEntry, Refusal
from wiromock.wire.url import is_web_url

_USUAL = Choice(Success(), "nothing is scripted")
_USUAL_SESSION = Choice(Talks(), "nothing is scripted")
MOST_FINDINGS = 20
"""What is wrong with a Run is explained so often; a thousand wrong names are no reason to make others wait."""
_COMBINED = "combinefileinput"
_COMMON = ("callbackUrl", "projectid")


def run(world: World, call: Call) -> Reply:
    """Answer a Run.

    Raises:
        Refusal: in the order of the checks: no such model, wrong parameters, no balance, too many
            tasks at once, or because a scenario says so.
    """
    started = start(world, call)
    if isinstance(started, Reply):
        return started
    task, delivery = started
    names: dict[str, Any] = {
        "errors": [],
        "taskid": task.id,
        "socketaccesstoken": task.token,
        "result": True,
    }
    return Reply(200, JSON_HEADERS, to_json(names), delivery)


def start(world: World, call: Call) -> tuple[Task, Delivery] | Reply:
    """Make the task that a call asks for; give it, and how its answer travels, or a scripted fault.

    Raises:
        Refusal: see `run`.
    """
    slug = f"{call.values['owner']}/{call.values['model']}"
    spec = world.catalog.find(slug)
    if spec is None:
        raise world.errors.refuse("unknown_model", world.catalog.describe_unknown(slug))
    if slug != spec.model:
        world.tolerate("raw slug", f"{slug!r} accepted for {spec.model}, as one client sends it")
    parameters = _parameters(world, spec, call)
    _check_parameters(world, spec, parameters)
    _check_continuation(world, parameters)
    _check_account(world)
    usual = _USUAL_SESSION if spec.kind == "realtime" else _USUAL
    choice = world.script.on_run(spec.model, parameters, world.tenant) or usual
    world.note_choice(spec.model, choice)
    scenario = choice.scenario
    if isinstance(scenario, TaskScenario):
        return _accept(world, call, spec, parameters, scenario), AT_ONCE
    ordinary = usual.scenario
    assert isinstance(ordinary, TaskScenario)  # noqa: S101 - for the type checker; both are
    if isinstance(scenario, PassThrough):
        delivery = Delivery(scenario.latency, drip=scenario.drip)
        return _accept(world, call, spec, parameters, ordinary), delivery
    if not isinstance(scenario, Refused) and scenario.accepted:
        _accept(world, call, spec, parameters, ordinary)
    return answer_fault(world, scenario)


def _parameters(world: World, spec: ModelSpec, call: Call) -> dict[str, Any]:
    """The parameters as sent; files of a multipart body are kept and become their URLs."""
    parameters = dict(call.form.fields)
    sent: dict[str, list[str]] = {}
    for part in call.form.files:
        key = world.keep(part.filename, content_type_of(part.filename), part.content)
        url = world.url_of(world.uploads[key])
        sent.setdefault(part.name, []).append(url)
    for name, urls in sent.items():
        before = parameters.get(name)
        given = [] if before in (None, "") else as_list(before)
        parameters[name] = urls[0] if not given and len(urls) == 1 else [*given, *urls]
    if call.form.is_multipart:  # one part of a list looks like a text
        for combined in (known.name for known in spec.inputs if known.type.lower() == _COMBINED):
            if isinstance(parameters.get(combined), str) and parameters[combined]:
                parameters[combined] = [parameters[combined]]
    return parameters


def _check_parameters(world: World, spec: ModelSpec, parameters: dict[str, Any]) -> None:
    findings = list(islice(world.catalog.once(spec, Validator).check(parameters), MOST_FINDINGS))
    if findings:
        raise Refusal(*(_entry(world, spec, finding) for finding in findings))
    for topic, detail in find_disputes(spec, parameters):
        world.tolerate(topic, detail)
    callback = parameters.get("callbackUrl")
    if isinstance(callback, str) and callback and not is_web_url(callback):
        world.tolerate(
            "callbackUrl", "not a URL; accepted, since the documents' own curl sends one"
        )


def _check_continuation(world: World, parameters: dict[str, Any]) -> None:
    """Refuse to go on from a task that is not there, not over, of another session, or asked for nothing like it."""
    token = parameters.get("previousTaskToken")
    if not token:
        return
    previous = world.tokens.get(str(token))
    wrong = (
        f"no task of this mock has this token{world.loss}"
        if previous is None
        else explain_continuation(previous, parameters, world.clock.time())
    )
    if wrong is not None:
        raise world.errors.refuse("parameters_invalid", f"`previousTaskToken`: {wrong}")


def _entry(world: World, spec: ModelSpec, finding: Finding) -> ErrorEntry:
    place = world.catalog.place(spec, finding.name)
    said = finding.explanation if finding.explanation.endswith("?") else f"{finding.explanation}."
    explanation = f"{said} Whose fault: {WHOSE[finding.blame]}; see {place}"
    return world.errors.entry(finding.text, explanation, name=finding.name, **finding.bounds)


def _check_account(world: World) -> None:
    balance, limit = world.ledger.balance, world.ledger.limit
    if balance < LEAST:
        raise world.errors.refuse(
            "insufficient_balance", f"the mock's balance is {balance} USD, and a run needs {LEAST}"
        )
    if limit is not None and world.ledger.running >= limit:
        raise world.errors.refuse(
            "concurrency_limit",
            f"{world.ledger.running} tasks are running; give the mock a balance above 250 for no limit",
            balance=f"{balance:.2f}",
            maxConcurrent=str(limit),
        )


def _accept(
    world: World,
    call: Call,
    spec: ModelSpec,
    parameters: dict[str, Any],
    scenario: TaskScenario,
) -> Task:
    """Make the task."""
    number = next(world.numbers)
    profile = world.catalog.once(spec, Profile.of)
    success = scenario if isinstance(scenario, Success) else Success()
    is_llm = spec.kind == "text" and not isinstance(scenario, Fails)
    speech = speech_of(success, profile, prompt_of(parameters)) if is_llm else None
    task = Task(
        id=str(number),
        token=world.ids.token("task", number),
        spec=spec,
        profile=profile,
        parameters={name: value for name, value in parameters.items() if name not in _COMMON},
        timeline=compile_timeline(scenario, speech, profile),
        created=world.clock.time(),
        outputs=()
        if isinstance(scenario, Talks)
        else choose_outputs(success, profile, parameters, world.settings.seed),
        price=_price(world, spec, parameters, scenario),
        folder=world.ids.folder("outputs", number),
        project=str(parameters.get("projectid") or world.ids.digits("project")),
        callback=str(parameters.get("callbackUrl") or ""),
        dialect=_dialect(world, call, scenario),
        scenario=scenario,
        size=len(call.request.body) - sum(len(part.content) for part in call.form.files),
    )
    world.add(task)
    return task


def _dialect(world: World, call: Call, scenario: TaskScenario) -> Dialect:
    """The dialect of the task: as its scenario says, else in the newer dialect where only that can say it."""
    if scenario.notifications.dialect is not None:
        return scenario.notifications.dialect
    has_calls = isinstance(scenario, Success) and bool(scenario.tool_calls)
    return "newer" if has_calls or call.operation == "RunSync" else world.settings.dialect


def _price(
    world: World, spec: ModelSpec, parameters: dict[str, Any], scenario: TaskScenario
) -> Price:
    """What the run costs: what its scenario says, else what the model's price list does."""
    if isinstance(scenario, Success | Requeues):
        if scenario.cost is not None:
            return Price(PriceRule(Decimal(scenario.cost)))
        if scenario.cps is not None:
            return Price(PriceRule(Decimal(scenario.cps), "cps"))
    prices = world.catalog.once(spec, Profile.of).prices
    if not prices.rules:
        return Price(PriceRule(prices.cps, "cps"))
    rule = prices.find(spec, parameters)
    return Price(rule, measure(spec, parameters, _seconds_of_sound(world, parameters)))


def _seconds_of_sound(world: World, parameters: dict[str, Any]) -> Decimal:
    """How long the uploaded sounds are that a request refers to; other sounds count as a second."""
    total = Decimal(0)
    for value in parameters.values():
        for url in as_list(value):
            if is_web_url(url):
                total += sound_seconds(world.uploaded(url))
    return total or Decimal(1)
