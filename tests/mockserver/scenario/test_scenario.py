"""Scenarios are values; a script says which comes next, and what follows the last one."""

import json
from collections import deque
from dataclasses import fields, is_dataclass, replace

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from platform_kit import PROMPT, Platform

import wiromock.scenario
from wiromock import (
    ConnectionLost,
    Fails,
    Hangs,
    HttpFault,
    MockError,
    Notifications,
    Pace,
    PassThrough,
    Refused,
    Requeues,
    Rule,
    Stalls,
    Success,
    Talks,
    ToolCall,
    Turn,
)
from wiromock.engine.journal import ScenarioChosen
from wiromock.scenario import Stage, from_json, to_json

seconds = st.floats(0, 1e6)
stages = st.none() | st.sampled_from(Stage.__args__)
paces = st.builds(Pace, queue=seconds, assign=seconds)
scenarios = st.one_of(
    st.builds(
        Success,
        duration=seconds,
        outputs=st.none() | st.lists(st.sampled_from(["video", "image", "raw"])).map(tuple),
        answer=st.none() | st.text(),
        pace=paces,
        hold_at=stages,
        omit_pexit=st.booleans(),
    ),
    st.builds(
        Fails,
        pexit=st.integers(1, 255).map(str),
        stderr=st.text(),
        duration=seconds,
        hold_at=stages,
    ),
    st.builds(Stalls, at=st.sampled_from(Stage.__args__), pace=paces),
    st.builds(Refused, code=st.integers(2, 99), message=st.none() | st.text()),
    st.builds(
        HttpFault,
        status=st.integers(400, 599),
        retry_after=st.none() | st.integers(0, 3600),
        body=st.none() | st.text(),
        accepted=st.booleans(),
    ),
    st.builds(ConnectionLost, accepted=st.booleans()),
    st.builds(PassThrough, latency=seconds),
)


@for_all(scenarios)
def test_every_scenario_survives_json(scenario):
    assert from_json(json.loads(json.dumps(to_json(scenario)))) == scenario


def test_a_scenario_shows_what_is_not_at_its_default():
    assert repr(Fails(stderr="oops", pace=Pace(queue=1))) == (
        "Fails(stderr='oops', pace=Pace(queue=1))"
    )
    assert repr(HttpFault(503)) == "HttpFault(status=503)"


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda: Success(duration=-1), "Success: duration is a number of seconds, 0 or more"),
        (lambda: Success(duration=float("nan")), "Success: duration is a number of seconds"),
        (lambda: Pace(queue=-1), "Pace: queue is a number of seconds"),
        (lambda: Success(hold_at="task_strat"), "Success: hold_at is one of task_queue, "),
        (lambda: Success(outputs=("gif",)), r"Success: outputs\[0\] is one of video, image, "),
        (lambda: Success(cps="cheap"), "Success: cps is a decimal as text, not 'cheap'"),
        (lambda: Fails(pexit="0"), 'Fails: pexit "0" means success; use Success()'),
        (lambda: Stalls(at="task_postprocess_end"), "Stalls: at is one of task_queue, "),
        (lambda: Refused(0), "the platform has many messages with this code"),
        (lambda: HttpFault(200), "HttpFault: status is an error, 400 to 599, not 200"),
        (
            lambda: from_json({"scenario": "succes"}),
            "not a scenario: scenario: .* there are success, ",
        ),
        (lambda: from_json({"scenario": "fails", "pexti": "1"}), "not a scenario: fails.pexti: "),
        (lambda: from_json([]), "not a scenario: "),
    ],
)
def test_a_scenario_that_makes_no_sense_is_refused_when_it_is_made(build, said):
    with pytest.raises(MockError, match=said):
        build()


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda: Success(duration="ten"), "Success: duration takes a number, not 'ten'"),
        (lambda: Success(duration=True), "Success: duration takes a number, not True"),
        (
            lambda: Success(duration=float("inf")),
            "Success: duration is a number of seconds, 0 or mo",
        ),
        (lambda: Success(outputs="video"), "Success: outputs takes a list, not 'video'"),
        (lambda: Success(outputs=["video"] * 1_001), "the number of outputs is .*, 0 to 1000, not"),
        (lambda: Success(pace={"queue": 1}), "Success: pace takes a Pace, not {'queue': 1}"),
        (lambda: Success(cost=0.1), "Success: cost takes a text, not 0.1"),
        (lambda: Success(cost="nan"), "Success: cost is 0 to 1000000 USD, not 'nan'"),
        (lambda: Success(cps="-1"), "Success: cps is 0 to 1000000 USD, not '-1'"),
        (lambda: Success(tool_calls=["f"]), r"Success: tool_calls\[0\] takes a ToolCall, not 'f'"),
        (lambda: Fails(pexit=0), "Fails: pexit takes a text, not 0"),
        (lambda: Stalls(5), "Stalls: at is one of task_queue, .*; not 5"),
        (lambda: Requeues(times="2"), "Requeues: times takes a whole number, not '2'"),
        (lambda: Requeues(times=10**9), "Requeues: times is a whole number, 1 to 1000, not 10000"),
        (
            lambda: Notifications(omit="task_end"),
            "Notifications: omit takes a list, not 'task_end'",
        ),
        (
            lambda: Notifications(omit=["task_edn"]),
            r"Notifications: omit\[0\] is one of task_queue",
        ),
        (lambda: Notifications(drop_after="x"), "drop_after is one of .*, task_postprocess_end, "),
        (lambda: HttpFault("503"), "HttpFault: status takes a whole number, not '503'"),
        (lambda: HttpFault(503, body=b"x"), "HttpFault: body takes a text, not b'x'"),
        (lambda: Refused("97"), "Refused: code takes a whole number, not '97'"),
        (lambda: Refused(97, status=204), "status is 200 to 599, of those with a body, not 204"),
        (lambda: ConnectionLost("reset"), "ConnectionLost: accepted takes true or false, not 'res"),
        (lambda: Hangs("x"), "Hangs: accepted takes true or false, not 'x'"),
        (lambda: PassThrough(drip=float("inf")), "drip is a number of bytes a second, not inf"),
        (lambda: ToolCall(name="f", arguments={}), "ToolCall: arguments takes a text, not {}"),
        (lambda: Rule(then=Success()), "a rule: then takes a list of scenarios, not Success()"),
        (lambda: Rule(then=[Success()], where=5), "a rule: where takes an object, not 5"),
        (lambda: Rule(then=[Success()], on=5), "a rule: on takes a text, not 5"),
        (lambda: Rule(then=[Success()], calls=True), "calls are numbers counted from 1"),
        (lambda: Rule(then=[Hangs()], on_call=[]), r"no operation is called \[\]"),
    ],
)
def test_what_is_not_of_the_declared_kind_is_refused_when_it_is_made(build, said):
    with pytest.raises(MockError, match=said):
        build()


def exits(platform, runs):
    """The exit codes of so many runs."""
    codes = []
    for _ in range(runs):
        task = platform.run()
        platform.clock.advance(3600)
        codes.append(platform.task(task)["pexit"])
    return codes


class TestScript:
    def test_a_single_scenario_repeats(self, platform):
        platform.engine.on("pruna/vace").then(Fails(pexit="2"))
        assert exits(platform, 3) == ["2", "2", "2"]

    @pytest.mark.parametrize(("after", "codes"), [("repeat", "12222"), ("pass_through", "12000")])
    def test_a_sequence_ends_as_it_says(self, platform, after, codes):
        platform.engine.on("pruna/vace").then(Fails(pexit="1"), Fails(pexit="2"), after=after)
        assert exits(platform, 5) == list(codes)

    def test_a_sequence_may_end_in_an_error_that_names_everything(self, platform):
        platform.engine.on("Pruna/VACE").then(Fails(), Success(), after="error")
        exits(platform, 2)
        with pytest.raises(
            MockError, match="pruna/vace was called for the 3rd time, but the 2 scr"
        ):
            platform.post("/Run/pruna/vace", PROMPT)

    def test_several_scenarios_without_a_stated_end_are_refused(self, platform):
        with pytest.raises(
            MockError, match="2 scenarios for pruna/vace: say what follows the last"
        ):
            platform.engine.on("pruna/vace").then(Fails(), Success())
        with pytest.raises(MockError, match="nothing is scripted for pruna/vace"):
            platform.engine.on("pruna/vace").then()

    def test_a_model_without_a_spec_cannot_be_scripted(self, platform):
        with pytest.raises(
            MockError, match=r"no spec of `pruna/vac` .*did you mean `pruna/vace`\?"
        ):
            platform.engine.on("pruna/vac")

    def test_a_script_for_one_model_wins_over_one_for_all(self, given):
        given.engine.on().then(Fails(pexit="9"))
        given.engine.on("pruna/vace").then(Fails(pexit="3"))
        vace, chat = given.run(), given.run("acme/chat")
        given.clock.advance(3600)
        assert [given.task(task)["pexit"] for task in (vace, chat)] == ["3", "9"]

    def test_the_journal_says_why(self, platform):
        platform.engine.on("pruna/vace").then(Fails(), Success(), after="repeat")
        exits(platform, 3)
        assert [
            (entry.scenario, entry.why) for entry in platform.engine.journal.of(ScenarioChosen)
        ] == [
            (Fails(), "scripted for pruna/vace, 1 of 2"),
            (Success(), "scripted for pruna/vace, 2 of 2"),
            (
                Success(),
                "the 2 scripted for pruna/vace are used up, and the last one repeats",
            ),
        ]


class TestRefusals:
    @pytest.mark.parametrize(
        ("code", "message"),
        [
            (97, "Insufficient balance"),
            (98, "sign in to run this model"),
            (
                96,
                "You have reached your concurrent task limit. With your current balance of $50.00, you can run up to 5 tasks at the same time. Add funds to increase your limit.",
            ),
        ],
    )
    def test_codes_have_the_documented_texts(self, code, message):
        platform = Platform(balance=50)
        platform.engine.on("pruna/vace").then(Refused(code))
        reply = platform.post("/Run/pruna/vace", PROMPT)
        assert reply.status == 200
        assert reply.json["errors"] == [{"code": code, "message": message}]
        assert platform.engine.ledger.running == 0

    def test_any_text_can_be_said(self, platform):
        platform.engine.on("pruna/vace").then(Refused(1, "tool-not-accessible"))
        assert platform.refusal("/Run/pruna/vace", PROMPT)[1] == ["tool-not-accessible"]

    def test_a_code_with_several_texts_needs_one(self, platform):
        platform.engine.on("pruna/vace").then(Refused(99))
        with pytest.raises(MockError, match="the platform has 3 texts with this code"):
            platform.post("/Run/pruna/vace", PROMPT)


class TestFaults:
    def test_an_http_fault_is_not_the_platforms_envelope(self, platform):
        platform.engine.on("pruna/vace").then(HttpFault(429, retry_after=7))
        reply = platform.post("/Run/pruna/vace", PROMPT)
        assert (reply.status, reply.headers["retry-after"]) == (429, "7")
        assert reply.body == b"429 Too Many Requests"
        assert platform.engine.ledger.running == 0

    @pytest.mark.parametrize(
        "fault", [HttpFault(502, accepted=True), ConnectionLost(accepted=True)]
    )
    def test_a_task_may_be_made_though_its_answer_is_lost(self, platform, fault):
        platform.engine.on("pruna/vace").then(fault)
        reply = platform.post("/Run/pruna/vace", PROMPT)
        assert (reply.delivery.loss is not None) is isinstance(fault, ConnectionLost)
        assert platform.engine.ledger.running == 1
        platform.clock.advance(3600)
        assert platform.engine.ledger.billed == 1

    def test_any_call_can_be_faulty(self, platform):
        task = platform.run()
        platform.engine.on_call("TaskDetail").then(HttpFault(503), after="pass_through")
        assert platform.post("/Task/Detail", {"taskid": task}).status == 503
        assert platform.status(task) == "task_queue"

    def test_an_answer_can_be_late(self, platform):
        platform.engine.on_call("Run").then(PassThrough(latency=45))
        reply = platform.post("/Run/pruna/vace", PROMPT)
        assert reply.delivery.latency == 45
        assert reply.json["result"] is True

    def test_an_operation_that_does_not_exist_cannot_be_scripted(self, platform):
        with pytest.raises(
            MockError, match="no operation is called 'Task/Detail'; there are Run, "
        ):
            platform.engine.on_call("Task/Detail")


@pytest.mark.parametrize(
    ("kind", "name", "given"),
    [
        (Success, "outputs", ["image"]),
        (Success, "tool_calls", [ToolCall(name="weather")]),
        (Talks, "turns", [Turn(user="Hi")]),
        (Notifications, "omit", ["task_start"]),
    ],
)
def test_a_list_does_where_a_tuple_does(kind, name, given):
    assert kind(**{name: given}) == kind(**{name: tuple(given)})
    assert getattr(kind(**{name: deque(given)}), name) == tuple(given)


def test_every_scenario_of_lists_can_be_looked_up_by_its_value():
    """Fails for the next field that takes several values and does not hold them as a tuple."""
    kinds = [kind for kind in vars(wiromock.scenario).values() if is_dataclass(kind)]
    several = [
        (kind, part.name)
        for kind in kinds
        for part in fields(kind)
        if "Sequence" in str(part.type) or "tuple" in str(part.type)
    ]
    assert {name for _, name in several} == {"outputs", "tool_calls", "turns", "omit"}
    for kind, name in several:
        example = {"turns": [Turn()], "outputs": ["image"], "tool_calls": [ToolCall(name="f")]}
        made = kind(**{name: example.get(name, ["task_start"])})
        assert hash(made) == hash(replace(made))


def test_a_run_whose_tool_calls_are_a_list_asks_for_them():
    platform = Platform()
    platform.engine.on("google/gemini-3-flash").then(Success(tool_calls=[ToolCall(name="weather")]))
    task = platform.post("/Run/google/gemini-3-flash", {"prompt": "?"}).json["taskid"]
    platform.clock.advance(3600)
    *_, call = platform.task(task)["outputs"][0]["content"]["segments"]
    assert (call["type"], call["name"]) == ("function_call", "weather")
