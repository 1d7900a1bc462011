"""Whatever arrives, the engine answers or says that the test is wrong; it never breaks."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from platform_kit import API, Platform

from wiromock import MockError, Request

PLATFORM = Platform()
PLATFORM.run()
PLATFORM.clock.advance(3600)
OUTPUT = PLATFORM.task("2221")["outputs"][0]["url"]

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
names = st.sampled_from(
    ["prompt", "seed", "frameNum", "resolution", "inputImage", "callbackUrl", "projectid", "taskid"]
)
bodies = st.one_of(
    st.binary(),
    st.dictionaries(names | st.text(), values).map(json.dumps).map(str.encode),
    st.just(b'{"prompt": "\\ud800"}'),
    st.just(b'{"prompt": ' + b"[" * 900 + b"]" * 900 + b"}"),
    st.just(b'{"prompt": "x", "seed": ' + b"9" * 4000 + b"}"),
    st.just(b"--x\r\nContent-Disposition: form-data; name=prompt\r\n\r\nv\r\n--x--\r\n"),
)
latin = st.text(st.characters(max_codepoint=255))  # what a header can hold
types = st.one_of(
    st.sampled_from(
        [
            "application/json",
            "multipart/form-data",
            "multipart/form-data; boundary=x",
            "multipart/form-data; boundary=",
            "application/x-www-form-urlencoded",
        ]
    ),
    latin,
)
urls = st.one_of(
    st.sampled_from(
        [
            f"{API}/Run/pruna/vace",
            f"{API}/Task/Detail",
            f"{API}/Task/Kill",
            f"{API}/File/Upload",
            f"{API}/File/x/y",
            OUTPUT,
            "https://cdn1.wiro.ai//",
        ]
    ),
    st.text().map(lambda path: f"{API}/{path}"),
)


headers = st.fixed_dictionaries(
    {"content-type": types, "x-api-key": st.just("key") | latin},
    optional={"range": latin.map("bytes={}".format) | st.from_regex(r"bytes=\d+-\d*")},
)


@settings(max_examples=400, deadline=None)
@given(urls, st.sampled_from(["POST", "GET", "HEAD", "PUT"]), headers, bodies)
def test_the_engine_never_breaks(url, method, sent, body):
    try:
        request = Request.to(url, method=method, headers=sent, body=body)
    except ValueError:  # not a URL at all
        return
    try:
        reply = PLATFORM.engine.handle(request)
    except MockError:
        return
    assert 200 <= reply.status < 500
    assert all(value.isascii() and value.isprintable() for value in reply.headers.values())
    if method != "HEAD" and "json" in reply.headers["content-type"]:
        assert isinstance(json.loads(reply.body)["result"], bool)
