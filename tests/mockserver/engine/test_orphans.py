"""A task whose Run was accepted while the answer was lost can be found again, by whatever it carries."""

from typing import Any

import pytest
from platform_kit import SPECS, Input, Platform, model

from wiromock import BadJson, ConnectionLost, Hangs, HttpFault, PassThrough, Success
from wiromock.spec.catalog import GivenSpecs

SPEC = model(
    "acme/carrier",
    Input(name="prompt", type="textarea", required=True),
    Input(name="seed", type="text"),
    Input(name="session_id", type="text"),
    Input(name="inputImage", type="fileinput"),
    kind="text",
)
CALLBACK = "https://example.com/hook?marker=r1"
CARRIERS: dict[str, dict[str, Any]] = {
    "callback": {"callbackUrl": CALLBACK},
    "session": {"session_id": "r1"},
    "file": {"inputImage": "https://api.wiro.ai/v1/File/abc/r1.png"},
    "seed": {"seed": "4711"},
    "parameters": {"prompt": "r1"},
}
LOSSES = (
    ConnectionLost(accepted=True),
    HttpFault(503, accepted=True),
    BadJson(accepted=True),
    Hangs(accepted=True),
    PassThrough(latency=600),
)


def listed(platform: Platform, **fields: str) -> list[dict[str, Any]]:
    return platform.post("/Task/List", {"type": "model", **fields}).json["tasklist"]


@pytest.fixture
def carrier() -> Platform:
    return Platform(specs=GivenSpecs([SPEC, SPECS.model("pruna/vace")], SPECS.platform()))


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.scenario)
@pytest.mark.parametrize("name", CARRIERS)
def test_only_the_run_that_carries_the_marker_loses_its_answer(carrier, name, loss):
    body = {"prompt": "x", **CARRIERS[name]}
    carrier.engine.on("acme/carrier", where=CARRIERS[name]).then(loss, Success(), after="repeat")
    lost = carrier.post("/Run/acme/carrier", body)
    assert lost.delivery.loss or lost.delivery.latency or b"taskid" not in lost.body
    (orphan,) = listed(carrier, modelName="acme/carrier")
    sent = {name: value for name, value in body.items() if name != "callbackUrl"}
    assert orphan["parameters"] == sent
    assert orphan["callbackurl"] == body.get("callbackUrl", "")
    answered = carrier.post("/Run/acme/carrier", {"prompt": "another", "seed": "1"}).json
    assert answered["result"] is True


class TestTheList:
    def test_pages_are_newest_first_and_end(self, carrier):
        for at in range(25):
            carrier.run("acme/carrier", prompt=str(at))
            carrier.clock.advance(1)
        seen: list[dict[str, Any]] = []
        while page := listed(carrier, start=str(len(seen)), limit="10"):
            seen += page
        assert [task["parameters"]["prompt"] for task in seen] == [
            str(at) for at in range(24, -1, -1)
        ]
        times = [int(task["createtime"]) for task in seen]
        assert times == sorted(times, reverse=True)

    def test_by_model_with_or_without_its_owner(self, carrier):
        carrier.run("acme/carrier")
        vace = carrier.run("pruna/vace")
        for name in ("pruna/vace", "vace", "Pruna/Vace"):
            assert [task["id"] for task in listed(carrier, modelName=name)] == [vace]

    def test_by_project(self, carrier):
        carrier.run("acme/carrier")
        ours = carrier.run("acme/carrier", projectid="77")
        assert [task["id"] for task in listed(carrier, projectid="77")] == [ours]

    def test_oldest_first_when_asked(self, carrier):
        runs = [carrier.run("acme/carrier") for _ in range(3)]
        assert [task["id"] for task in listed(carrier, order="ASC")] == runs


def test_a_list_is_one_look_at_the_clock():
    from wiromock import Engine, PollClock

    platform = Platform(specs=GivenSpecs([SPEC], SPECS.platform()))
    platform.clock = PollClock(step=1.0)
    platform.engine = Engine(GivenSpecs([SPEC], SPECS.platform()), clock=platform.clock)
    for _ in range(5):
        platform.run("acme/carrier")
    listed(platform)
    assert platform.clock.now() == 1.0
