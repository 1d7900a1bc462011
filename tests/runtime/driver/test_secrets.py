"""Keys and tokens are in no text that the adapters make."""

import logging
import traceback

import httpx
import pytest

from runtime.models import Vace
from runtime.replies import RUN_REPLY, TOKEN
from wiro_runtime import Client, errors

SECRETS = ("wk-very-secret-key", "ws-very-secret-secret", TOKEN)


class TestSecrets:
    def failing(self, exception: Exception) -> Client:
        def handle(request):
            if "Run" in request.url.path:
                return httpx.Response(200, json=RUN_REPLY)
            raise exception

        own = httpx.Client(transport=httpx.MockTransport(handle))
        return Client(SECRETS[0], SECRETS[1], http_client=own)

    def test_they_are_in_no_text_we_make(self, virtual_time, caplog):
        caplog.set_level(logging.DEBUG, logger="wiro")
        client = self.failing(httpx.ReadTimeout("slow"))
        request = Vace(prompt="x")
        with pytest.raises(errors.ConnectionLost) as caught:
            client.run(request, on_event=lambda event: logging.getLogger("wiro").info("%r", event))
        error = caught.value
        task = client.submit(request)
        texts = [
            "".join(traceback.format_exception(error)),
            repr(error),
            repr(error.task),
            repr(client),
            repr(client._calls),
            repr(task),
            repr(task.snapshot),
            caplog.text,
        ]
        assert "POST Run/pruna/vace: HTTP 200" in caplog.text
        for text in texts:
            assert not [secret for secret in SECRETS if secret in text]
            assert "x-signature" not in text
        assert error.task.token == TOKEN

    def test_frames_of_httpx_are_not_part_of_our_tracebacks(self, virtual_time):
        """Tools that print the variables of every frame would print its headers."""
        with pytest.raises(errors.ConnectionLost) as caught:
            self.failing(httpx.ReadTimeout("slow")).run(Vace(prompt="x"))
        files = {
            frame.filename
            for seen in (caught.value, caught.value.__cause__)
            for frame in traceback.extract_tb(seen.__traceback__)
        }
        assert not [name for name in files if "httpx" in name.split("/")]


def test_the_debug_log_is_silent_unless_asked_for(capfd):
    with httpx.Client(
        transport=httpx.MockTransport(lambda _: httpx.Response(200, json=RUN_REPLY))
    ) as own:
        Client("key", http_client=own).submit(Vace(prompt="x"))
    assert capfd.readouterr() == ("", "")
