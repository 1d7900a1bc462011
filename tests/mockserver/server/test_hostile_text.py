"""No text of a spec is ever code on the page for people."""

import html

import pytest
from page_kit import HTML, SPECS, Outline, fill_in, page

from wirogen.spec.model import Input, ModelSpec, Option, Source
from wiromock.server.running_mock import run_server
from wiromock.spec.catalog import GivenSpecs

HOSTILE = """<script>alert(1)</script>"'`{{7*191919}}{%x%}\u202e&lt;--></textarea></title>"""


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
