"""The code that the page shows sends what the form sent."""

import re

import pytest
from page_kit import SPECS

from wiro.models.pruna import Vace
from wiromock.server.form import body_of, fields_of
from wiromock.server.snippet import write_all, write_python


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
