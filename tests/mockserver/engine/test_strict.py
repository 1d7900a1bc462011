"""What is disputed about the platform is journaled, or refused if so wished; nonces too."""

import pytest
from platform_kit import PROMPT, Platform

from wiromock import Credentials
from wiromock.engine.auth import sign
from wiromock.engine.journal import Dispute


class TestStrict:
    @pytest.mark.parametrize(
        ("path", "body", "headers", "topic"),
        [
            ("/Run/pruna/vace", PROMPT, {"content_type": "multipart/form-data"}, "content type"),
            ("/Run/pruna/vace", {**PROMPT, "callbackUrl": "later"}, {}, "callbackUrl"),
            ("/Run/Pruna/VACE", PROMPT, {}, "raw slug"),
            (
                "/Run/pruna/vace",
                {**PROMPT, "inputImage": "https://x/a.png"},
                {},
                "combinefileinput as text",
            ),
            (
                "/Run/pruna/vace",
                {**PROMPT, "inputImageUrl": "https://x/a.png"},
                {},
                "URL field of a combinefileinput",
            ),
            ("/Task/Cancel", {"tasktoken": "x"}, {}, "TaskCancel identity"),
        ],
    )
    def test_what_is_disputed_is_journaled_or_refused(self, path, body, headers, topic):
        lenient, strict = Platform(), Platform(strict=True)
        reply = lenient.post(path, body, **headers).json
        assert reply["result"] is True or "no task" in reply["errors"][0]["message"].lower()
        assert [dispute.topic for dispute in lenient.engine.journal.of(Dispute)] == [topic]
        _, _, explanation = strict.refusal(path, body, **headers)
        assert f"this mock is strict: {topic}" in explanation

    def test_the_rest_is_the_same(self):
        assert Platform(strict=True).post("/Run/pruna/vace", PROMPT).json["result"] is True


class TestReplays:
    def call(self, platform, nonce):
        key, secret = "wk_demo_key_0123456789", "ws_demo_secret_abcdef"
        signed = {"x_nonce": nonce, "x_signature": sign(key, secret, nonce)}
        return platform.post("/Task/List", {}, **signed)

    @pytest.mark.parametrize(("rejects", "status"), [(False, 200), (True, 401)])
    def test_a_nonce_may_come_twice_by_default(self, rejects, status):
        key = Credentials("wk_demo_key_0123456789", "ws_demo_secret_abcdef")
        platform = Platform(key=key.api_key, credentials=key, reject_replays=rejects)
        assert self.call(platform, "1").status == 200
        assert self.call(platform, "1").status == status
        assert self.call(platform, "2").status == 200
        platform.engine.reset()
        assert self.call(platform, "1").status == 200
