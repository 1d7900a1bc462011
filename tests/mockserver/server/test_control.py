"""The control API: what a test in any language needs besides the platform's own API."""

import json

import pytest

OUT_OF_MEMORY = {"scenario": "fails", "stderr": "CUDA out of memory", "pexit": "137"}


def refused(served, method: str, path: str, body=None, **how) -> tuple[int, str]:
    reply = served.http.request(method, f"/_mock{path}", json=body, **how)
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["status"] == reply.status_code
    return reply.status_code, reply.json()["detail"]


class TestTime:
    def test_it_is_pushed_by_seconds(self, served):
        before = served.control("GET", "/clock")
        after = served.push(advance=90.5)
        assert after["now"] - before["now"] == pytest.approx(90.5)

    def test_it_is_pushed_to_a_stage(self, served):
        task = served.run()["taskid"]
        served.push(until={"task": task, "status": "task_assign"})
        assert served.task(task)["status"] == "task_assign"

    def test_it_is_pushed_until_all_is_over_but_not_for_who_never_ends(self, served):
        served.script(
            {
                "on": "*",
                "then": [{"scenario": "stalls"}, {"scenario": "success"}],
                "after": "repeat",
            }
        )
        stalled, usual = served.run()["taskid"], served.run()["taskid"]
        served.push(until_all_is_over=True)
        assert served.task(stalled)["status"] == "task_queue"
        assert served.task(usual)["status"] == "task_postprocess_end"

    def test_it_changes_its_speed(self, served):
        assert served.push(speed=2.5)["speed"] == 2.5

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"advance": -1},
            {"advance": "10"},
            {"advance": True},
            {"advance": 1e300},
            {"speed": -1},
            {"speed": 1e9},
            {"until": {"task": "2221"}},
            {"until": {"task": 2221, "status": "task_start"}},
            {"until_all_is_over": False},
            {"advance": 1, "speed": 1},
            {"rewind": 1},
        ],
    )
    def test_what_is_no_way_to_push_it_is_refused(self, served, body):
        before = served.control("GET", "/clock")
        assert refused(served, "POST", "/clock", body)[0] == 400
        assert served.control("GET", "/clock") == before

    def test_a_stage_that_never_comes_and_a_task_that_is_none_are_different_errors(self, served):
        task = served.run()["taskid"]
        status, said = refused(
            served, "POST", "/clock", {"until": {"task": task, "status": "task_x"}}
        )
        assert status == 409
        assert "never reaches 'task_x'" in said
        nobody = {"until": {"task": "1", "status": "task_start"}}
        assert refused(served, "POST", "/clock", nobody)[0] == 404


class TestScenarios:
    def test_rules_come_and_go(self, served):
        served.script({"on": "pruna/vace", "then": [OUT_OF_MEMORY]})
        (rule,) = served.control("GET", "/scenarios")["scenarios"]
        assert (rule["on"], rule["then"], rule["used"]) == ("pruna/vace", [OUT_OF_MEMORY], 0)
        task = served.run()["taskid"]
        served.push(until_all_is_over=True)
        detail = served.task(task)
        assert (detail["pexit"], detail["debugerror"]) == ("137", "CUDA out of memory")
        assert served.control("DELETE", "/scenarios") == {"scenarios": []}

    def test_adding_keeps_the_others(self, served):
        served.script({"on": "*", "then": [OUT_OF_MEMORY]})
        added = {"on_call": "TaskDetail", "then": [{"scenario": "pass_through", "latency": 1}]}
        shown = served.control("POST", "/scenarios", {"scenarios": [added]})
        assert {rule["target"] for rule in shown["scenarios"]} == {"*", "TaskDetail"}

    def test_of_wrong_rules_none_is_taken_and_the_old_ones_stay(self, served):
        served.script({"on": "*", "then": [OUT_OF_MEMORY]})
        before = served.control("GET", "/scenarios")
        wrong = {
            "scenarios": [
                {"on": "*", "then": [{"scenario": "success"}]},
                {"on": "no/model", "then": [OUT_OF_MEMORY]},
            ]
        }
        status, said = refused(served, "PUT", "/scenarios", wrong)
        assert (status, "no spec of `no/model`" in said) == (400, True)
        assert served.control("GET", "/scenarios") == before

    def test_a_typo_is_named_with_its_place(self, served):
        body = {"scenarios": [{"on": "*", "then": [{"scenario": "fails", "pexitt": "1"}]}]}
        assert "scenarios[0].then[0]" in refused(served, "PUT", "/scenarios", body)[1]


class TestTasks:
    def test_one_is_shown_with_its_past_and_its_future(self, served):
        task = served.run()["taskid"]
        stages = served.control("GET", f"/tasks/{task}")["stages"]
        assert [stage["status"] for stage in stages if stage["reached"]] == ["task_queue"]
        assert stages[-1]["status"] == "task_postprocess_end"

    def test_one_fails_in_the_middle(self, served):
        task = served.run()["taskid"]
        served.push(until={"task": task, "status": "task_output"})
        served.control("POST", f"/tasks/{task}/fail", {"pexit": "9", "stderr": "killed"})
        served.push(until_all_is_over=True)
        detail = served.task(task)
        assert (detail["pexit"], detail["debugerror"], detail["outputs"]) == ("9", "killed", [])
        assert served.control("GET", "/ledger")["billed"] == 0

    def test_one_is_cancelled_where_no_caller_could(self, served):
        task = served.run()["taskid"]
        served.push(until={"task": task, "status": "task_preprocess_end"})
        served.control("POST", f"/tasks/{task}/cancel")
        assert served.task(task)["status"] == "task_cancel"
        assert refused(served, "POST", f"/tasks/{task}/cancel")[0] == 409

    def test_one_that_is_held_is_let_go(self, served):
        served.script({"on": "*", "then": [{"scenario": "success", "hold_at": "task_assign"}]})
        task = served.run()["taskid"]
        served.push(advance=1000)
        assert served.task(task)["status"] == "task_assign"
        served.control("POST", f"/tasks/{task}/release")
        served.push(until_all_is_over=True)
        assert served.task(task)["status"] == "task_postprocess_end"
        assert refused(served, "POST", f"/tasks/{task}/release")[0] == 409

    @pytest.mark.parametrize("command", ["", "/release", "/cancel", "/fail"])
    def test_one_that_is_none_is_not_found(self, served, command):
        method = "POST" if command else "GET"
        assert refused(served, method, f"/tasks/nobody{command}", {})[0] == 404


def test_money_is_shown(served):
    served.run()
    served.push(until_all_is_over=True)
    ledger = served.control("GET", "/ledger")
    assert (ledger["billed"], ledger["running"]) == (1, 0)
    assert float(ledger["balance"]) + float(ledger["spent"]) == 1000


def test_the_journal_is_one_object_a_line(served):
    served.run()
    served.post("/Run/pruna/vace", {"promt": "a typo"})
    lines = served.http.get("/_mock/journal").text.splitlines()
    entries = [json.loads(line) for line in lines]
    assert [entry["entry"] for entry in entries[:2]] == ["RequestIn", "ScenarioChosen"]
    assert "did you mean `prompt`" in entries[-1]["explanation"]
    assert served.http.get("/_mock/journal?last=1").text == f"{lines[-1]}\n"
    assert "any" not in str(entries[0]["headers"].get("x-api-key", ""))


def test_a_reset_restores_everything(served):
    before = served.control("GET", "/state")
    served.script({"on": "*", "then": [OUT_OF_MEMORY]})
    served.push(speed=7)
    served.push(advance=100)
    served.run()
    served.post("/File/FolderCreate", {"name": "a"})
    served.reset()
    assert served.control("GET", "/state") == before


def test_a_tenant_is_reset_alone(served):
    served.run()
    served.control("POST", "/reset", x_mock_tenant="other")
    assert len(served.control("GET", "/tasks")["tasks"]) == 1


class TestManners:
    def test_an_unknown_path_lists_the_known_ones(self, served):
        status, said = refused(served, "GET", "/scenario")
        assert (status, "/_mock/scenarios" in said) == (404, True)

    def test_a_wrong_verb_names_the_right_ones(self, served):
        assert refused(served, "DELETE", "/clock") == (405, "/_mock/clock takes GET, POST")

    @pytest.mark.parametrize(
        "body", [b"{", b"[]", b"NaN", b"\xff", b"[" * 100_000, b'{"advance": NaN}']
    )
    def test_a_body_that_is_no_json_object_is_refused(self, served, body):
        reply = served.http.post("/_mock/clock", content=body)
        assert reply.status_code == 400

    @pytest.mark.parametrize(
        "headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}]
    )
    def test_a_page_of_another_site_cannot_move_anything(self, served, headers):
        assert refused(served, "POST", "/reset", headers=headers)[0] == 403
        assert served.http.post("/clock", data={"advance": "1"}, headers=headers).status_code == 403

    def test_every_call_is_in_its_openapi_document(self, served):
        paths = served.control("GET", "/openapi.json")["paths"]
        assert {path for path in paths if "{" not in path} >= {
            "/_mock/clock",
            "/_mock/journal",
            "/_mock/ledger",
            "/_mock/reset",
            "/_mock/scenarios",
            "/_mock/state",
            "/_mock/tasks",
        }
