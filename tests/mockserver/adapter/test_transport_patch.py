"""The mock takes requests to the platform from httpx's transports, and gives the transports back."""

import asyncio

import httpx
import pytest

from wiromock import MockWiro

URL = "https://api.wiro.ai/v1/Run/pruna/vace"
RUN = {"json": {"prompt": "a deer"}, "headers": {"x-api-key": "any"}}
METHODS = [(httpx.HTTPTransport, "handle_request")]
METHODS += [(httpx.AsyncHTTPTransport, "handle_async_request")]


def _now():
    return [getattr(owner, name) for owner, name in METHODS]


class TestTransportPatch:
    def test_a_transport_that_a_client_was_given_is_taken_too(self):
        with MockWiro() as wiro, httpx.Client(transport=httpx.HTTPTransport()) as http:
            assert http.post(URL, **RUN).json()["result"]
        assert len(wiro.journal.calls("Run")) == 1

    def test_a_derived_transport_sees_its_requests(self):
        class Counting(httpx.AsyncHTTPTransport):
            seen = 0

            async def handle_async_request(self, request):
                self.seen += 1
                return await super().handle_async_request(request)

        async def run(transport):
            async with MockWiro(), httpx.AsyncClient(transport=transport) as http:
                return (await http.post(URL, **RUN)).json()

        transport = Counting()
        assert asyncio.run(run(transport))["result"]
        assert transport.seen == 1

    def test_an_answer_knows_how_long_it_took(self):
        with MockWiro():
            assert httpx.post(URL, **RUN).elapsed.total_seconds() >= 0

    def test_the_length_of_an_answer_is_stated(self):
        with MockWiro():
            reply = httpx.post(URL, **RUN)
        assert int(reply.headers["content-length"]) == len(reply.content)

    def test_what_was_there_is_put_back(self):
        before = _now()
        with MockWiro():
            assert all(patched is not other for patched, other in zip(_now(), before, strict=True))
        assert _now() == before

    @pytest.mark.parametrize("ends_first", ["the mock", "the other"])
    def test_another_that_stands_in_its_place_is_left_there(self, ends_first):
        before, patch = _now(), pytest.MonkeyPatch()
        seen = []
        mock = MockWiro()
        mock.__enter__()
        ours = httpx.HTTPTransport.handle_request

        def watch(owner, request):
            seen.append(request.url.path)
            return ours(owner, request)

        patch.setattr(httpx.HTTPTransport, "handle_request", watch)
        assert httpx.post(URL, **RUN).status_code == 200
        if ends_first == "the mock":
            mock.__exit__(None, None, None)
            assert httpx.HTTPTransport.handle_request is watch
            with MockWiro() as second:
                httpx.post(URL, **RUN)
            assert len(second.journal.calls("Run")) == 1
            patch.undo()
            httpx.HTTPTransport.handle_request = before[0]
        else:
            patch.undo()
            mock.__exit__(None, None, None)
        assert _now() == before
        assert seen == ["/v1/Run/pruna/vace"]

    def test_one_that_began_before_and_ends_before_is_not_brought_back(self):
        before, patch = _now(), pytest.MonkeyPatch()
        patch.setattr(httpx.HTTPTransport, "handle_request", lambda *_: httpx.Response(418))
        mock = MockWiro()
        mock.__enter__()
        patch.undo()
        assert httpx.post(URL, **RUN).status_code == 200
        mock.__exit__(None, None, None)
        assert _now() == before
