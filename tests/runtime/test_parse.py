"""Reading values that come as text."""

import pytest

from wiro_runtime import parse


@pytest.mark.parametrize(
    ("text", "is_url"),
    [
        ("https://example.com/a.png", True),
        ("http://example.com", True),
        ("HTTPS://EXAMPLE.COM/A.PNG", True),
        ("data:image/png;base64,aGk=", False),
        ("file:///a.png", False),
        ("httpsomething", False),
        ("a.png", False),
        ("", False),
    ],
)
def test_a_web_url_begins_with_http_or_https_in_any_case(text: str, is_url: bool) -> None:
    assert parse.is_web_url(text) is is_url
