"""Webhooks leave for this machine, for hosts that were named, and never for link-local addresses."""

import asyncio
import socket
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import ClassVar

import httpx
import pytest

from wiromock.server.webhook_sender import post


class Receiver(BaseHTTPRequestHandler):
    hosts: ClassVar[list[str]] = []

    def do_POST(self):
        self.hosts.append(self.headers["host"])
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def port():
    with HTTPServer(("127.0.0.1", 0), Receiver) as receiver:
        Thread(target=receiver.serve_forever, daemon=True).start()
        yield receiver.server_port
        receiver.shutdown()


@pytest.fixture
def names(monkeypatch):
    """Names that lead to addresses of the test's choice."""
    known = {}
    real = socket.getaddrinfo

    def look_up(host, port, *args, **kwargs):
        return real(known.get(host, host), port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


@pytest.fixture
def posted(monkeypatch):
    """The URLs to which something was posted; nothing leaves, and each of them answers."""
    urls = []

    async def answer(self, url, **_):
        urls.append(str(url))
        return httpx.Response(204)

    monkeypatch.setattr(httpx.AsyncClient, "post", answer)
    return urls


def sent(url, *hosts):
    return asyncio.run(post(url, b"{}", frozenset(hosts)))


def test_this_machine_is_always_reached(port, names):
    names["me.test"] = "127.0.0.1"
    assert sent(f"http://127.0.0.1:{port}/hook") == "answered 204"
    assert sent(f"http://me.test:{port}/hook") == "answered 204"
    assert Receiver.hosts[-1] == f"me.test:{port}"


@pytest.mark.parametrize("address", ["127.8.9.1", "::1", "::ffff:127.0.0.1", "::ffff:7f08:901"])
def test_a_loopback_address_is_this_machine_in_each_of_its_forms(names, posted, address):
    names["me.test"] = address
    assert sent("http://me.test/hook") == "answered 204"
    assert len(posted) == 1


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3",
        "192.168.0.1",
        "93.184.215.14",
        "0.0.0.0",  # noqa: S104 - not bound to
        "::",
        "::ffff:10.1.2.3",
        "64:ff9b::127.0.0.1",
        "2002:7f00:1::1",
    ],
)
def test_no_other_host_is_reached_by_itself(names, address):
    names["other.test"] = address
    said = sent("http://other.test/hook")
    assert said.startswith("not sent: other.test is not this machine")
    assert "--webhooks-to other.test" in said


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "fe80::1",
        "::ffff:169.254.169.254",
        "64:ff9b::169.254.169.254",
        "2002:a9fe:a9fe::1",
    ],
)
def test_link_local_addresses_are_never_reached(names, address):
    names["metadata.test"] = address
    assert sent("http://metadata.test/hook", "metadata.test").startswith("not sent")


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:99999/", "http:///x", "ftp://127.0.0.1/", "http://127.0.0.1/ \r\nx: y"],
)
def test_whatever_a_url_does_is_an_outcome(url):
    assert sent(url).startswith("not delivered: ")


def test_a_host_that_was_named_is_tried(names, monkeypatch):
    tried = []

    async def refuse(self, url, **_):
        tried.append(str(url))
        raise httpx.ConnectError("nobody there")

    monkeypatch.setattr(httpx.AsyncClient, "post", refuse)
    names["app.test"] = "10.1.2.3"
    assert sent("https://app.test:8443/hook", "app.test") == "not delivered: ConnectError"
    assert tried == ["https://10.1.2.3:8443/hook"]
