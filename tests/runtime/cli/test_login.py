"""Keys that are kept: privately, and after those of the environment."""

import io
import os
import stat

import pytest

from wiro_runtime.cli import credentials, doctor
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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32-le"])
def test_a_kept_key_is_read_in_whatever_encoding_an_editor_left_it(login, encoding):
    login("key-of-mine\n")
    file = credentials.config_file()
    file.write_bytes(file.read_text(encoding="utf-8").encode(encoding))
    found = credentials.find()
    assert found is not None
    assert found.api_key == "key-of-mine"


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x80", b"", b"[" * 100_000, b"[]", b"5"])
def test_a_file_that_holds_no_key_is_as_good_as_none(login, content):
    login("key-of-mine\n")
    credentials.config_file().write_bytes(content)
    assert credentials.find() is None


@pytest.mark.parametrize("text", ["", "two words", "käy"])
def test_what_is_no_key_is_not_kept(login, text):
    assert login(text).status == 2
    assert not credentials.config_file().exists()


def test_a_key_stands_in_no_representation():
    assert "secret" not in repr(credentials.Credentials("secret-key", "secret-secret"))


class _Keyring:
    """A keyring as the package of that name has it."""

    def __init__(self):
        self.kept = {}

    def get_password(self, service, user):
        return self.kept.get((service, user))

    def set_password(self, service, user, password):
        self.kept[service, user] = password

    def delete_password(self, service, user):
        del self.kept[service, user]


def test_a_keyring_keeps_the_key_and_no_file_does(login, wiro, monkeypatch):
    ring = _Keyring()
    monkeypatch.setattr(credentials, "_keyring", lambda: ring)
    assert "keyring" in login("of-the-ring\n").err
    assert not credentials.config_file().exists()
    with MockWiro(api_key="of-the-ring"):
        assert wiro("tasks").status == 0
    wiro("logout")
    assert ring.kept == {}


class _Locked(_Keyring):
    def set_password(self, *_):
        raise RuntimeError("it is locked")

    get_password = set_password


def test_a_locked_keyring_leaves_the_key_to_the_file(login, wiro, monkeypatch):
    monkeypatch.setattr(credentials, "_keyring", _Locked)
    assert str(credentials.config_file()) in login("of-the-file\n").err
    with MockWiro(api_key="of-the-file"):
        assert wiro("tasks").status == 0


class TestDoctor:
    @pytest.mark.parametrize(("skew", "word"), [(900.0, "ahead"), (-900.0, "behind")])
    def test_a_clock_that_is_wrong_is_reported(self, skew, word):
        (finding,) = doctor._clock([skew])
        assert finding.verdict == "warning"
        assert f"900 s {word}" in finding.text

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

    def test_a_wrong_key_and_a_missing_network_are_different_findings(self, wiro):
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
