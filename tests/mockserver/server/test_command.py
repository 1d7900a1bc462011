"""`wiromock serve`: one ready line, one sentence for whatever hinders it, a quiet end."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import metadata
from queue import SimpleQueue
from threading import Thread
from typing import ClassVar

import httpx
import pytest

from wiro import Wiro
from wiro.models.pruna import Vace
from wiromock.cli import main


@contextmanager
def started(*arguments: str, cwd=None):
    """A server process, and the address of its ready line."""
    command = [
        sys.executable,
        "-W",
        "error",
        "-c",
        "import sys; from wiromock.cli import main; sys.exit(main())",
    ]
    with subprocess.Popen(
        [*command, "serve", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
    ) as process:
        try:
            line = process.stdout.readline()
            address = re.search(r"http://\S+:\d+$", line.strip())
            assert address is not None, line + process.stderr.read()
            yield process, address[0]
        finally:
            process.kill()


@pytest.fixture
def http():
    with httpx.Client(timeout=60, trust_env=False) as opened:
        yield opened


def run(capsys, *arguments: str) -> tuple[int, str]:
    """Exit status and complaint of a command that cannot start."""
    status = main(["serve", *arguments])
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1, said.err
    return status, said.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_without_complaint_even_while_somebody_waits(http, number):
    with started() as (process, address):
        http.put(
            f"{address}/_mock/scenarios",
            json={"scenarios": [{"on_call": "TaskDetail", "then": [{"scenario": "hangs"}]}]},
        )
        with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as waiting:
            waiting.sendall(
                b"POST /v1/Task/Detail HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{}"
            )
            looks = (http.get(f"{address}/_mock/journal").text for _ in range(1000))
            assert any("TaskDetail" in journal for journal in looks)
            process.send_signal(number)
            rest, complaint = process.communicate(timeout=60)
            assert (process.returncode, rest, complaint) == (0, "", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--cors", "example.com"], "'example.com' is no origin; write a scheme and a host"),
        (["--allow-host", "http://app:80/"], "'http://app:80/' is no host name; write it without"),
        (["--allow-host", "app:80"], "'app:80' is no host name; write it without"),
        (["--webhooks-to", "http://app/hook"], "'http://app/hook' is no host name; write it"),
        (["--start", "nan"], "start is unix seconds, from 0 to "),
        (["--start", "1e300"], "start is unix seconds, from 0 to "),
    ],
)
def test_what_could_never_match_is_refused(capsys, words, said):
    status, complaint = run(capsys, "--port", "0", *words)
    assert status == 2
    assert said in complaint


class Strict(BaseHTTPRequestHandler):
    """A receiver of webhooks that refuses what is older, or newer, than five minutes by its own clock."""

    ages: ClassVar["SimpleQueue[float]"] = SimpleQueue()

    def do_POST(self):
        (task,) = json.loads(self.rfile.read(int(self.headers["content-length"])))["tasklist"]
        self.ages.put(
            max(abs(time.time() - float(task[name])) for name in ("createtime", "endtime"))
        )
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def test_its_times_and_signatures_are_those_of_today():
    """Receivers and clients that compare them with their own clocks find nothing odd."""
    words = ["--key", "k", "--secret", "s", "--reject-replays", "--look", "finish"]
    with (
        HTTPServer(("127.0.0.1", 0), Strict) as receiver,
        started(*words) as (_, address),
    ):
        Thread(target=receiver.serve_forever, daemon=True).start()
        hook = f"http://127.0.0.1:{receiver.server_port}/hook"
        socket_url = f"ws{address.removeprefix('http')}/v1"
        with Wiro(
            api_key="k", api_secret="s", base_url=f"{address}/v1", socket_url=socket_url
        ) as client:
            task = client.submit(Vace(prompt="x"), callback_url=hook)
            client.attach(Vace, token=task.token).wait()
        assert Strict.ages.get(timeout=60) < 300
        receiver.shutdown()


def test_it_says_its_version_and_what_is_missing(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert re.fullmatch(r"wiromock \d+\.\d+\S*\n", capsys.readouterr().out)
    assert main([]) == 2
    assert "name a command" in capsys.readouterr().err


def test_it_is_healthy_and_says_what_it_plays(http, tmp_path):
    with started(cwd=tmp_path) as (_, address):
        health = http.get(f"{address}/health").json()
        assert (health["status"], health["models"] > 60) == ("ok", True)


def test_it_serves_the_specs_it_is_given(http, tmp_path):
    with started(cwd=tmp_path) as (_, address):
        assert "pruna/vace" in http.get(f"{address}/models?q=vace").text


def test_speed_key_and_scenarios_are_obeyed(http, tmp_path):
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps({"scenarios": [{"then": [{"scenario": "refused", "code": 97}]}]}))
    with started("--key", "K", "--speed", "50", "--scenarios", str(rules)) as (_, address):
        run = {"url": f"{address}/v1/Run/pruna/vace", "json": {"prompt": "x"}}
        assert http.post(**run, headers={"x-api-key": "other"}).status_code == 401
        assert http.post(**run, headers={"x-api-key": "K"}).json()["errors"][0]["code"] == 97
        assert http.get(f"{address}/_mock/clock").json()["speed"] == 50
        http.post(f"{address}/_mock/reset")
        assert http.get(f"{address}/_mock/scenarios").json()["scenarios"]


def test_a_port_in_use_is_one_sentence(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert run(capsys, "--port", port) == (
            2,
            f"wiromock: port {port} of 127.0.0.1 is in use; choose another with --port, or --port 0 for any\n",
        )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--secret", "S"], "--secret needs --key"),
        (["--workers", "4"], "there is one process, always"),
        (["--host", "192.0.2.1", "--port", "0"], "cannot listen on 192.0.2.1"),
        (["--host", "no.such.host.invalid"], "no.such.host.invalid is no address"),
        (["--specs", "nowhere"], "there is no such specs folder"),
        (["--scenarios", "nowhere.json"], "nowhere.json cannot be read"),
        (["--port", "0", "--speed", "-1"], "speed is a number from 0"),
    ],
)
def test_what_hinders_it_is_one_sentence(capsys, arguments, said):
    status, complaint = run(capsys, *arguments)
    assert (status, said in complaint) == (2, True), complaint


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_is_none_is_refused(capsys, port):
    with pytest.raises(SystemExit):
        main(["serve", "--port", port])
    assert "--port" in capsys.readouterr().err


def test_a_scenario_file_with_a_mistake_says_where(capsys, tmp_path):
    rules = tmp_path / "rules.json"
    rules.write_text('{"scenarios": [{"then": [}]}')
    assert f"{rules}:1:" in run(capsys, "--scenarios", str(rules))[1]


def test_its_help_shows_examples(capsys):
    with pytest.raises(SystemExit):
        main(["serve", "--help"])
    said = capsys.readouterr().out
    for word in ("--port", "--speed", "WIRO_BASE_URL", "/_mock", "curl", "exit status"):
        assert word in said
    assert "--workers" not in said


@pytest.mark.parametrize("missing", ["uvicorn", "yaml", "respx"])
def test_a_missing_extra_is_one_sentence(missing, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(f"import sys; sys.modules[{missing!r}] = None")
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from wiromock.cli import main; sys.exit(main(['serve', '--port', '99999' if False else '0', '--speed', '-1']))",
        ],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    if missing != "respx":  # a server needs none
        assert "pip install 'wiro-client[mock]'" in done.stderr


def test_the_version_is_shown_for_the_asking(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"wiromock {metadata.version('wiro-client')}\n"


def test_the_lines_of_the_help_can_be_pasted(capsys):
    with pytest.raises(SystemExit):
        main(["serve", "--help"])
    assert "-H 'x-api-key: any' \\\n" in capsys.readouterr().out
