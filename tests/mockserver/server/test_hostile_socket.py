"""Whatever arrives on a socket is answered, ends no server, and is no error in its log."""

import base64
import json
import os
import re
import socket
import struct
import subprocess
import sys

import httpx
import pytest

SECONDS = 60
ABRUPT = struct.pack("ii", 1, 0)
SERVE = "import sys; from wiromock.cli import main; sys.exit(main())"


@pytest.fixture(scope="module")
def server():
    """A server process, whose error output is empty in the end."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        address = re.search(r"http://([\d.]+):(\d+)", process.stdout.readline())
        yield address[1], int(address[2])
        process.terminate()
        assert process.stderr.read() == ""


def handshake(server, path="/v1", **changed):
    headers = {
        "Host": "{}:{}".format(*server),
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        "Sec-WebSocket-Version": "13",
    } | {name.replace("_", "-"): value for name, value in changed.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode()


def frame(opcode, content, *, last=True, masked=True, reserved=0):
    length, mask = len(content), 0x80 if masked else 0
    size = (
        bytes([mask | length]) if length < 126 else bytes([mask | 127]) + struct.pack("!Q", length)
    )
    head = bytes([(0x80 if last else 0) | reserved | opcode]) + size
    return head + (bytes(4) if masked else b"") + content  # a mask of zeros changes nothing


@pytest.fixture
def opened(server):
    with socket.create_connection(server, timeout=SECONDS) as wire:
        wire.sendall(handshake(server))
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += wire.recv(1)
        assert b" 101 " in head
        yield wire


def close_code(wire):
    """The code with which the server closes; pongs that come before do not count."""
    with wire.makefile("rb") as stream:
        while head := stream.read(2):
            content = stream.read(head[1])
            if head[0] == 0x88:
                return struct.unpack("!H", content[:2])[0]
    return None


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (frame(1, b"\xff\xfe"), 1007),
        (frame(1, b"\xe2\x82", last=False) + frame(0, b"x"), 1007),
        (frame(1, b"x", masked=False), 1002),
        (frame(1, b"x", reserved=0x40), 1002),
        (frame(5, b"x"), 1002),
        (frame(0, b"x"), 1002),
        (frame(8, b"\x00\x01"), 1002),
        (b"\x81\xff" + struct.pack("!Q", 1 << 62) + bytes(4), 1009),
        (frame(9, b"x" * 125) * 200 + frame(8, b"\x03\xe8"), 1000),
        (frame(1, b'{"type": "task_info", "tasktoken": "\\ud800"}') * 3, 1008),
    ],
)
def test_what_is_no_message_closes_its_own_connection(opened, sent, code):
    opened.sendall(sent)
    assert close_code(opened) == code


@pytest.mark.parametrize(
    "sent",
    [
        "[" * 100_000,
        '{"type": {"a": []}, "tasktoken": "x"}',
        '{"type": "task_info", "tasktoken": ["x"]}',
        '{"type": "task_info", "tasktoken": ' + "9" * 5_000 + "}",
        "NaN",
    ],
)
def test_what_is_not_understood_leaves_the_connection_as_it_is(server, opened, sent):
    opened.sendall(frame(1, sent.encode()) + frame(2, sent.encode()))
    run = httpx.post(
        "http://{}:{}/v1/Run/pruna/vace".format(*server),
        json={"prompt": "a deer"},
        headers={"x-api-key": "any"},
        timeout=SECONDS,
        trust_env=False,
    ).json()
    said = {"type": "task_info", "tasktoken": run["socketaccesstoken"]}
    opened.sendall(frame(1, json.dumps(said).encode()))
    with opened.makefile("rb") as stream:
        assert stream.read(1) == b"\x81"
        assert b"task_queue" in stream.read(60)


@pytest.mark.parametrize(
    ("path", "changed", "status"),
    [
        ("/nope", {}, 404),
        ("/v1/Run", {}, 404),
        ("/v1%ED%A0%80", {}, 404),
        ("/v1", {"Sec_WebSocket_Key": "short"}, 400),
        ("/v1", {"Sec_WebSocket_Version": "99"}, 400),
        ("/v1", {"Sec_WebSocket_Extensions": ";;,="}, 400),
        ("/v1", {"Host": "evil.example"}, 403),
    ],
)
def test_a_handshake_that_cannot_be_is_refused(server, path, changed, status):
    with socket.create_connection(server, timeout=SECONDS) as wire:
        wire.sendall(handshake(server, path, **changed))
        with wire.makefile("rb") as stream:
            assert stream.readline().startswith(b"HTTP/1.1 %d " % status)
            stream.read()  # to the end, which the server makes


@pytest.mark.parametrize("when", ["before the answer", "after half of the request"])
def test_whoever_disconnects_disturbs_nobody(server, when):
    for _ in range(20):
        with socket.create_connection(server, timeout=SECONDS) as wire:
            request = handshake(server)
            wire.sendall(request if when == "before the answer" else request[:60])
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABRUPT)
    health = httpx.get("http://{}:{}/health".format(*server), timeout=SECONDS, trust_env=False)
    assert health.status_code == 200
