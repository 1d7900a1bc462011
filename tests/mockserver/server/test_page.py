"""The page for people: everything can be done without a script, and no text of a spec is ever code."""

import html
import re
from html.parser import HTMLParser

import httpx
import pytest
from server_kit import ROOT

from wiro.models.pruna import Vace
from wirogen.spec.model import Input, ModelSpec, Option, Source
from wiromock.server.form import body_of, fields_of
from wiromock.server.running_mock import run_server
from wiromock.server.snippet import write_all, write_python
from wiromock.spec.catalog import FolderSpecs, GivenSpecs

HTML = {"accept": "text/html"}
SPECS = FolderSpecs(ROOT / "specs")
HOSTILE = """<script>alert(1)</script>"'`{{7*191919}}{%x%}\u202e&lt;--></textarea></title>"""


class Outline(HTMLParser):
    """Elements of a page that tests ask about."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def page(served, path: str, status: int = 200) -> str:
    reply = served.http.get(path, headers=HTML)
    assert reply.status_code == status, reply.text
    return reply.text


def press(served, path: str, **fields: str):
    """Press a button; gives the page that follows."""
    reply = served.http.post(path, data=fields, headers=HTML)
    assert reply.status_code == 303, reply.text
    return served.http.get(reply.headers["location"], headers=HTML)


def fill_in(served, slug: str = "pruna/vace", files=(), **fields: str):
    parts = [(name, (None, value)) for name, value in fields.items()]
    return served.http.post(f"/models/{slug}", files=[*parts, *files], headers=HTML)


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


class TestCode:
    @pytest.mark.parametrize(
        "body",
        [
            {"prompt": "a deer"},
            {"prompt": "quotes \" ' and \\ and\nlines", "frameNum": "9", "guidanceScale": "2.5"},
            {"prompt": "🦌 \u202e \x7f \U000e0041", "inputImage": ["https://a.example/1.png"]},
            {"prompt": "x", "speedMode": "Juiced 🔥 (more speed)", "seed": "0"},
        ],
    )
    def test_the_python_of_a_run_sends_what_the_run_sent(self, body):
        code = write_python(SPECS.model("pruna/vace"), body, "http://127.0.0.1:1")
        names: dict[str, object] = {"Vace": Vace}
        exec(re.search(r"^request = Vace\(.*?^\)", code, re.DOTALL | re.MULTILINE)[0], names)  # noqa: S102 - our own code
        sent = names["request"].to_wire()
        assert {name: sent[name] for name in body} == body
        assert "\u202e" not in code

    def test_the_python_runs_as_it_is_printed(self, served, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        served.push(speed=1000)
        code = dict(write_all(SPECS.model("pruna/vace"), {"prompt": "a fox"}, served.url))["Python"]
        exec(compile(code, "page", "exec"), {})  # noqa: S102 - our own code
        assert (tmp_path / "out/0.mp4").stat().st_size > 1000

    @pytest.mark.parametrize("slug", [*SPECS.slugs()])
    def test_every_shipped_model_has_a_form_and_code(self, slug):
        spec = SPECS.model(slug)
        body = body_of(spec, {field.name: field.value for field in fields_of(spec)})
        titles = [title for title, _ in write_all(spec, body, "http://127.0.0.1:1")]
        assert titles == ["Python", "curl", "JavaScript"]


def hostile_model() -> ModelSpec:
    inputs = [
        Input(name="prompt", type="textarea", label=HOSTILE, help=HOSTILE, default=HOSTILE),
        Input(name=HOSTILE[:60], type="text", label=HOSTILE, default=HOSTILE),
        Input(
            name="pick",
            type="select",
            label=HOSTILE,
            options=[Option(value=HOSTILE, label=HOSTILE), Option(value="b")],
        ),
        Input(name="many", type="multiselect", options=[Option(value=HOSTILE, label=HOSTILE)]),
        Input(name="file", type="fileinput", label=HOSTILE, help=HOSTILE),
    ]
    return ModelSpec(
        model="acme/evil",
        title=HOSTILE,
        description=HOSTILE,
        categories=[HOSTILE],
        source=Source(form="openapi.json", sha256="0" * 64),
        inputs=inputs,
    )


class TestHostileText:
    @pytest.fixture(scope="class")
    @staticmethod
    def evil():
        from server_kit import Served

        with (
            run_server(GivenSpecs([hostile_model()], SPECS.platform()), speed=0) as running,
            Served(running) as served,
        ):
            yield served

    def check(self, text: str) -> None:
        assert "<script>alert" not in text
        assert Outline(text).all("script") == [{"src": "/static/page.js", "defer": None}]
        assert "1343433" not in text

    def test_it_is_shown_and_never_obeyed(self, evil):
        evil.reset()
        form = page(evil, "/models/acme/evil")
        self.check(form)
        assert html.escape(HOSTILE, quote=False).partition("\u202e")[0][:20] in form
        answer = fill_in(evil, "acme/evil", prompt=HOSTILE, **{HOSTILE[:60]: HOSTILE, "pick": "no"})
        self.check(answer.text)
        fill_in(evil, "acme/evil", prompt=HOSTILE, pick=HOSTILE)
        rule = {"on": "*", "then": [{"scenario": "fails", "stderr": HOSTILE}]}
        evil.script(rule)
        fill_in(evil, "acme/evil", prompt=HOSTILE)
        evil.push(until_all_is_over=True)
        tasks = evil.control("GET", "/tasks")["tasks"]
        assert tasks
        for path in (
            "/",
            "/models?q=" + HOSTILE.partition("&")[0],
            "/journal",
            "/scenarios",
            *(f"/tasks/{task['id']}" for task in tasks),
        ):
            self.check(page(evil, path))

    def test_should_it_slip_through_it_may_do_nothing(self, served):
        policy = served.http.get("/", headers=HTML).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy

    def test_a_way_back_leads_nowhere_else(self, served):
        for back in (
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "/x\r\nset-cookie: a=b",
        ):
            reply = served.http.post("/clock", data={"advance": "1", "back": back})
            assert reply.headers["location"] == "/"


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

    def test_a_task_tells_the_call_that_made_it_and_who_fetched_its_outputs(self, served):
        first, second = served.run(prompt="first of two"), served.run(prompt="second of two")
        served.push(until_all_is_over=True)
        served.http.get(served.task(first["taskid"])["outputs"][0]["url"])
        story = page(served, f"/tasks/{first['taskid']}").partition("Its story")[2]
        assert "first of two" in story
        assert "second of two" not in story
        assert "Output 200" in story
        assert "Output 200" not in page(served, f"/tasks/{second['taskid']}")

    def test_a_synchronous_run_is_in_the_story_of_its_task(self, served):
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

    def test_a_task_tells_the_calls_that_name_it(self, served):
        first, second = served.run(), served.run()
        served.post("/Task/Detail", {"taskid": first["taskid"]}, x_trace="by-id")
        served.post("/Task/Cancel", {"tasktoken": first["socketaccesstoken"]}, x_trace="by-token")
        story = page(served, f"/tasks/{first['taskid']}")
        assert "by-id" in story
        assert "by-token" in story
        assert "by-id" not in page(served, f"/tasks/{second['taskid']}")

    def test_it_leads_to_tasks(self, served):
        served.task(served.run()["taskid"])
        shown = page(served, "/journal")
        assert '<a href="/tasks/2221">task 2221 reached' in shown
        assert '<a href="/tasks/2221">Task 2221</a>' in page(served, "/journal?kind=calls")


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
