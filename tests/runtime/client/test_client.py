"""A model by its name, a client with other defaults, headers of one's own, and what `client.models` shows."""

import asyncio
import inspect
import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import httpx
import pytest

import wiro.models
from runtime.replies import DONE, RUN_REPLY
from wiro import AsyncWiro, Wiro
from wiro.models.pruna import Vace
from wiro_runtime import MediaResult, TextResult, errors

TOOL = {
    "slugowner": "acme",
    "slugproject": "any",
    "cleanslugowner": "acme",
    "cleanslugproject": "any",
    "parameters": [{"items": [{"id": "prompt", "type": "textarea", "required": True}]}],
}


class Platform:
    """Answers each exchange, and keeps what was sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Any]] = []
        self.headers: list[httpx.Headers] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/v1/")
        self.sent.append((path, json.loads(request.content)))
        self.headers.append(request.headers)
        if path.startswith("Run/"):
            return httpx.Response(200, json=RUN_REPLY)
        if path == "Tool/Detail":
            return httpx.Response(200, json={"result": True, "errors": [], "tool": [TOOL]})
        return httpx.Response(200, json=DONE)

    def client(self, **settings: Any) -> Wiro:
        transport = httpx.MockTransport(self)
        return Wiro(
            "key", http_client=httpx.Client(transport=transport), tracking="polling", **settings
        )

    def async_client(self, **settings: Any) -> AsyncWiro:
        http = httpx.AsyncClient(transport=httpx.MockTransport(self))
        return AsyncWiro("key", http_client=http, tracking="polling", **settings)


@pytest.fixture
def platform(virtual_time) -> Platform:
    return Platform()


class TestByName:
    def test_a_model_with_a_class_is_checked_by_it(self, platform):
        result = platform.client().run("pruna/vace", prompt="a deer", frame_num=49, deadline=60)
        assert isinstance(result, MediaResult)
        assert platform.sent[0] == ("Run/pruna/vace", Vace(prompt="a deer", frame_num=49).to_wire())

    def test_a_mistake_is_reported_before_anything_is_sent(self, platform):
        with pytest.raises(errors.InvalidRequest, match="did you mean prompt"):
            platform.client().run("pruna/vace", promt="a deer")
        with pytest.raises(errors.InvalidRequest, match="expected owner/model"):
            platform.client().run("vace", prompt="a deer")
        assert platform.sent == []

    def test_a_model_without_one_is_checked_against_its_live_description(self, platform):
        assert isinstance(platform.client().run("acme/any", prompt="x"), TextResult)
        assert [path for path, _ in platform.sent] == ["Tool/Detail", "Run/acme/any", "Task/Detail"]
        with pytest.raises(errors.InvalidRequest, match="did you mean prompt"):
            platform.client().run("acme/any", promt="x")

    def test_submit_and_stream_take_a_name_too(self, platform):
        client = platform.client()
        assert client.submit("pruna/vace", prompt="a deer").id == "2221"
        with client.stream("pruna/vace", prompt="a deer") as run:
            assert run.result().cost is not None

    def test_the_asynchronous_client_does_the_same(self, platform):
        async def main() -> str:
            client = platform.async_client()
            await client.run("pruna/vace", prompt="a deer")
            return (await client.submit("pruna/vace", prompt="a deer")).id

        assert asyncio.run(main()) == "2221"


class TestWithOptions:
    def test_calls_take_its_options_unless_they_say_otherwise(self, platform):
        client = platform.client().with_options(project_id=7, callback_url="https://a.example/h")
        client.run(Vace(prompt="a deer"))
        client.run(Vace(prompt="a deer"), project_id=8)
        bodies = [body for path, body in platform.sent if path.startswith("Run/")]
        assert [body["projectid"] for body in bodies] == ["7", "8"]
        assert bodies[1]["callbackUrl"] == "https://a.example/h"

    def test_its_deadline_is_that_of_its_handles_as_well(self, platform):
        client = platform.client()
        other = client.with_options(deadline=1.5, tracking="polling")
        assert other._calls.config.deadline == 1.5
        assert other.submit(Vace(prompt="a deer"))._deadline == 1.5
        assert client._calls.config.deadline == 600
        assert other.tasks is not client.tasks
        assert other.models.pruna.vace.run(prompt="a deer").cost is not None

    def test_an_option_that_is_none_is_refused(self, platform):
        for client in (platform.client(), platform.async_client()):
            with pytest.raises(errors.InvalidRequest, match="did you mean deadline"):
                client.with_options(deadlin=5)
            with pytest.raises(errors.InvalidRequest, match="on_abandon"):
                client.with_options(on_abandon="kill")


class TestHeaders:
    def test_they_are_sent_with_every_exchange(self, platform):
        platform.client(headers={"X-Gateway": "a"}).run(Vace(prompt="a deer"))
        assert {sent["x-gateway"] for sent in platform.headers} == {"a"}
        assert {sent["x-api-key"] for sent in platform.headers} == {"key"}

    @pytest.mark.parametrize(
        "headers", [{"X-API-Key": "mine"}, {"a": 1}, {1: "a"}, {"a": "b\n"}, {"": "x"}, "x", [1]]
    )
    def test_what_no_header_may_be_is_refused(self, headers):
        with pytest.raises(errors.ConfigurationError, match="headers"):
            Wiro("key", headers=headers)


class TestLookingAround:
    def test_the_models_can_be_iterated_and_asked(self, platform):
        models = platform.client().models
        slugs = list(models)
        assert len(slugs) == len(models) == 63
        assert "pruna/vace" in models
        assert "acme/none" not in models
        assert list(models.pruna) == [slug for slug in slugs if slug.startswith("pruna/")]
        assert models[slugs[0]]

    def test_they_can_be_searched_by_words(self, platform):
        models = platform.client().models
        matches = models.search("VACE video")
        assert [model.slug for model in matches] == ["pruna/vace"]
        assert {model.kind for model in models.search(kind="text")} == {"text"}
        assert models.search("no such words") == []

    def test_the_owners_are_listed_and_reached(self):
        assert {"pruna", "klingai", "Models"} <= set(dir(wiro.models))
        assert wiro.models.pruna.Vace is Vace

    @pytest.mark.parametrize("verb", ["run", "stream", "submit", "__call__"])
    def test_help_shows_the_models_arguments(self, platform, verb):
        for client in (platform.client(), platform.async_client()):
            endpoint = client.models.pruna.vace
            shown = inspect.signature(endpoint if verb == "__call__" else getattr(endpoint, verb))
            assert list(shown.parameters) == list(Vace.model_fields)
        is_awaited = verb in {"run", "submit"}
        assert inspect.iscoroutinefunction(getattr(endpoint, verb)) is is_awaited


@pytest.mark.parametrize("seconds", [5, 5.0, Decimal(5), Fraction(11, 2)])
def test_a_deadline_is_any_number_of_seconds(platform, seconds):
    """It is one number to the client from the moment it is given: nothing of it breaks after Run was sent."""
    request = Vace(prompt="a deer")
    client = platform.client(deadline=seconds, http_timeout=seconds)
    client.submit(request, deadline=seconds).wait(deadline=seconds)
    client.with_options(deadline=seconds).run(request)
    with client.stream(request, deadline=seconds) as run:
        assert list(run)
    with pytest.raises(errors.DeadlineExceeded):
        client.run(request, deadline=seconds - seconds)
