"""Every way to start a mock takes the same options, and a server does with them what `MockWiro` does."""

import inspect
from typing import get_args

import httpx
import pytest

from wiromock import MockWiro
from wiromock.cli import _parser
from wiromock.engine.clock import START
from wiromock.scenario import Dialect
from wiromock.server.options import ServerOptions
from wiromock.server.running_mock import RunningMock, run_server

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


def test_who_says_nothing_gets_the_same_everywhere():
    """But for time: it runs with the computer's at an address, and starts when the command does."""
    given = inspect.signature(MockWiro).parameters
    parsed = vars(_parser().parse_args(["serve"]))
    different = {
        name: (parsed[name], given[name].default)
        for name in parsed.keys() & given.keys()
        if parsed[name] != given[name].default
    }
    assert different == {"start": (None, START), "allow_hosts": ([], ())}
    with run_server(speed=0) as server:
        settings, mocks = server.engine._settings, MockWiro().engine._settings
        for name in ("seed", "deposit", "is_strict", "dialect"):
            assert getattr(settings, name) == getattr(mocks, name), name
        assert server.engine.clock.time() == START


def test_every_mock_is_scripted_in_the_same_words():
    """The methods themselves are the same ones."""
    for name in ("on", "on_call", "load", "release", "journal", "ledger"):
        assert getattr(MockWiro, name) is getattr(RunningMock, name)


@pytest.mark.parametrize("dialect", get_args(Dialect))
def test_the_command_line_knows_every_dialect(dialect):
    assert _parser().parse_args(["serve", "--dialect", dialect]).dialect == dialect


def test_a_server_does_what_its_options_say():
    options = {"api_key": "K", "balance": 5, "start": 1e9, "seed": 3, "look": "finish", "speed": 0}
    with (
        run_server(**options, strict=True) as server,
        httpx.Client(timeout=60, trust_env=False) as http,
    ):

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


def test_a_server_takes_no_option_that_it_does_not_know():
    with (
        pytest.raises(TypeError, match="unexpected keyword argument 'balanse'"),
        run_server(balanse=1),
    ):
        pass
