"""Scripted answers that are the same for every call."""

from wiromock.errors import WrongScript
from wiromock.message import Delivery, Reply, text_reply
from wiromock.refusal import Complaint, Refusal
from wiromock.scenario import ConnectionLost, HttpFault, Refused
from wiromock.world import World

_LOST = Reply(0, {}, b"", Delivery(lost=True))


def answer_fault(world: World, scenario: Refused | HttpFault | ConnectionLost) -> Reply:
    """Answer as a scenario says.

    Raises:
        Refusal: the scenario is a refusal.
        WrongScript: it leaves open which of several texts is meant.
    """
    match scenario:
        case ConnectionLost():
            return _LOST
        case HttpFault(status=status, retry_after=None):
            return text_reply(status, scenario.text)
        case HttpFault(status=status, retry_after=seconds):
            return text_reply(status, scenario.text, retry_after=str(seconds))
        case Refused():
            raise Refusal(_complaint(world, scenario))


def _complaint(world: World, scenario: Refused) -> Complaint:
    said = "because a scenario says so"
    if scenario.message is not None:
        return Complaint(scenario.code, scenario.message, explanation=said)
    names = world.say.named(scenario.code)
    if len(names) != 1:
        raise WrongScript(
            f"Refused({scenario.code}): the platform has {len(names)} texts with this code; "
            f'say which: Refused({scenario.code}, "…")'
        )
    return world.say.complain(
        names[0],
        said,
        balance=f"{world.ledger.balance:.2f}",
        maxConcurrent=str(world.ledger.limit or 1),
    )
