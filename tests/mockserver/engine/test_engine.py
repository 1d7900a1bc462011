"""The engine as a whole: routes, misuse, journal, determinism, reset."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from platform_kit import API, PROMPT, SPECS, Platform

from wirogen.spec.model import Endpoint
from wiromock import Fails, HttpFault, ManualClock, MockError, Request, Stalls, Success
from wiromock.engine.journal import Journal, Misused, ReplyOut, RequestIn
from wiromock.spec.catalog import GivenSpecs


class TestRoutes:
    @pytest.mark.parametrize(
        ("method", "path", "said"),
        [
            ("POST", "/Nothing/Here", "the platform's spec has no endpoint /Nothing/Here"),
            ("POST", "/run/pruna/vace", "the platform's spec has no endpoint /run/pruna/vace"),
            ("GET", "/Task/Detail", "/Task/Detail exists, but not for GET"),
            ("DELETE", "/Task/Detail", "/Task/Detail exists, but not for DELETE"),
        ],
    )
    def test_an_unknown_path(self, platform, method, path, said):
        reply = platform.engine.handle(Request.to(f"{API}{path}", method=method))
        assert reply.status == 404
        assert reply.json == {
            "result": False,
            "errors": [{"code": 0, "message": "Error parsing url."}],
        }
        assert said in reply.headers["x-mock-explanation"]

    def test_a_path_above_the_version(self, platform):
        reply = platform.engine.handle(Request.to("https://api.wiro.ai/Task/Detail"))
        assert reply.status == 404

    def test_a_strange_host_is_misuse(self, platform):
        with pytest.raises(
            MockError, match=r"GET example\.com/x is not for the platform: the mock plays"
        ):
            platform.get("https://example.com/x")

    def test_an_endpoint_that_is_not_played_is_misuse(self):
        stated = SPECS.platform()
        wallet = {"wallet": Endpoint(path="/Wallet/Info", source="made up")}
        stated = stated.model_copy(update={"endpoints": stated.endpoints | wallet})
        platform = Platform(specs=GivenSpecs([], stated))
        with pytest.raises(
            MockError, match="the platform has /v1/Wallet/Info, but this mock does not"
        ):
            platform.post("/Wallet/Info", {})

    def test_misuse_is_remembered_until_taken(self, platform):
        with pytest.raises(MockError):
            platform.get("https://example.com/")
        assert len(platform.engine.journal.of(Misused)) == 1
        (error,) = platform.engine.journal.take_misuse()
        assert isinstance(error, MockError)
        assert platform.engine.journal.take_misuse() == []


class TestJournal:
    def test_calls_can_be_counted_by_operation(self, platform):
        task = platform.run()
        platform.task(task)
        platform.task(task)
        journal = platform.engine.journal
        assert [len(journal.calls(name)) for name in ("Run", "TaskDetail", "TaskKill")] == [1, 2, 0]
        assert journal.calls("Run")[0].body == PROMPT
        assert len(journal.calls()) == 3

    def test_a_misspelt_operation_cannot_be_counted(self, platform):
        with pytest.raises(
            MockError, match="no operation is called 'TaskDetails'; there are Run, "
        ):
            platform.engine.journal.calls("TaskDetails")

    def test_it_is_bounded_by_count_and_by_bytes(self):
        few = Journal(max_entries=3, max_bytes=10**6)
        small = Journal(max_entries=100, max_bytes=1000)
        for number in range(10):
            entry = ReplyOut(at=number, operation="Run", status=200)
            few.add(entry)
            small.add(entry, 300)
        assert [entry.at for entry in few.entries] == [7, 8, 9]
        assert few.dropped == 7
        assert [entry.at for entry in small.entries] == [8, 9]
        assert few.render().startswith(
            "(7 older entries dropped)\n   +0.000s ReplyOut operation='Run'"
        )

    def test_counting_entries_fails_when_some_had_to_go(self):
        journal = Journal(max_entries=3, max_bytes=10**6)
        for number in range(3):
            journal.add(ReplyOut(at=number, operation="Run", status=200))
        assert len(journal.of(ReplyOut)) == 3
        journal.add(ReplyOut(at=3, operation="Run", status=200))
        for count in (lambda: journal.of(ReplyOut), journal.calls, lambda: journal.calls("Run")):
            with pytest.raises(MockError, match=r"dropped its 1 oldest entries.*keeps 3, or fewer"):
                count()
        assert [entry.at for entry in journal.entries] == [1, 2, 3]

    def test_a_large_body_is_kept_in_part(self, platform):
        platform.post("/Run/pruna/vace", {"prompt": "x" * 100_000})
        (call,) = platform.engine.journal.of(RequestIn)
        assert (len(call.raw), call.size) == (65_536, 100_014)


def transcript(platform):
    """Every kind of call once, and all the bytes that came back."""
    platform.engine.on("pruna/vace").then(
        Success(), Fails(stderr="no"), Stalls(), HttpFault(503), after="pass_through"
    )
    replies = []
    for _ in range(5):
        replies.append(platform.post("/Run/pruna/vace", PROMPT))
        platform.clock.advance(1)
    for task in ("2221", "2222", "2223"):
        replies += [platform.post(f"/Task/{c}", {"taskid": task}) for c in ("Cancel", "Kill")]
    platform.clock.advance(3600)
    replies += [platform.post("/Task/Detail", {"taskid": str(t)}) for t in range(2221, 2226)]
    replies += [
        platform.get(output["url"])
        for reply in replies[-5:]
        for task in reply.json.get("tasklist", ())
        for output in task["outputs"]
    ]
    return [(reply.status, dict(reply.headers), reply.body) for reply in replies]


def test_the_same_seed_gives_the_same_bytes():
    assert transcript(Platform(seed=7)) == transcript(Platform(seed=7))
    ids = [
        reply.headers["content-type"]
        for reply in (Platform(seed=7).post("/Run/pruna/vace", PROMPT),)
    ]
    assert ids == ["application/json; charset=utf-8"]


def test_another_seed_gives_other_names():
    def token(seed):
        return Platform(seed=seed).post("/Run/pruna/vace", PROMPT).json["socketaccesstoken"]

    assert token(1) != token(2)


def test_reset_restores_everything(platform):
    fresh = transcript(platform), platform.engine.journal.entries, platform.engine.ledger.charges
    platform.engine.on_call("TaskDetail").then(HttpFault(500))
    with pytest.raises(MockError):
        platform.get("https://example.com/")
    platform.clock.reset()
    platform.engine.reset()
    assert platform.engine.journal.entries == ()
    assert platform.engine.journal.take_misuse() == []
    assert platform.engine.ledger.running == 0
    again = transcript(platform), platform.engine.journal.entries, platform.engine.ledger.charges
    assert again == fresh


def test_threads_share_an_engine(platform):
    with ThreadPoolExecutor(8) as pool:
        tasks = list(pool.map(lambda _: platform.run(), range(200)))
    assert len(set(tasks)) == platform.engine.ledger.running == 200


def test_time_does_not_run_backwards():
    clock = ManualClock()
    for seconds in (-1, float("inf"), float("nan")):
        with pytest.raises(ValueError, match=r"clock\.advance: seconds is a number"):
            clock.advance(seconds)
    clock.advance(5)
    clock.advance_until(clock.time() - 3)
    assert clock.now() == 5
