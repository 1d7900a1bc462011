"""Scripted answers that are the same for every call."""

from wiromock.engine.world import World
from wiromock.errors import WrongScript
from wiromock.scenario import BadJson, ConnectionLost, Fault, Hangs, HttpFault, Refused
from wiromock.wire.http import JSON_HEADERS, Delivery, Reply, text_reply
from wiromock.wire.refusal import ErrorEntry, Refusal


def answer_fault(world: World, scenario: Fault) -> Reply:
    """Answer as a scenario says.

    Raises:
        Refusal: the scenario is a refusal.
        WrongScript: it leaves open which of several texts is meant.
    """
    match scenario:
        case ConnectionLost(how=how, after=after):
            # Something for the headers to promise and the body to fall short of.
            body = b'{"errors":[],"result":'.ljust(after + 100)
            return Reply(200, JSON_HEADERS, body, Delivery(loss=how, cut=after))
        case Hangs():
            return Reply(200, JSON_HEADERS, b"", Delivery(loss="hang"))
        case BadJson(body=body):
            return Reply(200, JSON_HEADERS, body.encode())
        case HttpFault(status=status, retry_after=None):
            return text_reply(status, scenario.text)
        case HttpFault(status=status, retry_after=seconds):
            return text_reply(status, scenario.text, retry_after=str(seconds))
        case Refused():
            raise Refusal(_entry(world, scenario))


def _entry(world: World, scenario: Refused) -> ErrorEntry:
    said = "because a scenario says so"
    if scenario.message is not None:
        return ErrorEntry(scenario.code, scenario.message, scenario.status, said)
    names = world.errors.named(scenario.code)
    if len(names) != 1:
        raise WrongScript(
            f"Refused({scenario.code}): the platform has {len(names)} texts with this code; "
            f'say which: Refused({scenario.code}, "…")'
        )
    stated = world.errors.entry(
        names[0],
        said,
        balance=f"{world.ledger.balance:.2f}",
        maxConcurrent=str(world.ledger.limit or 1),
    )
    return ErrorEntry(stated.code, stated.message, scenario.status, said)
