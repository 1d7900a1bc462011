"""The page for people: everything can be done without a script, and by everybody."""

import pytest
from page_kit import HTML, SPECS, Outline, fill_in, page

from wiromock.server.form import fields_of


def press(served, path: str, **fields: str):
    """Press a button; gives the page that follows."""
    reply = served.http.post(path, data=fields, headers=HTML)
    assert reply.status_code == 303, reply.text
    return served.http.get(reply.headers["location"], headers=HTML)


class TestRunning:
    def test_a_filled_in_form_becomes_a_task(self, served):
        answer = fill_in(served, prompt="a fox", frameNum="9", resolution="720p", seed="")
        assert answer.headers["location"] == "/tasks/2221"
        sent = served.task("2221")["parameters"]
        assert sent == {"prompt": "a fox", "frameNum": "9", "resolution": "720p"}

    def test_the_form_as_it_comes_can_be_sent(self, served):
        """What a browser would send without touching anything, file inputs included."""
        outline = Outline(page(served, "/models/pruna/vace"))
        spec = SPECS.model("pruna/vace")
        assert {element.get("name") for element in outline.all("input")} >= {
            "frameNum",
            "inputImage",
        }
        empty = ("inputImage", ("", b"", "application/octet-stream"))
        filled = {field.name: field.value for field in fields_of(spec)}
        assert fill_in(served, files=[empty], **filled).status_code == 303

    def test_chosen_files_and_urls_arrive_together(self, served):
        chosen = [("inputImage", (f"{at}.png", b"\x89PNG", "image/png")) for at in range(2)]
        answer = fill_in(served, files=chosen, prompt="x", inputImage="https://a.example/b.png\r\n")
        assert answer.status_code == 303
        urls = served.task("2221")["parameters"]["inputImage"]
        assert (len(urls), urls[0]) == (3, "https://a.example/b.png")
        assert served.http.get(urls[1]).content == b"\x89PNG"

    def test_a_refusal_is_explained_where_it_belongs_and_nothing_typed_is_lost(self, served):
        answer = fill_in(served, prompt="", frameNum="many", seed="77")
        assert answer.status_code == 422
        assert "Request parameter [prompt] required" in answer.text
        outline = Outline(answer.text)
        wrong = {
            element["name"]
            for tag in ("input", "textarea")
            for element in outline.all(tag)
            if element.get("aria-invalid")
        }
        assert wrong == {"prompt", "frameNum"}
        values = {element.get("name"): element.get("value") for element in outline.all("input")}
        assert (values["frameNum"], values["seed"]) == ("many", "77")

    def test_a_task_shows_its_way_and_then_its_output(self, served):
        fill_in(served, prompt="a fox")
        assert "They come when the task has finished" in page(served, "/tasks/2221")
        shown = press(served, "/tasks/2221", do="finish", back="/tasks/2221").text
        (video,) = Outline(shown).all("video")
        assert served.http.get(video["src"]).headers["content-type"] == "video/mp4"
        assert "billed 0.00819 USD" in shown

    def test_every_button_of_a_task_does_what_it_says(self, served):
        for _ in range(3):
            fill_in(served, prompt="x")
        press(served, "/tasks/2221", do="step")
        assert served.task("2221")["status"] == "task_accept"
        press(served, "/tasks/2222", do="cancel")
        assert served.task("2222")["status"] == "task_cancel"
        press(served, "/tasks/2223", do="fail")
        press(served, "/clock", advance="end")
        assert served.task("2223")["pexit"] == "1"
        assert served.task("2221")["pexit"] == "0"

    def test_looking_disturbs_nothing(self, served):
        """Neither the journal nor a scenario that waits for a caller."""
        fill_in(served, prompt="x")
        served.script(
            {"on_call": "TaskDetail", "then": [{"scenario": "http_fault", "status": 503}]}
        )
        before = served.http.get("/_mock/journal").text
        page(served, "/tasks/2221")
        assert served.http.get("/_mock/journal").text.replace(before, "").count("Request") == 0
        assert served.control("GET", "/scenarios")["scenarios"][0]["used"] == 0

    def test_scenarios_are_made_dropped_and_explained(self, served):
        shown = page(served, "/scenarios")
        preset = next(
            button["value"]
            for button in Outline(shown).all("button")
            if button.get("name") == "preset"
        )
        assert "CUDA out of memory" in press(served, "/scenarios", preset=preset).text
        wrong = served.http.post(
            "/scenarios", data={"text": '{"scenarios": [{"then": 1}]}'}, headers=HTML
        )
        assert wrong.status_code == 400
        assert "scenarios[0].then" in wrong.text
        press(served, "/scenarios", clear="yes")
        assert served.control("GET", "/scenarios")["scenarios"] == []

    def test_the_speed_is_set(self, served):
        press(served, "/clock", speed="60", back="/journal")
        assert served.control("GET", "/clock")["speed"] == 60

    def test_a_tenant_can_be_looked_at(self, served):
        served.post("/Run/pruna/vace", {"prompt": "x"}, x_mock_tenant="other")
        assert "Task 2221" not in page(served, "/")
        reply = served.http.post("/tenant", data={"tenant": "other"})
        cookie = reply.headers["set-cookie"].partition(";")[0]
        served.http.cookies.clear()
        assert "Task 2221" in served.http.get("/", headers={**HTML, "cookie": cookie}).text


class TestManners:
    def test_what_is_not_there_has_a_page_too(self, served):
        assert "There is no page /nowhere" in page(served, "/nowhere", 404)
        assert "There is no task 99" in page(served, "/tasks/99", 404)
        assert "did you mean `pruna/vace`" in page(served, "/models/pruna/vaec", 404)

    @pytest.mark.parametrize(
        "path", ["/static/../page.py", "/static/x.css", "/static/page.py", "/static/%2e%2e/page.py"]
    )
    def test_no_file_is_served_but_the_three(self, served, path):
        assert served.http.get(path).status_code == 404

    def test_nonsense_is_answered(self, served):
        for data in ({"do": "explode"}, {"do": "finish"}):
            assert served.http.post("/tasks/99", data=data).status_code == 404
        assert served.http.post("/clock", data={"advance": "x"}).status_code == 409
        assert (
            served.http.post(
                "/clock",
                content=b"\xff",
                headers={"content-type": "multipart/form-data; boundary=a"},
            ).status_code
            == 400
        )

    @pytest.mark.parametrize(
        "path", ["/", "/models", "/models/pruna/vace", "/tasks/2221", "/journal", "/scenarios"]
    )
    def test_who_cannot_see_it_can_use_it(self, served, path):
        """A language, one first heading, a label on every field, ids that occur once, a live region."""
        served.run()
        text = page(served, path)
        outline = Outline(text)
        assert outline.all("html") == [{"lang": "en"}]
        assert len(outline.all("h1")) == 1
        ids = [attrs["id"] for _, attrs in outline.tags if "id" in attrs]
        assert len(ids) == len(set(ids))
        labelled = {label.get("for") for label in outline.all("label")}
        for tag in ("input", "select", "textarea"):
            for element in outline.all(tag):
                if element.get("type") not in {"hidden", "checkbox"}:
                    assert element.get("id") in labelled, element
        for tag, attrs in outline.tags:
            for name in ("aria-labelledby", "aria-describedby"):
                assert set((attrs.get(name) or "").split()) <= set(ids), (tag, attrs)
        assert all("alt" in image for image in outline.all("img"))


class TestWhatStandsWhere:
    def test_the_introduction_is_for_who_has_no_task_yet(self, served):
        assert "on your own machine" in page(served, "/")
        served.run()
        assert "on your own machine" not in page(served, "/")

    def test_models_are_cards_with_a_cover_that_needs_no_network(self, served):
        images = Outline(page(served, "/models")).all("img")
        assert len(images) == len(SPECS.slugs())
        assert all(image["src"].startswith("/covers/") for image in images)
        cover = served.http.get("/covers/pruna/vace.svg")
        assert cover.headers["content-type"] == "image/svg+xml"
        assert served.http.get("/covers/no/model.svg", headers=HTML).status_code == 404

    def test_code_is_shown_of_a_form_that_would_be_taken(self, served):
        assert "as code" in page(served, "/models/pruna/vace")
        refused = fill_in(served, prompt="x", frameNum="many").text
        assert "from wiro import Wiro" not in refused
