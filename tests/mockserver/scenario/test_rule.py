"""Rules: which scenario a call gets, and what is said of a rule that fits none."""

from itertools import count

import pytest
from platform_kit import SPECS, Platform, exit_of

from wiromock import Fails, HttpFault, MockError, Rule, Success
from wiromock.engine.journal import ScenarioChosen
from wiromock.scenario import script
from wiromock.scenario.rule import rules_from_json
from wiromock.server.openapi import describe_api
from wiromock.spec.condition import FIELDS
from wiromock.spec.operation import PLAYED


class TestSelection:
    def test_by_parameter_as_value_or_as_text(self, platform):
        platform.engine.on("pruna/vace", where={"frameNum": 49}).then(Fails(pexit="4"))
        assert [exit_of(platform, frameNum=number) for number in ("49", 49, "50")] == [
            "4",
            "4",
            "0",
        ]

    def test_by_the_number_of_the_call(self, platform):
        platform.engine.on("pruna/vace", calls=[2]).then(Fails())
        assert [exit_of(platform) for _ in range(3)] == ["0", "1", "0"]

    def test_by_probability_the_seed_decides(self):
        def exits(seed):
            platform = Platform(seed=seed)
            platform.engine.on("pruna/vace", probability=0.5).then(Fails())
            return "".join(exit_of(platform) for _ in range(40))

        assert exits(1) == exits(1) != exits(2)
        assert 8 < exits(1).count("1") < 32

    def test_by_a_field_of_any_call(self, platform):
        one, other = platform.run(), platform.run()
        platform.engine.on_call("TaskDetail", where={"taskid": one}).then(HttpFault(500))
        assert platform.post("/Task/Detail", {"taskid": one}).status == 500
        assert platform.status(other) == "task_queue"

    def test_the_closer_description_wins_and_the_journal_says_what_was_passed_over(self, platform):
        platform.engine.on("pruna/vace").then(Fails(pexit="2"))
        platform.engine.on("pruna/vace", calls=[2]).then(Fails(pexit="3"))
        assert [exit_of(platform) for _ in range(2)] == ["2", "3"]
        why = [entry.why for entry in platform.engine.journal.of(ScenarioChosen)]
        assert why[0].endswith("passed over: pruna/vace call 2: this is call 1")

    def test_the_later_of_two_equal_descriptions_replaces_the_other(self, platform):
        platform.engine.on("pruna/vace", where={"seed": 1}).then(Fails())
        platform.engine.on("pruna/vace", where={"seed": 1}).then(Success())
        assert len(platform.engine.show_script()) == 1

    def test_equal_descriptions_are_equal_however_they_are_written(self, platform):
        rules = [
            {"frameNum": 49},
            {"frameNum": 49.0},
            {"prompt": [{"a": 1}]},
            {"prompt": [{"a": 1}]},
        ]
        for where in rules:
            platform.engine.load([Rule(then=(Success(),), where=where, calls=[2])])
        assert len(platform.engine.show_script()) == 2

    def test_those_of_one_tenant_can_be_dropped_and_the_others_replaced(self, platform):
        for tenant in (None, "a", "b", "a"):
            platform.engine.on("pruna/vace", tenant=tenant).then(Fails())
        platform.engine.clear_script("a")
        platform.engine.on("pruna/vace", tenant="b").then(Success())
        shown = platform.engine.show_script()
        assert [
            (rule["tenant"], rule["then"][0]["scenario"]) for rule in shown if "tenant" in rule
        ] == [("b", "success")]
        assert len(shown) == 2

    def test_the_order_is_that_of_closeness_whatever_came_in_between(self, platform):
        given = [
            Rule(then=(Success(),), on=slug, calls=calls)
            for calls in ((), (1,), (2,))
            for slug in ("*", "pruna/vace")
        ]
        platform.engine.load([*given, *given[::-1]])
        assert [rule["target"] for rule in platform.engine.show_script()] == [
            "pruna/vace call 1",
            "pruna/vace call 2",
            "pruna/vace",
            "* call 1",
            "* call 2",
            "*",
        ]

    @pytest.mark.parametrize(
        "rule",
        [
            lambda at: {"calls": [at + 1]},
            lambda at: {"where": {"prompt": f"deer {at}"}},
            lambda at: {"where": {"prompt": [{"deer": at}]}},
            lambda at: {"tenant": str(at)},
        ],
    )
    def test_thousands_of_rules_cost_each_about_as_much_as_one(self, platform, monkeypatch, rule):
        compared, weighed, describes, weight = count(), count(), script._describes, Rule.weight
        monkeypatch.setattr(
            Rule, "weight", property(lambda rule: (next(weighed), weight.fget(rule))[1])
        )
        monkeypatch.setattr(script, "_describes", lambda rule: (next(compared), describes(rule))[1])
        platform.engine.load([Rule(then=(Success(),), **rule(at)) for at in range(1_000)])
        assert len(platform.engine.show_script()) == 1_000
        assert next(weighed) + next(compared) < 1_000 * 40

    def test_of_many_that_were_passed_over_some_are_named(self, platform):
        platform.engine.load([Rule(then=(Fails(),), calls=[at + 2]) for at in range(1_000)])
        platform.engine.on("*").then(Success())
        platform.run()
        (chosen,) = platform.engine.journal.of(ScenarioChosen)
        assert chosen.why.endswith("; and 980 more")

    def test_of_many_calls_some_are_named(self):
        rule = Rule(then=(Fails(),), calls=range(1, 100_000))
        assert rule.target.endswith("19, 20, …")

    def test_unused_scenarios_are_reported(self, platform):
        platform.engine.on("pruna/vace").then(Fails(), Success(), after="repeat")
        platform.engine.on_call("TaskKill").then(HttpFault(500))
        exit_of(platform)
        assert platform.engine.unused() == [
            "pruna/vace: 1 of 2 never happened",
            "TaskKill: 1 of 1 never happened",
        ]


class TestWildcards:
    def test_a_rule_for_every_call_is_for_each_operation(self, platform):
        platform.engine.on_call("*").then(HttpFault(503))
        for path in ("/Run/pruna/vace", "/Task/Detail", "/Tool/List"):
            assert platform.post(path, {}).status == 503

    def test_a_named_operation_goes_before_every_call(self, platform):
        platform.engine.on_call("*").then(HttpFault(503))
        platform.engine.on_call("ToolList").then(HttpFault(502))
        assert [platform.post(path, {}).status for path in ("/Tool/List", "/Task/List")] == [
            502,
            503,
        ]

    def test_in_json_too(self, platform):
        rule = {"on_call": "*", "then": [{"scenario": "http_fault", "status": 503}]}
        platform.engine.load(rules_from_json({"scenarios": [rule]}))
        assert platform.post("/Tool/List", {}).status == 503


class TestTyposInWhere:
    @pytest.mark.parametrize(
        ("where", "said"),
        [
            (["prompt"], "a rule: where takes an object, not"),
            ("prompt", "a rule: where takes an object, not"),
            ({1: 2}, "a text, not 1"),
            ({"prompt": {1, 2}}, "prompt takes what JSON can say"),
            ({"prompt": b"x"}, "prompt takes what JSON can say"),
            ({"seed": float("nan")}, "seed takes what JSON can say"),
        ],
    )
    def test_what_no_body_can_hold(self, platform, where, said):
        for describe in (
            lambda: platform.engine.on("pruna/vace", where=where),
            lambda: platform.engine.on_call("Run", where=where),
            lambda: Rule(then=(Success(),), where=where),
        ):
            with pytest.raises(MockError, match=said):
                describe()

    def test_a_value_that_holds_itself(self, platform):
        endless = []
        endless.append(endless)
        with pytest.raises(MockError, match="what JSON can say"):
            platform.engine.on("pruna/vace", where={"prompt": endless})

    @pytest.mark.parametrize("slug", [None, 5, b"pruna/vace"])
    def test_a_model_that_is_no_slug(self, platform, slug):
        with pytest.raises(MockError, match="is named by its slug"):
            platform.engine.on(slug)

    def test_a_parameter_that_the_model_lacks(self, platform):
        with pytest.raises(MockError, match="no parameter `resolutoin`; did you mean `resolution`"):
            platform.engine.on("pruna/vace", where={"resolutoin": "720p"})

    def test_in_files_too(self, platform):
        rule = Rule(then=(Fails(),), on="pruna/vace", where={"resolutoin": "720p"})
        with pytest.raises(MockError, match="did you mean `resolution`"):
            platform.engine.load([rule])

    def test_what_every_run_takes_is_none(self, platform):
        platform.engine.on("pruna/vace", where={"callbackUrl": "https://example.com"}).then(Fails())

    @pytest.mark.parametrize("target", [("on", "*"), ("on_call", "Run"), ("on_call", "RunSync")])
    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ("resolutoin", "no model has a parameter `resolutoin`; did you mean `resolution`"),
            ("frame_num", "no model has a parameter `frame_num`; did you mean `frameNum`"),
            ("taskid", "no model has a parameter `taskid`"),
            ("callbackurl", "no model has a parameter `callbackurl`; did you mean `callbackUrl`"),
        ],
    )
    def test_a_parameter_that_all_models_lack(self, platform, target, wrong, said):
        verb, name = target
        with pytest.raises(MockError, match=said):
            getattr(platform.engine, verb)(name, where={"prompt": "x", wrong: "y"})
        with pytest.raises(MockError, match=said):
            platform.engine.load([Rule(then=(HttpFault(503),), where={wrong: "y"}, **{verb: name})])
        assert platform.engine.show_script() == []

    @pytest.mark.parametrize(
        ("operation", "wrong", "said"),
        [
            ("TaskDetail", "taskId", "TaskDetail has no field `taskId`; did you mean `taskid`"),
            ("TaskDetail", "prompt", "it has socketaccesstoken, taskid, tasktoken"),
            ("FileFolderCreate", "parent_id", "did you mean `parentid`"),
            ("ToolList", "category", "did you mean `categories`"),
            ("Output", "name", "Output carries no fields, so no condition on `name` is ever met"),
            ("Socket", "tasktoken", "Socket carries no fields"),
            ("*", "promt", "no call has a parameter `promt`; did you mean `prompt`"),
        ],
    )
    def test_a_field_that_the_call_lacks(self, platform, operation, wrong, said):
        with pytest.raises(MockError, match=said):
            platform.engine.on_call(operation, where={wrong: "y"})

    @pytest.mark.parametrize(
        ("operation", "name"),
        [
            ("*", "taskid"),
            ("*", "prompt"),
            ("Run", "inputImage"),
            ("Run", "inputImageUrl"),
            ("RunSync", "projectid"),
            ("TaskKill", "socketaccesstoken"),
            ("FileUpload", "folderid"),
        ],
    )
    def test_a_field_that_may_come_is_none(self, platform, operation, name):
        platform.engine.on_call(operation, where={name: "y"}).then(HttpFault(503))

    def test_the_fields_are_those_of_the_documents(self, platform):
        """Of the server's own document, and of the platform's spec."""
        document = describe_api(SPECS.platform(), (), "http://127.0.0.1/v1")
        endpoints = SPECS.platform().endpoints
        for name, operation in PLAYED.items():
            assert set(endpoints[name].identify_by) <= set(FIELDS[operation])
            call = document["paths"].get(endpoints[name].path, {}).get("post")
            if call is None or operation in {"Run", "RunSync"}:
                continue
            (content,) = call["requestBody"]["content"].values()
            assert set(content["schema"].get("properties", {})) - {"file"} <= set(FIELDS[operation])
