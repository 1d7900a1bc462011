"""Where documents come from: found before anything is read, bounded, and never trusted further."""

import http.server
import json
import os
import socket
import threading
import time

import pytest

from codegen.document import forms
from codegen.document.llms_writer import Item, write
from codegen.importing.test_damage import SPEC
from wirogen.cli import main
from wirogen.document.detect import MAX_BYTES
from wirogen.errors import DocumentError, UsageError
from wirogen.source.find import File, StandardInput, find
from wirogen.source.https import Download, check_url
from wirogen.source.platform import Platform, PlatformTool
from wirogen.spec.file import read_model
from wiromock import MockWiro

KEY, SECRET = "wk_demo_key_0123456789", "ws_demo_secret_abcdef"


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing: the tests read what the command says."""

    def do_GET(self):
        self.server.asked.append(self.path)
        self.server.answer(self)

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        self.server.posted.append((dict(self.headers), json.loads(self.rfile.read(length))))
        self.server.answer(self)

    def reply(self, body, status=200, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def server(monkeypatch):
    """A server on this machine; a test sets what it answers."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.asked, made.posted = [], []
    made.base = f"http://127.0.0.1:{made.server_port}"
    thread = threading.Thread(target=made.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def text():
    return write([Item("a")]).encode()


def fetch(url):
    return Download(url, allow_http=True).data


class TestFound:
    def test_files_folders_and_standard_input(self, tmp_path):
        (tmp_path / "deep/er").mkdir(parents=True)
        (tmp_path / ".git").mkdir()
        for name in ("b.txt", "deep/er/a.JSON", "deep/README.md", ".git/c.txt", "deep/.d.txt"):
            (tmp_path / name).write_text("x", "utf-8")
        files = [*find(str(tmp_path))]
        assert [str(file.path.relative_to(tmp_path)) for file in files] == [
            "b.txt",
            "deep/er/a.JSON",
        ]
        assert [*find(str(tmp_path / "deep/README.md"))] == [File(tmp_path / "deep/README.md")]
        assert [*find("-")] == [StandardInput()]

    def test_what_exists_is_a_file_even_if_it_looks_like_a_model(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        assert isinstance(next(find("pruna/vace")), PlatformTool)
        (tmp_path / "pruna").mkdir()
        (tmp_path / "pruna/vace").write_text("x", "utf-8")
        assert isinstance(next(find("pruna/vace")), File)

    @pytest.mark.parametrize("name", ["x", "a/b/c", "a/b.json", "./a", "a/.b", "../x", "a\\b/c"])
    def test_what_is_neither_file_nor_model_is_named(self, name, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        with pytest.raises(UsageError, match="there is no such file or folder"):
            [*find(name)]

    def test_an_owner_alone_is_told_how_a_model_is_named(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        with pytest.raises(UsageError) as refusal:
            [*find("pruna")]
        said = "pruna: there is no such file or folder; ask the platform by owner/model"
        assert str(refusal.value) == said

    def test_a_pipe_is_refused_and_not_waited_for(self, tmp_path):
        os.mkfifo(tmp_path / "pipe.txt")
        with pytest.raises(DocumentError, match="is not a regular file; pipe it in"):
            _ = File(tmp_path / "pipe.txt").data
        with pytest.raises(UsageError, match="no \\.txt or"):
            [*find(str(tmp_path))]


class TestUrls:
    @pytest.mark.parametrize(
        ("url", "would_do"),
        [
            ("http://wiro.ai/x", True),
            ("https://localhost:8000/x", True),
            ("https://wiro.ai:8443/x", True),
            ("ftp://wiro.ai/x", False),
            ("http://user:secret@wiro.ai/x", False),
        ],
    )
    def test_a_refusal_names_the_option_that_would_let_it_pass(self, url, would_do):
        with pytest.raises(DocumentError) as refusal:
            [*find(url)]
        assert ("or give --allow-http if the server is your own" in str(refusal.value)) is would_do

    @pytest.mark.parametrize(
        ("url", "says"),
        [
            ("http://wiro.ai/x", "only https:// is fetched"),
            ("ftp://wiro.ai/x", "only https:// is fetched"),
            ("file:///etc/passwd", "only https:// is fetched"),
            ("https://user:secret@wiro.ai/", "holds a user name or a password"),
            ("https://api.wiro.ai@evil.example/", "holds a user name or a password"),
            ("https://", "names no host"),
            ("https://127.0.0.1/x", "'127.0.0.1' is no public host name"),
            ("https://169.254.169.254/latest", "is no public host name"),
            ("https://[::1]/x", "is no public host name"),
            ("https://[fe80::1%25eth0]/x", "is no public host name"),
            ("https://2130706433/x", "is no public host name"),
            ("https://0x7f.1/x", "is no public host name"),
            ("https://127.1/x", "is no public host name"),
            ("https://localhost/x", "is no public host name"),
            ("https://LOCALHOST./x", "is no public host name"),
            ("https://a.localhost/x", "is no public host name"),
            ("https://intranet/x", "is no public host name"),
            ("https://db.internal/x", "is no public host name"),
            ("https://wiro.ai:8443/x", "port 8443 is not that of https"),
            ("https://wiro.ai:99999/x", "is no URL"),
            ("https://wiro.ai/a b", "holds blanks"),
            ("https://wiro.ai/\r\nHost: x", "holds blanks"),
            ("https://wiro.ai\\@evil.example/", "holds blanks or characters"),
        ],
    )
    def test_a_url_not_to_be_trusted_is_refused_before_it_is_asked(self, url, says):
        with pytest.raises(DocumentError, match=says) as caught:
            [*find(url)]
        assert "secret" not in str(caught.value)
        with pytest.raises(DocumentError, match=says):
            _ = Download(url).data

    def test_public_hosts_are_fine(self):
        for url in ("https://wiro.ai/models/a/b/llms.txt", "https://wiro.ai:443/x?y#z"):
            check_url(url)

    def test_a_document_is_fetched_without_credentials(self, server, text):
        server.answer = lambda handler: handler.reply(text)
        assert fetch(f"{server.base}/llms.txt") == text
        assert server.asked == ["/llms.txt"]

    def test_redirects_stay_on_the_host(self, server, text):
        def answer(handler):
            if handler.path == "/new":
                handler.reply(text)
            else:
                handler.reply(b"", 302, Location="/new")

        server.answer = answer
        assert fetch(f"{server.base}/old") == text

    @pytest.mark.parametrize(
        ("location", "says"),
        [
            ("http://localhost:1/x", "leads to another host, 'localhost'"),
            ("https://127.0.0.1/x", "leads to another host"),
            ("//evil.example/x", "leads to another host, 'evil.example'"),
            ("/again", "leads through more than 5 redirects"),
            ("file:///etc/passwd", "leads to another host"),
        ],
    )
    def test_redirects_elsewhere_are_refused(self, server, location, says):
        server.answer = lambda handler: handler.reply(b"", 302, Location=location)
        with pytest.raises(DocumentError, match=says):
            fetch(f"{server.base}/old")

    @pytest.mark.parametrize("status", [404, 500])
    def test_an_answer_without_a_document_is_named(self, server, status):
        server.answer = lambda handler: handler.reply(b"", status)
        with pytest.raises(DocumentError, match=f"the server answered {status}"):
            fetch(f"{server.base}/x")

    def test_no_more_is_read_than_a_document_may_have(self, server):
        def answer(handler):
            handler.send_response(200)
            handler.end_headers()
            try:
                for _ in range(100):
                    handler.wfile.write(b" " * 1024 * 1024)
            except OSError:
                server.asked.append("the reader disconnected")

        server.answer = answer
        assert MAX_BYTES < len(fetch(f"{server.base}/x")) < MAX_BYTES + 1024 * 1024

    def test_an_answer_that_trickles_ends_at_the_deadline(self, server, monkeypatch):
        def answer(handler):
            handler.send_response(200)
            handler.end_headers()
            try:
                for _ in range(6000):  # a minute
                    handler.wfile.write(b"x")
                    time.sleep(0.01)
            except OSError:
                return

        server.answer = answer
        monkeypatch.setattr("wirogen.source.https.SECONDS", 0.1)
        with pytest.raises(DocumentError, match="was not there after"):
            fetch(f"{server.base}/x")

    def test_a_compressed_answer_is_refused(self, server):
        server.answer = lambda handler: handler.reply(b"\x1f\x8b", Content_Encoding="gzip")
        with pytest.raises(DocumentError, match="compressed"):
            fetch(f"{server.base}/x")

    def test_a_server_that_is_not_there_is_named(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{unused.getsockname()[1]}/x"
            with pytest.raises(DocumentError, match="cannot be fetched"):
                fetch(url)


class TestPlatform:
    def platform(self, server, **secrets):
        names = {"key": "WIRO_API_KEY", "secret": "WIRO_API_SECRET"}
        environment = {names[name]: value for name, value in secrets.items()}
        return Platform.from_environment({"WIRO_BASE_URL": f"{server.base}/v1", **environment})

    def test_the_catalog_is_asked_without_a_key(self, server):
        reply = forms.as_tool(SPEC).encode()
        server.answer = lambda handler: handler.reply(reply)
        assert PlatformTool("acme/model", self.platform(server)).data == reply
        headers, body = server.posted[0]
        assert body == {"slugowner": "acme", "slugproject": "model"}
        assert not any(name.lower().startswith("x-") for name in headers)

    def test_a_key_is_sent_and_a_secret_signs(self, server):
        server.answer = lambda handler: handler.reply(b"{}")
        for secrets in ({"key": f" {KEY}\n"}, {"key": KEY, "secret": SECRET}):
            _ = PlatformTool("acme/model", self.platform(server, **secrets)).data
        plain, signed = ({name.lower(): value for name, value in request.items()}
                         for request, _ in server.posted)  # fmt: skip
        assert plain["x-api-key"] == signed["x-api-key"] == KEY
        assert "x-signature" not in plain
        assert signed["x-nonce"].isdigit()
        assert len(signed["x-signature"]) == 64

    def test_the_signature_is_that_of_the_worked_example(self, server, monkeypatch):
        monkeypatch.setattr("time.time_ns", lambda: 1734513807 * 1_000_000)
        headers = self.platform(server, key=KEY, secret=SECRET).headers()
        assert headers["x-nonce"] == "1734513807"
        assert headers["x-signature"] == (
            "f894fa569688bf04d4730cfef9aa9efcf18a572b2521f615f1d4e972ec329dbf"
        )

    def test_credentials_are_in_no_text(self, server):
        platform = self.platform(server, key=KEY, secret=SECRET)
        tool = PlatformTool("acme/model", platform)
        assert KEY not in f"{platform!r} {tool!r} {tool.name}"
        assert SECRET not in f"{platform!r} {tool!r} {tool.name}"

    def test_a_base_url_that_would_carry_the_key_in_the_open_is_refused(self):
        said = "only https:// is fetched; set WIRO_BASE_URL to the platform's https:// URL"
        with pytest.raises(UsageError, match=said):
            Platform.from_environment({"WIRO_BASE_URL": "http://api.example.com/v1"})

    def test_a_failure_that_is_no_answer_is_named(self, server):
        server.answer = lambda handler: handler.reply(b"<html>", 502)
        with pytest.raises(DocumentError, match="the platform answered 502"):
            _ = PlatformTool("acme/model", self.platform(server)).data


class TestMock:
    def test_the_simulated_platform_answers_with_a_document(self, tmp_path, root, monkeypatch):
        monkeypatch.setenv("WIRO_API_KEY", "test")
        with MockWiro():
            assert main(["import", "pruna/vace", "--specs", str(tmp_path)]) == 0
        made = read_model(tmp_path / "models/pruna/vace.yaml")
        shipped = read_model(root / "specs/models/pruna/vace.yaml")
        assert made.source.form == "tool-detail"
        assert (made.title, made.categories) == (shipped.title, shipped.categories)
        for field, other in zip(made.inputs, shipped.inputs, strict=True):
            assert (field.name, field.type, field.help) == (other.name, other.type, other.help)
            assert field.options == other.options


class TestImport:
    """The command, from end to end."""

    @pytest.fixture
    def here(self, tmp_path, monkeypatch, server):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("WIRO_BASE_URL", f"{server.base}/v1")
        monkeypatch.setenv("WIRO_API_KEY", KEY)
        return tmp_path

    def test_a_model_is_asked_of_the_platform(self, here, server, capsys):
        server.answer = lambda handler: handler.reply(forms.as_tool(SPEC).encode())
        assert main(["import", "acme/model"]) == 0
        assert (
            "acme/model: created specs/models/acme/model.yaml (5 inputs)" in capsys.readouterr().out
        )
        assert "form: tool-detail" in (here / "specs/models/acme/model.yaml").read_text("utf-8")

    def test_a_refusal_is_reported_in_the_platforms_own_words(self, here, server, capsys):
        refusal = (
            b'{"result": false, "errors": [{"code": 1, "message": "slug-owner-project-not-exist"}]}'
        )
        server.answer = lambda handler: handler.reply(refusal, 401)
        assert main(["import", "acme/none"]) == 3
        said = capsys.readouterr().err
        assert "the platform refused: slug-owner-project-not-exist" in said
        assert KEY not in said

    def test_one_failure_among_many_names_it_and_writes_the_others(
        self, here, server, text, capsys
    ):
        (here / "good.txt").write_bytes(text)
        server.answer = lambda handler: handler.reply(b"", 404)
        url = f"{server.base}/llms.txt"
        assert main(["import", "good.txt", url, "--allow-http"]) == 3
        assert capsys.readouterr().err.startswith(f"wirogen: {url}: the server answered 404")
        assert (here / "specs/models/acme/model.yaml").is_file()

    def test_a_server_of_ones_own_needs_the_flag(self, here, server, text, capsys):
        server.answer = lambda handler: handler.reply(text)
        url = f"{server.base}/llms.txt"
        assert main(["import", url]) == 3
        assert main(["import", url, "--allow-http"]) == 0
        assert "acme/model: created" in capsys.readouterr().out
