"""Settings that cannot be are refused when a client is made, wherever they came from and however they are written."""

import pytest

from wiro_runtime import errors
from wiro_runtime.config import read_config

ODD_URLS = [
    "http://h\udcff/v1",
    "http://user\udcff:p@h/v1",
    "\ufeffhttp://h/v1",
    "http://h\u200b/v1",
    "http://h /v1",
    "http://h/v1\x00",
    "http://h:x/v1",
    "http://h:99999/v1",
    "http://h:-1/v1",
    "http://h:0/v1",
    "http://[::1/v1",
    "http://:80/v1",
    "http://h/v1?x=1",
    "http://h/v1#f",
]


@pytest.mark.parametrize("is_variable", [False, True])
@pytest.mark.parametrize("url", ODD_URLS)
def test_a_base_url_that_nothing_can_be_sent_to_is_refused(monkeypatch, url, is_variable):
    if is_variable and "\x00" not in url:
        monkeypatch.setenv("WIRO_BASE_URL", url)
    given = None if is_variable and "\x00" not in url else url
    with pytest.raises(errors.ConfigurationError, match="base_url= or WIRO_BASE_URL"):
        read_config(api_key="k", base_url=given)


@pytest.mark.parametrize("url", ["ws://h\udcff", "ws://h:x", "ws://h:99999", "ws:// h"])
def test_a_socket_url_that_cannot_be_reached_is_refused(url):
    with pytest.raises(errors.ConfigurationError, match="socket_url= or WIRO_SOCKET_URL"):
        read_config(api_key="k", socket_url=url)


@pytest.mark.parametrize(
    "url",
    [
        "http://h/v1",
        "http://h:1",
        "https://u:p@h:65535/v1/",
        "http://[::1]:8080/v1",
        "http://hé/v1",
    ],
)
def test_a_base_url_may_be_any_other(url):
    assert read_config(api_key="k", base_url=url).base_url == url.rstrip("/")


@pytest.mark.parametrize("secret", ["\ufeffs", "s\u200b", "s\udcff", "s\x00s"])
def test_a_secret_with_what_cannot_be_seen_is_refused_and_not_shown(secret):
    """It would sign every request wrongly, which the platform says of the key."""
    with pytest.raises(errors.ConfigurationError, match="WIRO_API_SECRET") as refused:
        read_config(api_key="k", api_secret=secret)
    assert secret not in str(refused.value)


@pytest.mark.parametrize("secret", ["s\r\n", " s ", "sécret-ß", "two words"])
def test_a_secret_is_what_can_be_seen_of_it(secret):
    assert read_config(api_key="k", api_secret=secret).api_secret == secret.strip()
