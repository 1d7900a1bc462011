"""Rules as JSON: what is read, what is refused with its place, and the schema of it."""

import json
from pathlib import Path

import pydantic
import pytest
from platform_kit import exit_of

from wiromock import Fails, HttpFault, MockError, Rule, Success
from wiromock.cli import main
from wiromock.scenario.rule import json_schema, read_rules, rules_from_json, rules_to_json

SCHEMA = Path(__file__).parents[3] / "mockserver/wiromock/scenarios.schema.json"
PYDANTIC = tuple(int(part) for part in pydantic.VERSION.split(".")[:2])


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
    def test_faults_are_reported_in_our_words(self, rule, said):
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
    def test_what_is_no_rule_gets_an_error_that_shows_how_one_is_made(self, platform, rules):
        with pytest.raises(MockError, match=r"rules are made with Rule\("):
            platform.engine.load(rules)
