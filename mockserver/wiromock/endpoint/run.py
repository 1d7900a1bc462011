"""POST /Run/{owner}/{model}: check, choose a scenario, make a task."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from wirogen.spec.model import ModelSpec
from wiromock.call import Call
from wiromock.endpoint.fault import answer_fault
from wiromock.endpoint.file import content_type_of
from wiromock.journal import ScenarioChosen
from wiromock.ledger import LEAST
from wiromock.message import Delivery, Reply, json_reply
from wiromock.output import answer_of, choose_outputs
from wiromock.refusal import Complaint, Refusal
from wiromock.scenario import AsUsual, ConnectionLost, Fails, HttpFault, Refused, Scenario, Success
from wiromock.task import Task
from wiromock.timeline import Running, compile_timeline
from wiromock.validation import check_request
from wiromock.value import Finding, as_list
from wiromock.world import World

_DEFAULT = Success()
_COMMON = ("callbackUrl", "projectid")


def run(world: World, call: Call) -> Reply:
    """Answer a Run.

    Raises:
        Refusal: in the order of the checks: no such model, wrong parameters, no balance, too many
            tasks at once, or because a scenario says so.
    """
    slug = f"{call.values['owner']}/{call.values['model']}"
    spec = world.catalogue.find(slug)
    if spec is None:
        raise world.say.refuse("unknown_model", world.catalogue.describe_unknown(slug))
    parameters = _parameters(world, call)
    _check_parameters(world, spec, parameters)
    _check_account(world)
    return _perform(world, spec, parameters, _choose(world, spec.model))


def _perform(
    world: World, spec: ModelSpec, parameters: dict[str, Any], scenario: Scenario
) -> Reply:
    match scenario:
        case AsUsual(latency=latency):
            reply = _accept(world, spec, parameters, _DEFAULT)
            return replace(reply, delivery=Delivery(latency=latency))
        case HttpFault() | ConnectionLost():
            if scenario.accepted:
                _accept(world, spec, parameters, _DEFAULT)
            return answer_fault(world, scenario)
        case Refused():
            return answer_fault(world, scenario)
        case _:
            return _accept(world, spec, parameters, scenario)


def _parameters(world: World, call: Call) -> dict[str, Any]:
    """The parameters as sent; files of a multipart body are kept and become their URLs."""
    parameters = dict(call.form.fields)
    for part in call.form.files:
        key = world.keep(part.filename, content_type_of(part.filename), part.content)
        url = world.url_of(world.uploads[key])
        before = parameters.get(part.name)
        if before in (None, ""):
            parameters[part.name] = url
        else:
            parameters[part.name] = [*as_list(before), url]
    return parameters


def _check_parameters(world: World, spec: ModelSpec, parameters: dict[str, Any]) -> None:
    findings = list(check_request(spec, parameters))
    if findings:
        raise Refusal(*(_complain(world, spec, one) for one in findings))
    callback = parameters.get("callbackUrl")
    if isinstance(callback, str) and callback and not callback.startswith(("https://", "http://")):
        world.dispute("callbackUrl", "not a URL; accepted, since the documents' own curl sends one")


def _complain(world: World, spec: ModelSpec, found: Finding) -> Complaint:
    explanation = f"{found.explanation}; see {world.catalogue.place(spec, found.name)}"
    return world.say.complain(found.text, explanation, name=found.name, **found.bounds)


def _check_account(world: World) -> None:
    balance, limit = world.ledger.balance, world.ledger.limit
    if balance < LEAST:
        raise world.say.refuse(
            "insufficient_balance", f"the mock's balance is {balance} USD, and a run needs {LEAST}"
        )
    if limit is not None and world.ledger.running >= limit:
        raise world.say.refuse(
            "concurrency_limit",
            f"{world.ledger.running} tasks are running; give the mock a balance above 250 for no limit",
            balance=f"{balance:.2f}",
            maxConcurrent=str(limit),
        )


def _choose(world: World, slug: str) -> Scenario:
    scripted = world.script.next_run(slug)
    scenario, why = scripted or (_DEFAULT, "nothing is scripted")
    world.journal.add(
        ScenarioChosen(at=world.clock.time(), target=slug, scenario=repr(scenario), why=why)
    )
    return scenario


def _accept(world: World, spec: ModelSpec, parameters: dict[str, Any], scenario: Running) -> Reply:
    """Make the task, and answer with its two names."""
    number = next(world.numbers)
    success = scenario if isinstance(scenario, Success) else _DEFAULT
    outputs = choose_outputs(success, spec, parameters, world.seed)
    speaks = spec.kind == "text" and not isinstance(scenario, Fails)
    answer = answer_of(success, spec, str(parameters.get("prompt") or "")) if speaks else None
    task = Task(
        id=str(number),
        token=world.chance.token("task", number),
        spec=spec,
        parameters={k: v for k, v in parameters.items() if k not in _COMMON},
        timeline=compile_timeline(scenario, answer),
        created=world.clock.time(),
        outputs=outputs,
        cps=Decimal(success.cps),
        folder=world.chance.folder("outputs", number),
        project=str(parameters.get("projectid") or world.chance.digits("project")),
        callback=str(parameters.get("callbackUrl") or ""),
    )
    world.add(task)
    return json_reply(
        200, {"errors": [], "taskid": task.id, "socketaccesstoken": task.token, "result": True}
    )
