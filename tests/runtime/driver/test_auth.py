"""Signatures are those of the platform's documents, and each is made once."""

import threading

import pytest

from wiro_runtime.config import read_config
from wiro_runtime.driver import auth
from wiro_runtime.errors import ConfigurationError
from wiro_runtime.seam import clock

KEY, SECRET = "wk_demo_key_0123456789", "ws_demo_secret_abcdef"


def test_the_worked_example():
    """Computed apart from this code, with openssl."""
    assert (
        auth.sign(KEY, SECRET, "1734513807")
        == "f894fa569688bf04d4730cfef9aa9efcf18a572b2521f615f1d4e972ec329dbf"
    )


def test_a_key_alone_sends_no_signature():
    assert auth.headers(read_config(api_key=KEY)) == {"x-api-key": KEY}


def test_each_attempt_is_signed_afresh(virtual_time):
    config = read_config(api_key=KEY, api_secret=SECRET)
    first, second = auth.headers(config), auth.headers(config)
    assert int(second["x-nonce"]) > int(first["x-nonce"])
    assert second["x-signature"] == auth.sign(KEY, SECRET, second["x-nonce"])
    assert second["x-signature"] != first["x-signature"]


def test_nonces_only_grow_even_if_the_clock_goes_back(virtual_time):
    before = int(auth.next_nonce())
    virtual_time.seconds -= 3600
    assert int(auth.next_nonce()) > before


def test_threads_never_share_a_nonce():
    drawn: list[str] = []
    threads = [
        threading.Thread(target=lambda: drawn.extend(auth.next_nonce() for _ in range(200)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(drawn)) == 800


def test_the_environment_is_read_for_each_client_and_trimmed(monkeypatch):
    monkeypatch.setenv("WIRO_API_KEY", f" {KEY}\n")
    monkeypatch.setenv("WIRO_API_SECRET", f"{SECRET} ")
    monkeypatch.setenv("WIRO_BASE_URL", "http://127.0.0.1:8080/v1/")
    config = read_config()
    assert (config.api_key, config.api_secret, config.base_url) == (
        KEY,
        SECRET,
        "http://127.0.0.1:8080/v1",
    )
    monkeypatch.setenv("WIRO_API_KEY", "other")
    assert read_config().api_key == "other"


def test_arguments_win_and_a_key_does_not_take_anothers_secret(monkeypatch):
    monkeypatch.setenv("WIRO_API_KEY", "other")
    monkeypatch.setenv("WIRO_API_SECRET", "others")
    monkeypatch.setenv("WIRO_BASE_URL", "http://other/v1")
    config = read_config(api_key=KEY, base_url="https://mine/v1")
    assert (config.api_key, config.api_secret, config.base_url) == (KEY, None, "https://mine/v1")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "Set WIRO_API_KEY"),
        ({"api_key": "  "}, "Set WIRO_API_KEY"),
        ({"api_key": "ключ"}, "no HTTP header can carry"),
        ({"api_key": "a\nb"}, "no HTTP header can carry"),
        (
            {"api_key": "k", "base_url": "api.wiro.ai"},
            "base_url= or WIRO_BASE_URL is 'api.wiro.ai'",
        ),
        ({"api_key": "k", "base_url": "http://["}, "not a URL of http or https"),
        ({"api_key": "k", "socket_url": "https://a"}, "not a URL of ws or wss"),
        ({"api_key": "k", "http_timeout": 0}, "http_timeout=: give seconds above 0; got 0."),
        (
            {"api_key": "k", "deadline": -1},
            "deadline=: give seconds above 0, or None for no limit; got -1.",
        ),
    ],
)
def test_a_wrong_setting_says_what_to_set(settings, words):
    with pytest.raises(ConfigurationError) as caught:
        read_config(**settings)
    assert words in str(caught.value)
    assert "ключ" not in str(caught.value)


def test_clocks_nest_and_are_put_back():
    from runtime.clocks import FakeClock

    outer, inner = FakeClock(), FakeClock()
    system = clock.current()
    with clock.use(outer):
        with clock.use(inner):
            assert clock.current() is inner
        assert clock.current() is outer
    assert clock.current() is system
