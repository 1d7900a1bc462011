"""Whatever is called, in whatever order and whenever: the invariants of the platform hold."""

import json
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from platform_kit import Platform

from wiromock import (
    Cancelled,
    CommandBehaviour,
    Fails,
    MockError,
    Notifications,
    Requeues,
    Stalls,
    Success,
)

# Typed from the platform notes, not read from a spec: where each stage may go. Preprocessing may be
# skipped, output repeats, an error before the execution leads back to the queue.
STOPPED = {"task_cancel", "task_postprocess_end"}
NEXT = {
    "task_queue": {"task_accept"},
    "task_accept": {"task_preprocess_start", "task_assign"},
    "task_preprocess_start": {"task_preprocess_end"},
    "task_preprocess_end": {"task_assign"},
    "task_assign": {"task_start", "task_error"},
    "task_start": {"task_output"},
    "task_output": {"task_output", "task_output_full"},
    "task_output_full": {"task_end"},
    "task_end": {"task_postprocess_start"},
    "task_postprocess_start": {"task_postprocess_end"},
    "task_error": {"task_queue"},
    "task_postprocess_end": set(),
    "task_cancel": set(),
}
QUEUED = {"task_queue"}
RUNNING = {
    *("task_accept", "task_preprocess_start", "task_preprocess_end"),  # disputed, and accepted
    *("task_assign", "task_start", "task_output"),
}

SCENARIOS = [
    Success(),
    Success(notifications=Notifications(dialect="newer")),
    Success(hold_at="task_queue"),
    Success(hold_at="task_output", omit_pexit=True),
    Success(commands=CommandBehaviour(kill="ignored")),
    Fails(stderr="no"),
    Stalls(at="task_assign"),
    Requeues(times=2, wait=1),
    Requeues(ends="stays"),
    Cancelled(at="task_start"),
]


class Lifecycle(RuleBasedStateMachine):
    """Runs, time, commands, sockets, looks."""

    def __init__(self):
        super().__init__()
        self.platform = Platform(balance=30)
        self.log: list[tuple] = []
        self.tokens: dict[str, str] = {}
        self.received: dict[str, list[str]] = {}
        self.sockets = {}
        self.final: dict[str, dict] = {}

    def call(self, path, body):
        reply = self.platform.post(path, body)
        self.log.append(("call", path, body, reply.status, reply.body))
        return reply.json

    def task(self, name):
        return self.call("/Task/Detail", {"taskid": name})["tasklist"][0]

    @rule(scenario=st.sampled_from(SCENARIOS), listens=st.booleans())
    def run(self, scenario, listens):
        self.platform.engine.on("pruna/vace").then(scenario)
        self.log.append(("script", scenario))
        ledger = self.platform.engine.ledger
        full = ledger.limit is not None and ledger.running >= ledger.limit
        answer = self.call("/Run/pruna/vace", {"prompt": "x"})
        assert answer["result"] is not full
        if full:
            assert answer["errors"][0]["code"] == 96
            return
        name, token = answer["taskid"], answer["socketaccesstoken"]
        assert name not in self.tokens
        assert token not in self.tokens.values()
        self.tokens[name] = token
        if listens:
            self.listen(name)

    def listen(self, name):
        socket = self.sockets[name] = self.platform.engine.connect()
        self.received[name] = []
        socket.receive(json.dumps({"type": "task_info", "tasktoken": self.tokens[name]}))

    @rule(seconds=st.floats(0, 8))
    def advance(self, seconds):
        self.platform.clock.advance(seconds)
        self.log.append(("advance", seconds))

    @precondition(lambda self: self.tokens)
    @rule(data=st.data())
    def listen_late(self, data):
        self.listen(data.draw(st.sampled_from(sorted(self.tokens))))

    @precondition(lambda self: self.tokens)
    @rule(data=st.data(), command=st.sampled_from(["Cancel", "Kill"]))
    def stop(self, data, command):
        name = data.draw(st.sampled_from(sorted(self.tokens)))
        before = self.task(name)
        reply = self.call(f"/Task/{command}", {"taskid": name})
        after = self.task(name)
        legal = before["status"] in (QUEUED if command == "Cancel" else RUNNING)
        assert reply["result"] is legal
        if after != before:
            assert legal
            assert after["status"] == "task_cancel"

    @precondition(lambda self: self.tokens)
    @rule(data=st.data())
    def release(self, data):
        name = data.draw(st.sampled_from(sorted(self.tokens)))
        before = self.task(name)
        try:
            self.platform.engine.release(name)
            self.log.append(("release", name))
        except MockError:
            pass
        assert self.task(name)["status"] == before["status"]

    @invariant()
    def every_task_is_sound(self):
        running = 0
        for name in self.tokens:
            now = self.task(name)
            status = now["status"]
            running += status not in STOPPED
            assert self.task(name) == now, "reading has an effect"
            assert (now["totalcost"] != "0") == bool(now["outputs"])
            if now["outputs"]:
                assert now.get("pexit", "0") == "0"
                assert status == "task_postprocess_end"
            if status in STOPPED:
                assert self.final.setdefault(name, now) == now, "the end is not the end"
        ledger = self.platform.engine.ledger
        assert ledger.running == running
        assert ledger.billed == sum(bool(task["outputs"]) for task in self.final.values())

    @invariant()
    def sockets_and_detail_tell_the_same(self):
        for name, socket in self.sockets.items():
            stderr = {"task_error_full"}
            self.received[name] += [
                frame.type for frame in socket.take() if frame.type not in stderr
            ]
            types = self.received[name]
            failing = self.task(name)["debugerror"] == "no"
            walk = [status for status in types if not (failing and status == "task_error")]
            assert walk[-1] == self.task(name)["status"]
            for before, after in pairwise(walk):
                assert after in NEXT[before] | ({"task_cancel"} - {before}), (before, after)
                assert before not in STOPPED

    def teardown(self):
        """The same calls on a fresh engine get the same bytes."""
        again = Platform(balance=30)
        for kind, *said in self.log:
            match kind:
                case "script":
                    again.engine.on("pruna/vace").then(said[0])
                case "advance":
                    again.clock.advance(said[0])
                case "release":
                    again.engine.release(said[0])
                case _:
                    path, body, status, content = said
                    reply = again.post(path, body)
                    assert (reply.status, reply.body) == (status, content)


Lifecycle.TestCase.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
TestLifecycle = Lifecycle.TestCase
