"""No request costs more than it should, and whatever goes wrong inside gets an answer that says so."""

from collections.abc import Iterator
from itertools import count

import pytest
from platform_kit import API, SPECS, Platform

from wiromock import MockError, Request
from wiromock.engine.endpoint.run import MOST_FINDINGS
from wiromock.engine.journal import ReplyOut
from wiromock.spec.catalog import GivenSpecs
from wiromock.spec.validation import Validator
from wiromock.wire.body import MOST_PARTS


def multipart(parts: int) -> Request:
    part = (
        b'--x\r\nContent-Disposition: form-data; name="inputImage"; filename="a.png"\r\n\r\n1\r\n'
    )
    prompt = b'--x\r\nContent-Disposition: form-data; name="prompt"\r\n\r\na deer\r\n'
    headers = {"x-api-key": "key", "content-type": "multipart/form-data; boundary=x"}
    return Request.to(
        f"{API}/Run/pruna/vace", headers=headers, body=prompt + part * parts + b"--x--\r\n"
    )


def test_explanations_stop_after_some(platform, monkeypatch):
    explained = count()
    place = platform.engine.catalog.place
    monkeypatch.setattr(
        platform.engine.catalog, "place", lambda *asked: (next(explained), place(*asked))[1]
    )
    names = {f"unknown{at}": "x" for at in range(50_000)}
    status, messages, _ = platform.refusal("/Run/pruna/vace", names)
    assert (status, messages[0]) == (200, "Request parameter [prompt] required")
    assert next(explained) == MOST_FINDINGS


def test_findings_are_looked_for_one_at_a_time():
    spec = SPECS.model("pruna/vace")

    def names() -> Iterator[tuple[str, str]]:
        yield from ((f"unknown{at}", "x") for at in range(MOST_FINDINGS))
        raise AssertionError("more were looked for")

    class Sent(dict):
        def items(self):
            return names()

    findings = Validator(spec).check(Sent(prompt="x"))
    assert len([next(findings) for _ in range(MOST_FINDINGS)]) == MOST_FINDINGS


def test_many_parts_are_refused(platform):
    assert platform.engine.handle(multipart(MOST_PARTS - 1)).json["result"] is True
    reply = platform.engine.handle(multipart(20_000))
    assert reply.json["errors"][0]["message"] == "Request parameters are invalid."
    assert f"more than {MOST_PARTS} parts" in reply.headers["x-mock-explanation"]


@pytest.mark.parametrize("name", ["start", "limit"])
@pytest.mark.parametrize("path", ["/Task/List", "/Tool/List"])
def test_a_number_that_is_no_number_of_pages_is_refused(platform, path, name):
    request = Request.to(
        f"{API}{path}", headers=platform.headers, body=b'{"%s": 1e400}' % name.encode()
    )
    assert platform.engine.handle(request).json["errors"][0]["message"] == (
        "Request parameters are invalid."
    )


class Broken(GivenSpecs):
    """A source of specs that fails when it is read."""

    def model(self, slug):
        raise ZeroDivisionError("out of discs")


def test_what_nobody_foresaw_is_a_marked_answer():
    platform = Platform(specs=Broken([SPECS.model("pruna/vace")], SPECS.platform()))
    reply = platform.post("/Run/pruna/vace", {"prompt": "x"})
    assert (reply.status, reply.json["result"]) == (500, False)
    said = reply.headers["x-mock-explanation"]
    assert "the mock itself failed" in said
    assert "ZeroDivisionError: out of discs" in said
    (entry,) = platform.engine.journal.of(ReplyOut)
    assert (entry.status, entry.explanation) == (500, said)


def test_misuse_is_raised_all_the_same(platform):
    with pytest.raises(MockError):
        platform.engine.handle(Request.to("https://elsewhere.example/"))
