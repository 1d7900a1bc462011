"""`wiro run` and `wiro submit`: from options to results, with exit statuses that speak of money."""

import io
from pathlib import Path

import pytest

from wiro_runtime.cli import exit_code
from wiromock import ConnectionLost, Fails, MockWiro, Refused


@pytest.fixture
def mock():
    with MockWiro() as mock:
        yield mock


def sent(mock) -> dict:
    """The body of the only run."""
    (call,) = mock.journal.calls("Run")
    return call.body


def test_a_run_prints_the_address_of_what_it_made(wiro, mock):
    ran = wiro("run", "pruna/vace", "--prompt", "a deer")
    assert ran.status == exit_code.DONE
    assert ran.out.startswith("https://")
    assert ran.out.count("\n") == 1
    assert "USD" in ran.err
    assert mock.ledger.billed == 1


def test_text_of_a_language_model_is_the_result(wiro, mock):
    ran = wiro("run", "wiro/chat", "--prompt", "hi")
    assert ran.out.strip()
    assert "http" not in ran.out


def test_saved_files_are_named_on_standard_output(wiro, mock, tmp_path):
    ran = wiro("run", "pruna/vace", "--prompt", "a deer", "--save", "out")
    (path,) = map(Path, ran.out.splitlines())
    assert path.stat().st_size > 0
    assert path.parent.resolve() == tmp_path / "out"


def test_one_json_document_holds_task_cost_and_outputs(wiro, mock):
    document = wiro("run", "pruna/vace", "--prompt", "a deer", "--save", "out", "--json").document
    assert document["billed"] is True
    assert float(document["cost"]) > 0
    assert document["outputs"][0]["content_type"] == "video/mp4"
    assert len(document["saved"]) == 1


def test_events_are_lines_and_the_result_is_the_last(wiro, mock):
    lines = wiro("run", "pruna/vace", "--prompt", "a deer", "--json", "--events").lines
    kinds = [line["event"] for line in lines]
    assert (kinds[0], kinds[-1]) == ("Submitted", "Result")
    assert "Progress" in kinds
    assert "token" not in lines[0]


def test_a_dry_run_prints_the_body_and_sends_nothing(wiro, mock, tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"jpeg")
    ran = wiro("run", "pruna/vace", "--prompt", "x", "--input-image", "a.jpg", "--dry-run")
    assert ran.document["inputImage"] == ["file:a.jpg"]
    assert ran.document["frameNum"] == "81"
    assert mock.journal.calls() == []


@pytest.mark.parametrize(
    "words",
    [
        ("--prompt", "deer", "--frame-num", "49"),
        ("--set", "prompt=deer", "--set", "frameNum=49"),
        ("--set", "prompt=deer", "--set", "frame-num:=49"),
        ("--input", "inputs.json"),
        ("--input", "inputs.json", "--prompt", "deer", "--set", "frame_num=49"),
    ],
)
def test_inputs_come_from_options_assignments_and_files(wiro, mock, tmp_path, words):
    (tmp_path / "inputs.json").write_text('{"prompt": "deer", "frameNum": 49}')
    assert wiro("run", "pruna/vace", *words).status == exit_code.DONE
    assert (sent(mock)["prompt"], sent(mock)["frameNum"]) == ("deer", "49")


def test_options_win_over_assignments_and_those_over_the_file(wiro, mock, tmp_path):
    (tmp_path / "in.json").write_text('{"prompt": "file", "seed": 1, "ratio": "auto"}')
    wiro("run", "pruna/vace", "--input", "in.json", "--set", "seed=2", "--set", "ratio=9:16", "--ratio", "16:9")  # fmt: skip
    body = sent(mock)
    assert (body["prompt"], body["seed"], body["ratio"]) == ("file", "2", "16:9")


def test_long_text_is_read_from_a_file_or_standard_input(wiro, mock, tmp_path, monkeypatch):
    (tmp_path / "prompt.txt").write_text("from a file")
    assert wiro("run", "pruna/vace", "--prompt", "@prompt.txt", "--dry-run").document["prompt"] == "from a file"  # fmt: skip
    monkeypatch.setattr("sys.stdin", io.StringIO("from a pipe\n"))
    assert wiro("run", "pruna/vace", "--prompt", "-", "--dry-run").document["prompt"] == "from a pipe"  # fmt: skip
    assert wiro("run", "pruna/vace", "--prompt", "@@home", "--dry-run").document["prompt"] == "@home"  # fmt: skip


def test_files_are_paths_or_urls_and_may_be_several(wiro, mock, tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"jpeg")
    wiro("run", "pruna/vace", "--prompt", "x", "--input-image", "a.jpg", "--input-image", "https://example.com/b.png")  # fmt: skip
    first, second = sent(mock)["inputImage"]
    assert "/File/" in first
    assert second == "https://example.com/b.png"


def test_the_scheme_of_a_url_may_be_in_capitals(wiro):
    ran = wiro("run", "pruna/vace", "--prompt", "x", "--input-image", "HTTPS://example.com/b.png", "--dry-run")  # fmt: skip
    assert ran.status == 0, ran.err
    assert "HTTPS://example.com/b.png" in ran.out


def test_detach_prints_the_id_and_leaves_the_task_running(wiro, mock):
    ran = wiro("run", "pruna/vace", "--prompt", "x", "--detach")
    assert ran.out.strip().isdecimal()
    assert f"wiro attach pruna/vace {ran.out.strip()}" in ran.err
    assert mock.ledger.billed == 0


def test_a_model_without_options_takes_assignments(wiro):
    with MockWiro() as mock:
        ran = wiro("submit", "nobody/unknown", "--set", "prompt=x", "--json")
        assert ran.status == exit_code.NOT_STARTED
        assert mock.ledger.billed == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "vace"), "OWNER/MODEL"),
        (("run", "pruna/vace"), "--prompt"),
        (("run", "pruna/vace", "--promt", "x"), "--prompt"),
        (("run", "pruna/vace", "--prompt", "x", "--resolution", "9"), "480p"),
        (("run", "pruna/vace", "--prompt", "x", "--frame-num", "many"), "--frame-num"),
        (("run", "pruna/vace", "--prompt", "x", "--input-image", "none.jpg"), "none.jpg"),
        (("run", "pruna/vace", "--prompt", "@none.txt"), "none.txt"),
        (("run", "pruna/vace", "--set", "prompt"), "name=value"),
        (("run", "pruna/vace", "--set", "prompt:={"), "JSON"),
        (("run", "pruna/vace", "--input", "none.json"), "none.json"),
        (("run", "pruna/vace", "--prompt", "x", "--deadline", "0"), "--deadline"),
        (("frobnicate",), "frobnicate"),
    ],
)
def test_a_wrong_command_sends_nothing_and_says_what_is_wrong(wiro, mock, words, said):
    ran = wiro(*words)
    assert ran.status == exit_code.USAGE
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert mock.journal.calls() == []


class TestExitStatus:
    def test_a_failed_task_is_1_and_was_not_billed(self, wiro, mock):
        mock.on("pruna/vace").then(Fails(pexit="1", stderr="CUDA out of memory"))
        ran = wiro("run", "pruna/vace", "--prompt", "x")
        assert ran.status == exit_code.FAILED
        assert "CUDA out of memory" in ran.err
        assert ran.out == ""

    def test_a_refusal_is_3_and_nothing_was_started(self, wiro, mock):
        mock.on("pruna/vace").then(Refused(97))
        assert wiro("run", "pruna/vace", "--prompt", "x").status == exit_code.NOT_STARTED

    def test_a_lost_answer_is_4(self, wiro, mock):
        mock.on("pruna/vace").then(ConnectionLost(accepted=True))
        ran = wiro("run", "pruna/vace", "--prompt", "x")
        assert ran.status == exit_code.UNKNOWN
        assert "unknown" in ran.err

    def test_a_passed_deadline_is_5_and_says_how_to_go_on(self, wiro, mock):
        ran = wiro("run", "pruna/vace", "--prompt", "x", "--deadline", "3")
        assert ran.status == exit_code.DETACHED
        assert "wiro attach" in ran.err

    def test_ctrl_c_is_130_and_says_what_becomes_of_the_task(self, wiro, mock, monkeypatch):
        from wiro_runtime.cli.progress import NoProgress

        def interrupted(self, event):
            if type(event).__name__ == "Started":
                raise KeyboardInterrupt

        monkeypatch.setattr(NoProgress, "show", interrupted)
        ran = wiro("run", "pruna/vace", "--prompt", "x")
        assert ran.status == exit_code.INTERRUPTED
        assert "wiro attach pruna/vace 2221" in ran.err


def test_no_input_can_take_the_place_of_an_option_of_the_command():
    from wiro_runtime.cli import run as module
    from wiro_runtime.cli.arguments import OWN_OPTIONS

    options = [*module._own_options(), *module._submit_options()]
    assert {name for option in options for name in option.opts if name.startswith("--")} | {"--help"} == OWN_OPTIONS  # fmt: skip
