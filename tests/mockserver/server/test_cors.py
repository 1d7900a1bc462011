"""Pages that were allowed by name may call from a browser; others get no header that allows them."""

import httpx
import pytest

from wiromock.server.running_mock import run_server

PAGE, OTHER = "http://localhost:3000", "https://evil.example"


@pytest.fixture(scope="module", params=[PAGE, "*"])
def server(request):
    with (
        run_server(cors=[request.param]) as server,
        httpx.Client(timeout=60, trust_env=False) as http,
    ):
        yield request.param, server, http


def ask(http, address, path, origin):
    headers = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,x-api-key",
    }
    return http.options(address + path, headers=headers)


def test_a_preflight_request_is_answered(server):
    _, mock, http = server
    reply = ask(http, mock.address, "/v1/Run/pruna/vace", PAGE)
    assert reply.status_code == 204
    assert reply.headers["access-control-allow-origin"] == PAGE
    assert reply.headers["access-control-allow-headers"] == "content-type,x-api-key"
    assert mock.journal.calls() == []


def test_replies_carry_the_headers_for_pages_that_may_call(server):
    allowed, mock, http = server
    for origin, is_allowed in ((PAGE, True), (OTHER, allowed == "*")):
        reply = http.post(f"{mock.base_url}/Tool/List", json={}, headers={"origin": origin})
        assert ("access-control-allow-origin" in reply.headers) == is_allowed


def test_only_a_page_that_was_named_controls_the_mock(server):
    allowed, mock, http = server
    for origin, status in ((PAGE, 200 if allowed == PAGE else 403), (OTHER, 403)):
        headers = {"origin": origin, "sec-fetch-site": "cross-site"}
        reply = http.post(f"{mock.address}/_mock/clock", json={"advance": 1}, headers=headers)
        assert reply.status_code == status, origin


def test_without_the_option_no_page_gets_a_header():
    with run_server() as mock, httpx.Client(timeout=60, trust_env=False) as http:
        reply = ask(http, mock.address, "/v1/Run/pruna/vace", PAGE)
        assert not any(name.startswith("access-control") for name in reply.headers)
