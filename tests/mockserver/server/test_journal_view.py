"""The journal on the page for people: what was sent, what came back, and why."""

import html
import re

import httpx
import pytest
from page_kit import Outline, page


class TestJournal:
    def test_a_request_shows_what_was_sent_without_secrets(self, served):
        served.post(
            "/Run/pruna/vace", {"prompt": "a red fox"}, x_trace="t1", authorization="Bearer s3cret"
        )
        shown = page(served, "/journal")
        assert "a red fox" in shown
        assert "x-trace" in shown
        assert "s3cret" not in shown

    def test_a_call_shows_its_reply_and_why_it_got_that_one(self, served):
        served.script({"on": "pruna/vace", "then": [{"scenario": "fails", "stderr": "boom"}]})
        token = served.run()["socketaccesstoken"]
        served.post("/Run/pruna/vace", {"promt": "x"})
        shown = html.unescape(page(served, "/journal"))
        assert f'"socketaccesstoken": "{token}"' in shown
        assert "Reply 200" in shown
        assert "content-type" in shown
        assert "pruna/vace: Fails(" in shown
        assert '"message": "Request parameter [prompt] required"' in shown
        assert "x-mock-explanation" in shown

    def test_the_newest_stands_first_also_where_a_stage_was_seen_late(self, served):
        run = served.run()
        served.push(advance=60)
        served.post("/Tool/Explore")
        served.task(run["taskid"])
        seconds = [float(text) for text in re.findall(r">(\d+\.\d) s<", page(served, "/journal"))]
        assert len(seconds) > 10
        assert seconds == sorted(seconds, reverse=True)

    def test_a_long_reply_is_shown_in_part_and_sound_and_pictures_not_at_all(self, served):
        run = served.run()
        served.push(until_all_is_over=True)
        served.post("/Tool/List", {"limit": 100})
        (output,) = served.task(run["taskid"])["outputs"]
        size = len(served.http.get(output["url"]).content)
        shown = html.unescape(page(served, "/journal"))
        assert re.search(r"… the first 16,384 of \d\d,\d{3} bytes", shown)
        assert f"Reply 200, {size:,} bytes" in shown
        assert len(shown) < 400_000

    def test_half_a_surrogate_pair_is_shown_as_it_was_sent(self, served):
        body = b'{"prompt": "\\ud83d"}'
        headers = {"x-api-key": "any", "content-type": "application/json"}
        served.http.post("/v1/Run/pruna/vace", content=body, headers=headers)
        assert "\\ud83d" in html.unescape(page(served, "/journal"))

    def test_a_reply_that_was_lost_says_how(self, served):
        served.script({"on_call": "ToolList", "then": [{"scenario": "connection_lost"}]})
        with pytest.raises(httpx.TransportError):
            served.post("/Tool/List")
        assert "it never arrived whole" in page(served, "/journal")

    def test_what_the_page_fetches_itself_is_no_call(self, served):
        served.run()
        served.push(until_all_is_over=True)
        before = served.http.get("/_mock/journal").text
        shown = Outline(page(served, "/tasks/2221"))
        (video,) = shown.all("video")
        reply = served.http.get(video["src"], headers={"range": "bytes=0-3"})
        assert (reply.status_code, len(reply.content)) == (206, 4)
        (download,) = (link for link in shown.all("a") if "download" in link)
        assert served.http.get(download["href"]).headers["content-type"] == "video/mp4"
        assert served.http.get("/tasks/2221/outputs/no.mp4").status_code == 404
        assert served.http.get("/tasks/99/outputs/0.mp4").status_code == 404
        page(served, "/")
        after = served.http.get("/_mock/journal").text
        assert "RequestIn" not in after.removeprefix(before)

    def test_a_task_shows_the_call_that_made_it_and_who_fetched_its_outputs(self, served):
        first, second = served.run(prompt="first of two"), served.run(prompt="second of two")
        served.push(until_all_is_over=True)
        served.http.get(served.task(first["taskid"])["outputs"][0]["url"])
        history = page(served, f"/tasks/{first['taskid']}").partition("Its history")[2]
        assert "first of two" in history
        assert "second of two" not in history
        assert "Output 200" in history
        assert "Output 200" not in page(served, f"/tasks/{second['taskid']}")

    def test_a_synchronous_run_is_in_the_history_of_its_task(self, served):
        served.push(speed=1000)
        served.post("/Run/pruna/vace/sync", {"prompt": "x"})
        assert "RunSync 200" in page(served, "/tasks/2221")

    def test_it_can_be_narrowed(self, served):
        served.task(served.run()["taskid"])
        served.post("/Run/pruna/vace", {"promt": "x"})
        everything = page(served, "/journal")
        refused = page(served, "/journal?kind=refused")
        assert "did you mean" in refused
        assert "reached queue" in everything
        assert "reached queue" not in refused
        assert "reached queue" in page(served, "/journal?kind=stages")
        assert "reached queue" not in page(served, "/journal?kind=calls")
        assert "did you mean" not in page(served, "/journal?q=no+such+words")
        assert page(served, "/journal?kind=<script>").count("<script>") == 0

    def test_a_task_shows_the_calls_that_name_it(self, served):
        first, second = served.run(), served.run()
        served.post("/Task/Detail", {"taskid": first["taskid"]}, x_trace="by-id")
        served.post("/Task/Cancel", {"tasktoken": first["socketaccesstoken"]}, x_trace="by-token")
        history = page(served, f"/tasks/{first['taskid']}")
        assert "by-id" in history
        assert "by-token" in history
        assert "by-id" not in page(served, f"/tasks/{second['taskid']}")

    def test_it_leads_to_tasks(self, served):
        served.task(served.run()["taskid"])
        shown = page(served, "/journal")
        assert '<a href="/tasks/2221">task 2221 reached' in shown
        assert '<a href="/tasks/2221">Task 2221</a>' in page(served, "/journal?kind=calls")
