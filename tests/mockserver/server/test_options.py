"""Every way to start a mock takes the same options, and a server does with them what `MockWiro` does."""

import inspect
from typing import get_args

import httpx
import pytest

from wiromock import MockWiro
from wiromock.cli import _parser
from wiromock.scenario import Dialect
from wiromock.server.options import ServerOptions
from wiromock.server.running_mock import run_server

IN_PROCESS = {"time_limit"}
"""Options that mean something in virtual time alone."""
FLAGS = {"rules": "scenarios"}


def options_of_the_mock() -> set[str]:
    return set(inspect.signature(MockWiro).parameters) - IN_PROCESS


def test_a_server_takes_the_options_of_the_mock():
    assert options_of_the_mock() - {"specs"} <= ServerOptions.__optional_keys__


def test_the_command_line_takes_the_options_of_a_server():
    parsed = vars(_parser().parse_args(["serve"]))
    named = {FLAGS.get(name, name) for name in ServerOptions.__optional_keys__}
    assert named | {"specs"} <= parsed.keys()


@pytest.mark.parametrize("dialect", get_args(Dialect))
def test_the_command_line_knows_every_dialect(dialect):
    assert _parser().parse_args(["serve", "--dialect", dialect]).dialect == dialect


def test_a_server_does_what_its_options_say():
    options = {"api_key": "K", "balance": 5, "start": 1e9, "seed": 3, "look": "finish", "speed": 0}
    with run_server(**options, strict=True) as server, httpx.Client(trust_env=False) as http:

        def call(path, key="K", **body):
            return http.post(server.base_url + path, json=body, headers={"x-api-key": key})

        assert call("/Task/List", key="other").status_code == 401
        run = call("/Run/pruna/vace", prompt="x").json()
        task = call("/Task/Detail", tasktoken=run["socketaccesstoken"]).json()["tasklist"][0]
        assert task["status"] == "task_postprocess_end"
        assert server.ledger.balance < 5
        assert server.engine.clock.time() >= 1e9
        server.reset()
        assert call("/Run/pruna/vace", prompt="x").json() == run


@pytest.mark.parametrize(("key", "secret"), [(None, "S")])
def test_a_secret_needs_a_key(key, secret):
    with (
        pytest.raises(ValueError, match="api_secret needs api_key"),
        run_server(api_key=key, api_secret=secret),
    ):
        pass
