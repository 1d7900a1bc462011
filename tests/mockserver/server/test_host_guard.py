"""A page whose name resolves to this machine reaches nothing: neither control nor money nor tasks."""

import httpx
import pytest

from wiromock.server.host_guard import HostGuard
from wiromock.server.running_mock import run_server


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "localhost",
        "localhost:8080",
        "app.localhost",
        "LOCALHOST.",
        "127.0.0.1:1",
        "[::1]:8",
        "192.0.2.7:80",
    ],
)
def test_addresses_and_localhost_are_let_in(host):
    assert HostGuard().refusal(host) is None


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "[evil]"]
)
def test_other_names_are_refused_with_the_way_out(host):
    assert "--allow-host" in (HostGuard().refusal(host) or "")
    assert HostGuard(["*"]).refusal(host) is None


@pytest.mark.parametrize(
    "host",
    [
        "localhost:evil.com",
        "127.0.0.1:80:evil",
        "[::1",
        "localhost@evil",
        "evil.com, localhost",
        " ",
    ],
)
def test_what_is_no_host_name_is_refused_as_that(host):
    assert "is no host name" in HostGuard().refusal(host)


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1", "127.0.0.1.nip.io"]
)
def test_an_address_in_another_spelling_is_a_name(host):
    """A browser never sends one, but its name could be anybody's."""
    assert "does not answer for the host" in HostGuard().refusal(host)


def test_a_name_that_is_allowed_is_let_in():
    guard = HostGuard(["Mock"])
    assert guard.refusal("mock:8080") is None
    assert guard.refusal("mock.example") is not None


def test_no_part_of_the_server_answers_a_foreign_name():
    with run_server() as server, httpx.Client(timeout=60, trust_env=False) as http:
        for path in ("/", "/_mock/ledger", "/_mock/state", "/v1/Task/List", "/health", "/journal"):
            reply = http.get(server.address + path, headers={"host": "evil.example"})
            assert (reply.status_code, reply.json()["result"]) == (421, False)
            assert "--allow-host evil.example" in reply.headers["x-mock-explanation"]
        assert server.journal.entries == ()
