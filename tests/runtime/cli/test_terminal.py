"""The command in a real terminal: Ctrl-C at every stage, windows that change, no colour, pipes."""

import copy
import os
import re
import shutil
import subprocess
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from runtime.cli.terminal import ERASED, Terminal, until, variables, width
from transcripts import server as transcripts
from wiromock import Hangs
from wiromock.server.running_mock import run_server

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="there are no pseudo terminals here"),
    # pexpect forks; the server's thread holds no lock that the new program needs.
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning"),
]
RUN = 'wiro run pruna/vace --prompt "a deer in snow"'
CTRL_C = "\x03"


@pytest.fixture(scope="module")
def _server():
    with run_server(speed=0) as server:
        yield server


@pytest.fixture
def server(_server):
    """`wiromock serve`, as new; time stands still."""
    _server.reset()
    _server.engine.clock.speed = 0
    return _server


@pytest.fixture
def settings(server, tmp_path):
    """What the environment of a command says."""
    return addresses(server.base_url, tmp_path) | {"WIRO_SOCKET_URL": server.socket_url}


def addresses(base_url, folder):
    config = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config")}
    return {"WIRO_API_KEY": "key", "WIRO_BASE_URL": base_url, **config}


@pytest.fixture
def terminal(settings, tmp_path):
    """Start a line in a terminal."""
    return partial(Terminal, cwd=tmp_path, **settings)


@pytest.fixture
def shell(settings, tmp_path):
    """Run a line without a terminal."""

    def shell(line):
        return subprocess.run(
            ["bash", "-c", line], cwd=tmp_path, env=variables(**settings),
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    return shell


class TestCtrlC:
    def test_while_it_asks_for_the_price_nothing_was_started(self, server, terminal):
        server.on_call("ToolDetail").then(Hangs(), after="repeat")
        asking = terminal(RUN)
        until(lambda: server.journal.calls("ToolDetail"))
        asking.press(CTRL_C)
        assert asking.end() == 130
        assert asking.screen[-1] == "Interrupted."
        assert server.journal.calls("Run") == []

    def test_while_it_uploads_nothing_was_started(self, server, terminal, tmp_path):
        (tmp_path / "a.jpg").write_bytes(b"jpeg")
        server.on_call("FileUpload").then(Hangs(), after="repeat")
        uploading = terminal(f"{RUN} --input-image a.jpg")
        until(lambda: server.journal.calls("FileUpload"))
        uploading.press(CTRL_C)
        assert uploading.end() == 130
        assert uploading.screen[-1] == "Interrupted before anything was started."
        assert server.journal.calls("Run") == []

    def test_before_the_answer_to_the_run_it_says_where_to_look(self, server, terminal, shell):
        server.on("pruna/vace").then(Hangs(accepted=True))
        sending = terminal(RUN)
        until(lambda: server.journal.calls("Run"))
        sending.press(CTRL_C)
        assert sending.end() == 130
        assert "unknown" in " ".join(sending.screen)
        looked = shell(sending.suggested)
        assert looked.returncode == 0, looked.stderr
        assert "2221" in looked.stdout

    def test_before_the_answer_to_a_keyed_run_the_same_line_goes_on(self, server, terminal, shell):
        server.on("pruna/vace").then(Hangs(accepted=True), after="pass_through")
        marked = "--callback-url http://127.0.0.1:9/scene-1"  # by which the task is known
        sending = terminal(f"{RUN} --key scene-1 --journal runs.sqlite {marked}")
        until(lambda: server.journal.calls("Run"))
        sending.press(CTRL_C)
        assert sending.end() == 130
        server.engine.clock.speed = 1000
        again = shell(sending.suggested)
        assert again.returncode == 0, again.stderr
        assert len(server.journal.calls("Run")) == 1

    @pytest.mark.parametrize("more", ["", "--save 'my videos'", "--save out --name '{index}{ext}'", "--json"])  # fmt: skip
    def test_while_the_task_runs_the_line_picks_it_up(self, server, terminal, shell, tmp_path, more):  # fmt: skip
        waiting = terminal(f"{RUN} {more}")
        waiting.wait_for("submitted")
        waiting.press(CTRL_C)
        assert waiting.end() == 130
        assert "runs on" in " ".join(waiting.screen)
        assert waiting.suggested == f"wiro attach pruna/vace 2221 {more}".strip()
        server.engine.clock.speed = 1000
        picked_up = shell(waiting.suggested)
        assert picked_up.returncode == 0, picked_up.stderr
        assert picked_up.stdout
        if "my videos" in more:
            assert Path(tmp_path / picked_up.stdout.strip()).parent.name == "my videos"
        assert server.ledger.billed == 1

    def test_it_can_stop_the_task(self, server, terminal):
        waiting = terminal(f"{RUN} --on-abandon cancel")
        waiting.wait_for("submitted")
        waiting.press(CTRL_C)
        assert waiting.end() == 130
        assert waiting.screen[-1] == "Task 2221 was asked to stop."
        server.engine.clock.speed = 1000
        assert server.ledger.billed == 0

    @pytest.mark.parametrize("command", ["attach", "events"])
    def test_while_it_follows_a_task_the_line_follows_it_again(self, server, terminal, shell, command):  # fmt: skip
        task = shell(RUN.replace("run", "submit", 1)).stdout.strip()
        following = terminal(f"wiro {command} pruna/vace {task}")
        until(lambda: server.journal.calls("TaskDetail"))
        if command == "attach":
            following.wait_for(ERASED)
        following.press(CTRL_C)
        assert following.end() == 130
        assert following.suggested == f"wiro {command} pruna/vace {task}"
        server.engine.clock.speed = 1000
        assert shell(following.suggested).returncode == 0

    def test_a_batch_goes_on_with_the_same_line(self, server, terminal, shell, tmp_path):
        (tmp_path / "jobs.jsonl").write_text(
            '{"custom_id": "1", "inputs": {"prompt": "a"}}\n{"custom_id": "2", "inputs": {"prompt": "b"}}\n'
        )
        line = "wiro batch jobs.jsonl --out done.jsonl --model pruna/vace --journal runs.sqlite"
        running = terminal(line)
        running.wait_for("2 running")
        running.press(CTRL_C)
        assert running.end() == 130
        assert running.suggested == line
        server.engine.clock.speed = 1000
        assert shell(line).returncode == 0
        assert (tmp_path / "done.jsonl").read_text().count("\n") == 2
        assert server.ledger.billed == 2

    def test_while_it_saves_the_line_fetches_the_rest(self, tmp_path):
        with stalling() as files:
            settings = addresses(files.base_url, tmp_path)
            saving = Terminal(f"{RUN} --save out", cwd=tmp_path, **settings)
            until(lambda: is_half_saved(tmp_path / "out"))
            saving.press(CTRL_C)
            assert saving.end() == 130
            assert "done" in " ".join(saving.screen)
            files.may_end.set()
            fetched = subprocess.run(
                ["bash", "-c", saving.suggested], cwd=tmp_path, env=variables(**settings),
                capture_output=True, text=True, check=False,
            )  # fmt: skip
        assert fetched.returncode == 0, fetched.stderr
        saved = [tmp_path / line for line in fetched.stdout.splitlines()]
        assert len(saved) == 2
        assert sorted(saved) == sorted((tmp_path / "out").iterdir())
        assert {path.read_bytes() for path in saved} == {transcripts.CONTENT}
        assert [path for path, _, _ in files.seen].count("/v1/Run/pruna/vace") == 1


class _Stalling(transcripts._Handler):
    """Sends the second file by half, and the rest when it may."""

    def _send(self, status, content_type, body):
        if "second" in self.path:
            self.send_response(status)
            self.send_header("content-type", content_type)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[:1000])
            self.wfile.flush()
            self.server.may_end.wait()
            body = body[1000:]
            try:
                self.wfile.write(body)
            except OSError:
                self.close_connection = True
        else:
            super()._send(status, content_type, body)


class stalling:  # noqa: N801 - reads as the verb it is
    """The server of the transcripts, whose task has two files."""

    def __enter__(self):
        self._context = transcripts.serve()
        server = self._context.__enter__()
        whole = server.reply

        def two(path):
            reply = copy.deepcopy(whole(path))
            if path == "/v1/Task/Detail":
                (output,) = reply["tasklist"][0]["outputs"]
                second = {"name": "second.png", "url": output["url"].replace("0.png", "second.png")}
                assert second["url"] != output["url"]
                reply["tasklist"][0]["outputs"].append(output | second)
            return reply

        server.reply = two
        server.RequestHandlerClass = _Stalling
        server.may_end = Event()
        self._server = server
        return server

    def __exit__(self, *failure):
        self._server.may_end.set()
        self._context.__exit__(*failure)


def is_half_saved(folder):
    names = [path.name for path in folder.iterdir()] if folder.exists() else []
    return len(names) == 2 and len([name for name in names if name.endswith(".part")]) == 1


class TestWindow:
    def test_the_moving_line_fits_whatever_the_window_becomes(self, terminal):
        waiting = terminal(RUN)
        waiting.wait_for("submitted")
        for columns in (80, 40, 200, 12, 80):
            pictures = waiting.resize(columns)
            assert {width(picture) < columns for picture in pictures} == {True}
            # From the line's beginning one erasure takes all pieces of a line that the window broke.
            assert {picture.endswith("\r") for picture in pictures} == {True}
        waiting.press(CTRL_C)
        assert waiting.end() == 130

    def test_a_picture_that_meets_a_narrower_window_is_cut_and_leaves_no_pieces(self, terminal):
        waiting = terminal(RUN, columns=80)
        waiting.wait_for("submitted")
        for _ in range(3):
            waiting.wait_for(ERASED)
        for columns in (40, 12):
            assert len(waiting.seen_by(columns)) <= 1
        waiting.press(CTRL_C)
        assert waiting.end() == 130
        sentences = waiting.seen_by(40)
        assert max(map(len, sentences)) == 40, "what is no picture goes on in the next line"

    @pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
    def test_a_terminal_that_breaks_lines_anew_keeps_no_pieces(self, settings, tmp_path):
        tmux = partial(_tmux, tmp_path / "tmux", variables(**settings))
        tmux("-f", "/dev/null", "new-session", "-d", "-x", "200", "-y", "24", f"{RUN}; read")
        try:
            until(lambda: "submitted" in tmux("capture-pane", "-p"))
            for columns in (80, 40, 200):
                before = tmux("capture-pane", "-p")
                tmux("resize-window", "-x", str(columns), "-y", "24")
                until(lambda: tmux("capture-pane", "-p") != before)  # noqa: B023 - asked at once
                until(lambda: _whole_lines(tmux("capture-pane", "-p")) == 1)
        finally:
            tmux("kill-server")

    def test_sentences_break_between_words(self, server, terminal):
        waiting = terminal(RUN, columns=50)
        waiting.wait_for("submitted")
        waiting.press(CTRL_C)
        waiting.end()
        (sentence,) = re.findall(r"Task 2221 .*with:", " ".join(waiting.screen))
        assert sentence == "Task 2221 runs on, and is billed if it succeeds. Pick it up again with:"


def _tmux(socket, environment, *words):
    done = subprocess.run(
        ["tmux", "-S", socket, *words], env=environment, capture_output=True, text=True, check=False
    )
    return done.stdout


def _whole_lines(screen):
    """How many lines show the run, or a piece of it."""
    return sum(1 for line in screen.splitlines() if re.search("pruna/vace 2221|submitted|━", line))


class TestColour:
    def test_none_where_none_is_wanted(self, server, terminal):
        server.engine.clock.speed = 1000
        done = terminal(RUN, NO_COLOR="1")
        assert done.end() == 0
        assert not re.search(r"\x1b\[[0-9;]*\b(3[0-8]|4[0-8]|9[0-7])[;m]", done.written)

    def test_a_dumb_terminal_is_not_steered(self, server, terminal):
        server.engine.clock.speed = 1000
        done = terminal(RUN, TERM="dumb")
        assert done.end() == 0
        assert "\x1b" not in done.written


class TestPipes:
    def test_a_pipe_gets_the_result_and_nothing_else(self, server, terminal, tmp_path):
        server.engine.clock.speed = 1000
        done = terminal(f"{RUN} --save out > paths.txt")
        assert done.end() == 0
        (path,) = (tmp_path / "paths.txt").read_text().splitlines()
        assert (tmp_path / path).is_file()
        assert ERASED in done.written

    def test_events_go_to_the_pipe_though_a_line_moves_on_the_terminal(self, server, terminal, tmp_path):  # fmt: skip
        server.engine.clock.speed = 1000
        done = terminal(f"{RUN} --json --events > events.jsonl")
        assert done.end() == 0
        written = (tmp_path / "events.jsonl").read_text()
        assert written.startswith('{"event": "Submitted"')
        assert '"event"' not in done.written
        assert "\x1b" not in written

    def test_events_on_the_terminal_are_whole_lines(self, server, terminal):
        server.engine.clock.speed = 1000
        done = terminal(f"{RUN} --json --events", columns=4000)
        assert done.end() == 0
        shown = [line for line in done.screen if '"event"' in line]
        assert {line[0] + line[-1] for line in shown} == {"{}"}

    def test_whoever_stops_reading_is_no_error(self, terminal, shell):
        done = shell("wiro models | head -1; echo ${PIPESTATUS[0]}")
        assert done.stdout.splitlines()[-1] == "0"
        assert done.stderr == ""
