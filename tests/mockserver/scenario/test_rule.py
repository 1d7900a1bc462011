"""Rules: one JSON form, which calls they are for, clear errors, tenants."""

import json
from pathlib import Path

import pydantic
import pytest
from platform_kit import PROMPT, SPECS, Platform

from wiromock import Credentials, Engine, Fails, HttpFault, ManualClock, MockError, Rule, Success
from wiromock.cli import main
from wiromock.engine.auth import sign
from wiromock.engine.journal import Dispute, ScenarioChosen
from wiromock.scenario.rule import json_schema, read_rules, rules_from_json, rules_to_json
from wiromock.server.openapi import describe_api
from wiromock.spec.condition import FIELDS
from wiromock.spec.operation import PLAYED

SCHEMA = Path(__file__).parents[3] / "mockserver/wiromock/scenarios.schema.json"
PYDANTIC = tuple(int(part) for part in pydantic.VERSION.split(".")[:2])


def exit_of(platform, **parameters):
    task = platform.run(**parameters)
    platform.clock.advance(3600)
    return platform.task(task)["pexit"]


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

    def test_unused_scenarios_are_told(self, platform):
        platform.engine.on("pruna/vace").then(Fails(), Success(), after="repeat")
        platform.engine.on_call("TaskKill").then(HttpFault(500))
        exit_of(platform)
        assert platform.engine.unused() == [
            "pruna/vace: 1 of 2 never happened",
            "TaskKill: 1 of 1 never happened",
        ]


class TestJson:
    RULES = (
        Rule(then=(Fails(pexit="7"),), on="pruna/vace", where={"seed": "1"}, calls=(1, 2)),
        Rule(then=(HttpFault(503), HttpFault(502)), on_call="TaskKill", after="pass_through"),
        Rule(then=(Success(duration=3),), probability=0.25, tenant="a"),
    )

    def test_rules_survive_json(self):
        assert rules_from_json(json.loads(json.dumps(rules_to_json(self.RULES)))) == self.RULES

    def test_a_file_is_read(self, tmp_path, platform):
        path = tmp_path / "outage.json"
        path.write_text(json.dumps({"$schema": "x", **rules_to_json(self.RULES)}), encoding="utf-8")
        platform.engine.load(read_rules(path))
        assert exit_of(platform, seed="1") == "7"

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ('{"scenarios": [', "outage.json:1:16: no JSON"),
            ("[]", "outage.json: the file: "),
            ('{"scenario": []}', "outage.json: scenario: "),
            (
                '{"scenarios": [{"then": [{"scenario": "fails", "pexti": "1"}]}]}',
                r"outage.json: scenarios\[0\].then\[0\].*pexti: there is no such key; did you mean `pexit`\?",
            ),
            ('{"scenarios": [{"then": []}]}', "nothing is scripted for"),
            (
                '{"scenarios": [{"on_call": "Detail", "then": [{"scenario": "hangs"}]}]}',
                r"scenarios\[0\].on_call: .*; not 'Detail'",
            ),
            (
                '{"scenarios": [{"on_call": "TaskDetail", "then": [{"scenario": "success"}]}]}',
                "Success makes a task",
            ),
            (
                '{"scenarios": [{"then": [{"scenario": "hangs"}, {"scenario": "hangs"}]}]}',
                "say what follows the last one",
            ),
            (
                '{"scenarios": [{"probability": 2, "then": [{"scenario": "hangs"}]}]}',
                "probability is 0 to 1, not 2",
            ),
        ],
    )
    def test_a_wrong_file_is_refused_with_its_place(self, tmp_path, text, said):
        path = tmp_path / "outage.json"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(MockError, match=said):
            read_rules(path)

    @pytest.mark.parametrize(
        ("rule", "said"),
        [
            (
                {"then": [{"scenario": "explodes"}]},
                "there is no scenario 'explodes'; there are success, ",
            ),
            ({"then": [{"pexit": "1"}]}, "needs a key `scenario`"),
            ({"then": [{"scenario": "http_fault"}]}, "status: must be given"),
            (
                {"then": [{"scenario": "http_fault", "status": "x"}]},
                "status: takes a whole number, not 'x'",
            ),
            (
                {"then": [{"scenario": "success", "duration": []}]},
                r"duration: takes a number, not \[\]",
            ),
            ({"then": [{"scenario": "fails", "pexit": 1}]}, "pexit: takes a text, not 1"),
            ({"then": "success"}, "then: takes a list, not 'success'"),
            (
                {"then": [{"scenario": "success", "outputs": "image"}]},
                "outputs: takes a list, not 'image'",
            ),
            ({"then": [{"scenario": "talks", "turns": 1}]}, "turns: takes a list, not 1"),
            ({"then": [{"scenario": "success"}], "where": 1}, "where: takes an object, not 1"),
            ({"then": [{"scenario": "success"}], "wehre": {}}, "did you mean `where`"),
            (
                {"then": [{"scenario": "fails", "pexit": "0"}]},
                r"\]: Fails: pexit .0. means success",
            ),
        ],
    )
    def test_faults_are_told_in_our_words(self, rule, said):
        with pytest.raises(MockError, match=said) as raised:
            rules_from_json({"scenarios": [rule]})
        words = str(raised.value).lower()
        assert not any(
            word in words for word in ("input should", "permitted", "assertion", "valid ")
        )

    def test_a_missing_file(self, tmp_path):
        with pytest.raises(MockError, match=r"none\.json cannot be read: "):
            read_rules(tmp_path / "none.json")

    def test_all_rules_or_none(self, platform):
        with pytest.raises(MockError, match="no spec of `pruna/vac`"):
            platform.engine.load([Rule(then=(Fails(),)), Rule(then=(Fails(),), on="pruna/vac")])
        assert platform.engine.show_script() == []

    @pytest.mark.skipif(
        PYDANTIC < (2, 13),
        reason="pydantic before 2.13 leaves the docstrings of dataclasses out",
    )
    def test_the_schema_is_what_a_command_prints(self, capsys):
        assert main(["schema"]) == 0
        printed = capsys.readouterr().out
        assert json.loads(printed) == json_schema()
        assert SCHEMA.read_text(encoding="utf-8") == printed, (
            f"run: wiromock schema > {SCHEMA.name}"
        )

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("[" * 100_000, "outage.json: it is nested deeper than 128 levels"),
            (
                '{"scenarios": [{"then": [], "where": ' + "[" * 200 + "]" * 200 + "}]}",
                "deeper than 128",
            ),
            ('{"scenarios": [' + "9" * 5_000 + "]}", "outage.json: it is not JSON"),
            ('{"scenarios": [], "scenarios": []}', "the key 'scenarios' comes twice in one object"),
            ('{"scenarios": NaN}', "NaN is not a JSON number"),
            (r'{"scenarios": "\ud800"}', "half a surrogate pair"),
            ("scenarios: []", "outage.json:1:1: no JSON"),
            ('{"scenario": []}', r"scenario: there is no such key; did you mean `scenarios`\?"),
            ('{"scenarios": [' + ",".join(['{"thn": 1}'] * 30) + "]}", "outage.json: and 40 more"),
        ],
    )
    def test_whatever_a_file_holds_is_one_error(self, tmp_path, text, said):
        path = tmp_path / "outage.json"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(MockError, match=said):
            read_rules(path)

    def test_a_byte_order_mark_is_no_fault(self, tmp_path):
        path = tmp_path / "outage.json"
        path.write_text('{"scenarios": []}', encoding="utf-8-sig")
        assert read_rules(path) == ()

    def test_a_path_that_is_none_is_an_error_of_ours(self):
        with pytest.raises(MockError, match="cannot be read"):
            read_rules(Path("\0"))

    @pytest.mark.parametrize("rules", [5, None, {"scenarios": []}, [5], [Success()]])
    def test_what_is_no_rule_is_told_how_one_is_made(self, platform, rules):
        with pytest.raises(MockError, match=r"rules are made with Rule\("):
            platform.engine.load(rules)


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


class TestTenants:
    def test_the_header_gives_a_world_of_its_own(self, platform):
        run = platform.run()
        reply = platform.post("/Task/Detail", {"taskid": run}, x_mock_tenant="other")
        assert reply.json["result"] is False
        other = platform.post("/Run/pruna/vace", PROMPT, x_mock_tenant="other").json
        assert other["taskid"] == run
        assert other["socketaccesstoken"] != platform.task(run)["socketaccesstoken"]
        assert platform.engine.tenants == ["", "other"]
        assert platform.engine.tenant("other").ledger.running == 1

    def test_the_key_may_name_the_tenant(self):
        platform = Platform(tenant_by="key")
        platform.run()
        assert platform.engine.tenant("key").ledger.running == 1
        assert platform.engine.ledger.running == 0

    def test_downloads_and_sockets_name_nobody_and_work_all_the_same(self, platform):
        other = platform.post("/Run/pruna/vace", PROMPT, x_mock_tenant="other").json
        platform.clock.advance(60)
        detail = platform.post("/Task/Detail", {"taskid": other["taskid"]}, x_mock_tenant="other")
        assert platform.get(detail.json["tasklist"][0]["outputs"][0]["url"]).status == 200
        assert platform.engine.frames(other["socketaccesstoken"])

    def test_a_rule_and_a_reset_for_one_tenant(self, platform):
        platform.engine.on("pruna/vace", tenant="a").then(Fails())
        for tenant in ("a", "b"):
            platform.post("/Run/pruna/vace", PROMPT, x_mock_tenant=tenant)
        platform.clock.advance(60)
        billed = [platform.engine.tenant(tenant).ledger.billed for tenant in ("a", "b")]
        assert billed == [0, 1]
        platform.engine.reset("a")
        assert (platform.engine.tenant("a").tasks, platform.engine.show_script()) == ({}, [])
        assert platform.engine.tenant("b").ledger.billed == 1


class TestStrict:
    @pytest.mark.parametrize(
        ("path", "body", "headers", "topic"),
        [
            ("/Run/pruna/vace", PROMPT, {"content_type": "multipart/form-data"}, "content type"),
            ("/Run/pruna/vace", {**PROMPT, "callbackUrl": "later"}, {}, "callbackUrl"),
            ("/Run/Pruna/VACE", PROMPT, {}, "raw slug"),
            (
                "/Run/pruna/vace",
                {**PROMPT, "inputImage": "https://x/a.png"},
                {},
                "combinefileinput as text",
            ),
            (
                "/Run/pruna/vace",
                {**PROMPT, "inputImageUrl": "https://x/a.png"},
                {},
                "URL field of a combinefileinput",
            ),
            ("/Task/Cancel", {"tasktoken": "x"}, {}, "TaskCancel identity"),
        ],
    )
    def test_what_is_disputed_is_journaled_or_refused(self, path, body, headers, topic):
        lenient, strict = Platform(), Platform(strict=True)
        reply = lenient.post(path, body, **headers).json
        assert reply["result"] is True or "no task" in reply["errors"][0]["message"].lower()
        assert [dispute.topic for dispute in lenient.engine.journal.of(Dispute)] == [topic]
        _, _, explanation = strict.refusal(path, body, **headers)
        assert f"this mock is strict: {topic}" in explanation

    def test_the_rest_is_the_same(self):
        assert Platform(strict=True).post("/Run/pruna/vace", PROMPT).json["result"] is True


class TestReplays:
    def call(self, platform, nonce):
        key, secret = "wk_demo_key_0123456789", "ws_demo_secret_abcdef"
        signed = {"x_nonce": nonce, "x_signature": sign(key, secret, nonce)}
        return platform.post("/Task/List", {}, **signed)

    @pytest.mark.parametrize(("rejects", "status"), [(False, 200), (True, 401)])
    def test_a_nonce_may_come_twice_unless_told_otherwise(self, rejects, status):
        key = Credentials("wk_demo_key_0123456789", "ws_demo_secret_abcdef")
        platform = Platform(key=key.api_key, credentials=key, reject_replays=rejects)
        assert self.call(platform, "1").status == 200
        assert self.call(platform, "1").status == status
        assert self.call(platform, "2").status == 200
        platform.engine.reset()
        assert self.call(platform, "1").status == 200


class TestControl:
    def test_a_running_task_can_be_made_to_fail(self, platform):
        task = platform.run()
        platform.clock.advance(9)
        platform.engine.fail(task, pexit="3", stderr="pulled the plug")
        platform.clock.advance(3)
        end = platform.task(task)
        assert (end["pexit"], end["debugerror"], end["totalcost"]) == ("3", "pulled the plug", "0")
        with pytest.raises(MockError, match="it is over"):
            platform.engine.fail(task)
        with pytest.raises(MockError, match="it is over"):
            platform.engine.stop(task, "kill")

    def test_whoever_listens_is_told_of_every_change(self, platform):
        heard = []
        stop = platform.engine.listen(lambda: heard.append(1))
        platform.run()
        platform.engine.advance(1)
        before = len(heard)
        stop()
        platform.run()
        assert before >= 2
        assert len(heard) == before

    def test_the_next_event_is_known(self, platform):
        assert platform.engine.next_event_at() is None
        platform.run()
        assert platform.engine.next_event_at() == platform.clock.time() + 2

    def test_a_snapshot_is_plain_data_and_reset_restores_it(self, platform):
        fresh = json.dumps(platform.engine.snapshot())
        platform.engine.on("pruna/vace", probability=0.5).then(Fails(), Success(), after="repeat")
        platform.engine.on_call("FileUpload").then(HttpFault(500))
        for _ in range(4):
            platform.run(callbackUrl="https://example.com/")
        platform.post("/File/FolderCreate", {"name": "a"})
        platform.post("/Run/pruna/vace", PROMPT, x_mock_tenant="other")
        platform.clock.advance(7)
        platform.post("/Task/Kill", {"taskid": "2222"})
        platform.clock.advance(3600)
        used = json.dumps(platform.engine.snapshot())
        assert used != fresh
        platform.clock.reset()
        platform.engine.reset()
        assert json.dumps(platform.engine.snapshot()) == fresh
        assert platform.engine.tenants == [""]


def test_engines_do_not_share_anything():
    one, other = (Engine(SPECS, clock=ManualClock()) for _ in range(2))
    one.on("pruna/vace").then(Fails())
    assert other.show_script() == []
