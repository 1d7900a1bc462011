"""The certificates are read once for all clients, and again where something else would be trusted."""

import asyncio
import os
import ssl
from functools import partial

import pytest
import trustme

from runtime.local_server import serve
from runtime.models import Vace
from runtime.replies import RUN_REPLY
from wiro_runtime import AsyncClient, Client
from wiro_runtime.driver.certificates import trusted_certificates

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@pytest.fixture
def reads(monkeypatch):
    """Every reading from now on, whatever was read before."""
    seen = []
    read = ssl.create_default_context

    def noted(**options):
        seen.append(options)
        return read(**options)

    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(ssl, "create_default_context", noted)
    return seen


def test_clients_loops_and_proxies_share_one_reading(reads, monkeypatch):
    async def submit(client):
        await client.submit(Vace(prompt="x"))

    with serve(lambda handler: handler.json(RUN_REPLY)) as server:
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        for name in PROXIES:
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        url = f"{server.url}/v1"
        for _ in range(2):
            with Client("key", base_url=url) as client:
                client.submit(Vace(prompt="x"))
        client = AsyncClient("key", base_url=url)
        for _ in range(2):
            asyncio.run(submit(client))
    assert len(reads) == 1


def test_a_client_that_sends_nothing_reads_nothing(reads):
    with Client("key"), Client("key"):
        pass
    assert reads == []


def test_a_file_that_was_replaced_is_read_again(reads, monkeypatch, tmp_path):
    file = tmp_path / "ca.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    trusted = []
    for moment in (1, 2):
        trustme.CA().cert_pem.write_to_path(file)
        os.utime(file, (moment, moment))
        trusted += [trusted_certificates(), trusted_certificates()]
    assert trusted[0] is trusted[1]
    assert trusted[1].get_ca_certs() != trusted[2].get_ca_certs()
    assert len(reads) == 2


def test_a_library_that_replaces_what_is_trusted_is_respected(monkeypatch):
    before = trusted_certificates()
    monkeypatch.setattr(ssl, "create_default_context", partial(ssl.create_default_context))
    assert trusted_certificates() is not before
