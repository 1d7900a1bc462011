"""Keys that are kept: privately, and after those of the environment."""

import io
import os
import stat

import pytest

from wiro_runtime.cli import credentials
from wiromock import ConnectionLost, MockWiro


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch):
    monkeypatch.setattr(credentials, "_keyring", lambda: None)


@pytest.fixture
def login(wiro, monkeypatch):
    def login(text: str):
        monkeypatch.delenv("WIRO_API_KEY", raising=False)
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        return wiro("login")

    return login


def test_a_kept_key_is_used_and_no_one_else_can_read_it(login, wiro):
    assert login("key-of-mine\nsecret-of-mine\n").status == 0
    if os.name == "posix":
        assert stat.S_IMODE(credentials.config_file().stat().st_mode) == 0o600
    with MockWiro(api_key="key-of-mine", api_secret="secret-of-mine"):
        assert wiro("tasks").status == 0


def test_the_environment_wins(login, wiro, monkeypatch):
    login("kept")
    monkeypatch.setenv("WIRO_API_KEY", "of-the-environment")
    with MockWiro(api_key="of-the-environment"):
        assert wiro("tasks").status == 0


def test_logout_forgets(login, wiro):
    login("kept")
    assert "Forgotten" in wiro("logout").err
    ran = wiro("tasks")
    assert ran.status == 2
    assert "API key" in ran.err
    assert "No key" in wiro("logout").err


@pytest.mark.parametrize("text", ["", "two words", "käy"])
def test_what_is_no_key_is_not_kept(login, text):
    assert login(text).status == 2
    assert not credentials.config_file().exists()


def test_a_key_stands_in_no_representation():
    assert "secret" not in repr(credentials.Credentials("secret-key", "secret-secret"))


class TestDoctor:
    def test_all_is_well(self, wiro):
        with MockWiro():
            ran = wiro("doctor", "--json")
        assert ran.status == 0
        assert {finding["verdict"] for finding in ran.document} == {"ok"}

    def test_no_key_is_a_problem_with_a_way_out(self, wiro, monkeypatch):
        monkeypatch.delenv("WIRO_API_KEY")
        ran = wiro("doctor")
        assert ran.status == 3
        assert "wiro login" in ran.out

    def test_a_wrong_key_is_told_from_a_missing_network(self, wiro):
        with MockWiro(api_key="right"):
            ran = wiro("doctor", "--json")
        verdicts = {finding["subject"]: finding["verdict"] for finding in ran.document}
        assert (verdicts["platform"], verdicts["sign-in"]) == ("ok", "problem")

    def test_no_answer_is_a_problem(self, wiro):
        with MockWiro() as mock:
            mock.on_call("TaskList").then(ConnectionLost())
            ran = wiro("doctor")
        assert ran.status == 3
        assert "WIRO_BASE_URL" in ran.out
