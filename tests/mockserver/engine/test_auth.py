"""An API key, or an API key with a signature; the vectors were computed with openssl."""

import pytest
from platform_kit import PROMPT, Platform

from wiromock import Credentials
from wiromock.engine.auth import sign

KEY, SECRET, NONCE = "wk_demo_key_0123456789", "ws_demo_secret_abcdef", "1734513807"
SIGNATURE = "f894fa569688bf04d4730cfef9aa9efcf18a572b2521f615f1d4e972ec329dbf"
SWAPPED = "c1f66c572b2c077e87171b3d7917668c26516141efb5389e463872f08e5907ff"
REVERSED = "a6141506fb7d6368d9415b8ad0994247599116574bdc7b17502f1dd389a06f15"

INVALID = "Project authorization is not valid."
UNSIGNED = (
    "Project requires signature authentication. x-signature and x-nonce headers are required."
)
UNKNOWN = "Project authorization is not founded."


def test_the_signature_vector():
    assert sign(KEY, SECRET, NONCE) == SIGNATURE


def test_a_right_signature_is_let_in(signed):
    reply = signed.post("/Run/pruna/vace", PROMPT, x_nonce=NONCE, x_signature=SIGNATURE)
    assert reply.json["result"] is True


@pytest.mark.parametrize(
    ("signature", "explanation"),
    [
        (SWAPPED, "the API key and the secret have changed places"),
        (REVERSED, "the message is secret + nonce, not nonce + secret"),
        (SIGNATURE.upper(), "the hex digits must be in lower case"),
        (f"SHA2-256(stdin)= {SIGNATURE}", "bare hex, without the prefix that openssl prints"),
        ("0" * 64, "it is not lower-case hex of HMAC-SHA256"),
    ],
)
def test_a_wrong_signature_is_refused_and_explained(signed, signature, explanation):
    status, messages, said = signed.refusal(
        "/Run/pruna/vace", PROMPT, x_nonce=NONCE, x_signature=signature
    )
    assert (status, messages) == (401, [INVALID])
    assert explanation in said
    assert SECRET not in said


@pytest.mark.parametrize("headers", [{}, {"x_nonce": NONCE}, {"x_signature": SIGNATURE}])
def test_a_missing_signature(signed, headers):
    assert signed.refusal("/Task/Detail", {}, **headers)[:2] == (401, [UNSIGNED])


def test_a_nonce_is_made_of_digits(signed):
    status, messages, _ = signed.refusal(
        "/Run/pruna/vace", PROMPT, x_nonce="now", x_signature=sign(KEY, SECRET, "now")
    )
    assert (status, messages) == (401, [INVALID])


def test_a_missing_key_and_a_wrong_one(signed):
    assert signed.refusal("/Run/pruna/vace", PROMPT, x_api_key="")[:2] == (401, [UNKNOWN])
    assert signed.refusal("/Run/pruna/vace", PROMPT, x_api_key="no")[:2] == (401, [UNKNOWN])


def test_any_key_will_do_unless_one_is_given(platform):
    assert platform.post("/Run/pruna/vace", PROMPT, x_api_key="whatever").json["result"] is True
    assert platform.refusal("/Run/pruna/vace", PROMPT, x_api_key=" ")[:2] == (401, [UNKNOWN])


def test_a_project_without_a_secret_ignores_signatures():
    platform = Platform(key=KEY, credentials=Credentials(KEY))
    assert platform.post("/Run/pruna/vace", PROMPT, x_signature="x").json["result"] is True


def test_nothing_is_made_without_authority(signed):
    signed.refusal("/Run/pruna/vace", PROMPT)
    assert signed.engine.ledger.running == 0


def test_credentials_stay_out_of_reprs_and_of_the_journal(signed):
    signed.post("/Run/pruna/vace", PROMPT, x_nonce=NONCE, x_signature=SIGNATURE)
    assert KEY not in repr(Credentials(KEY, SECRET)) + signed.engine.journal.render()
    (call,) = signed.engine.journal.calls("Run")
    assert {"x-api-key", "x-signature"}.isdisjoint(call.headers)
