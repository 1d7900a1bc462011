"""Outputs are saved where and as the caller says, shown in notebooks, and survive a process boundary."""

import asyncio
import copy
import dataclasses
import json
import pickle
from typing import Any

import pytest

from runtime.models import Vace
from runtime.replies import TOKEN
from wiro_runtime import errors
from wiro_runtime.client.outputs import AsyncOutputs, Outputs
from wiro_runtime.client.result import AsyncMediaResult, MediaResult, TextResult
from wiro_runtime.driver import local
from wiro_runtime.flow.effect import (
    CloseSocket,
    Download,
    Downloaded,
    Gather,
    Local,
    OpenDownload,
    OpenedDownload,
    ReceiveFrame,
    Sleep,
)
from wiro_runtime.task.snapshot import TaskSnapshot

CONTENT = b"0123456789"


def perform(flow: Any) -> Any:
    """Perform a flow against a host that has every file, with a real disk."""
    answer = None
    while True:
        try:
            effect = flow.send(answer)
        except StopIteration as done:
            return done.value
        match effect:
            case Download(into=into):
                assert into.begin(200, {})
                into.take(CONTENT)
                answer = Downloaded(200, {})
            case OpenDownload():
                answer = OpenedDownload(Downloaded(200, {}), iter([CONTENT, b""]))
            case ReceiveFrame(socket):
                answer = next(socket)
            case CloseSocket():
                answer = None
            case Gather(flows):
                answer = [perform(flow) for flow in flows]
            case Local():
                answer = local.perform(effect)
            case Sleep():
                answer = None


async def perform_async(flow: Any) -> Any:
    return perform(flow)


def a_task(*names: str, **fields: Any) -> TaskSnapshot:
    files = [
        {
            "name": name,
            "contenttype": "video/mp4",
            "size": "10",
            "url": f"https://cdn.example/{name}",
        }
        for name in names
    ]
    stated = {"id": "2221", "status": "task_postprocess_end", "pexit": "0", "totalcost": "0.5"}
    return TaskSnapshot.from_wire(
        {**stated, "socketaccesstoken": TOKEN, "outputs": files, **fields}
    )


def outputs(*names: str, **fields: Any) -> Outputs:
    return Outputs(a_task(*names, **fields), perform)


class TestOneOutput:
    def test_it_is_saved_to_the_name_that_is_given(self, tmp_path):
        path = outputs("0.mp4")[0].save(tmp_path / "new" / "deer.mp4")
        assert path == tmp_path / "new" / "deer.mp4"
        assert path.read_bytes() == CONTENT

    def test_a_folder_gets_the_platforms_name(self, tmp_path):
        assert outputs("0.mp4")[0].save(tmp_path) == tmp_path / "0.mp4"
        assert outputs("0.mp4")[0].save(f"{tmp_path}/new/") == tmp_path / "new" / "0.mp4"

    def test_a_name_that_is_taken_is_decided_upon(self, tmp_path):
        target = tmp_path / "a.mp4"
        target.write_bytes(b"old")
        output = outputs("0.mp4")[0]
        assert output.save(target) == tmp_path / "a-2.mp4"
        assert output.save(target, on_conflict="overwrite").read_bytes() == CONTENT
        with pytest.raises(FileExistsError):
            output.save(target, on_conflict="error")

    def test_its_bytes_come_in_pieces(self):
        assert list(outputs("0.mp4")[0].iter_bytes(chunk_size=4)) == [b"0123", b"4567", b"89"]

    def test_an_answer_has_no_file_to_save(self, tmp_path):
        answer = {"contenttype": "raw", "name": "answer", "content": {"raw": "hi"}}
        with pytest.raises(errors.InvalidRequest, match=r"its text is in result\.text"):
            outputs(outputs=[answer])[0].save(tmp_path)


class TestAllOutputs:
    def test_a_template_names_them(self, tmp_path):
        paths = outputs("a.mp4", "b.mp4").save(tmp_path, name="{task}-{index}{ext}")
        assert [path.name for path in paths] == ["2221-0.mp4", "2221-1.mp4"]

    def test_a_function_names_them(self, tmp_path):
        paths = outputs("a.mp4", "b.mp4").save(tmp_path, name=lambda output: f"x-{output.name}")
        assert [path.name for path in paths] == ["x-a.mp4", "x-b.mp4"]

    def test_names_that_come_out_equal_get_numbers(self, tmp_path):
        paths = outputs("a.mp4", "b.mp4").save(tmp_path, name="same{ext}")
        assert [path.name for path in paths] == ["same.mp4", "same-2.mp4"]

    def test_a_name_of_ones_own_cannot_leave_the_folder_either(self, tmp_path):
        (path,) = outputs("a.mp4").save(tmp_path / "in", name="../../out{ext}")
        assert path == tmp_path / "in" / "out.mp4"

    def test_no_folder_is_ever_called_foo_mp4(self, tmp_path):
        assert outputs("0.mp4").save(tmp_path / "foo.mp4") == [tmp_path / "foo.mp4"]
        assert (tmp_path / "foo.mp4").is_file()
        with pytest.raises(errors.InvalidRequest, match=r"names a file, and there are 2"):
            outputs("a.mp4", "b.mp4").save(tmp_path / "bar.mp4")
        assert not (tmp_path / "bar.mp4").exists()

    def test_a_folder_may_have_a_dot_in_its_name(self, tmp_path):
        (path,) = outputs("0.mp4").save(tmp_path / "run.v2")
        assert path == tmp_path / "run.v2" / "0.mp4"

    def test_the_tilde_is_the_home_folder(self, tmp_path, monkeypatch):
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("USERPROFILE", str(tmp_path))
        assert outputs("0.mp4").save("~/out") == [tmp_path / "out" / "0.mp4"]

    def test_what_a_file_came_from_stands_beside_it(self, tmp_path):
        given = {"prompt": "a deer", "seed": "7"}
        (path,) = outputs("0.mp4", parameters=given).save(tmp_path, provenance=True)
        note = json.loads(path.with_name("0.mp4.json").read_text())
        assert (note["request"], note["seed"], note["cost"]) == (given, "7", "0.5")
        assert (note["task"]["id"], note["output"]["name"]) == ("2221", "0.mp4")
        assert TOKEN not in path.with_name("0.mp4.json").read_text()

    def test_half_an_emoji_in_a_prompt_does_not_lose_the_note(self, tmp_path):
        given = {"prompt": "a deer \ud83e"}
        (path,) = outputs("0.mp4", parameters=given).save(tmp_path, provenance=True)
        assert json.loads(path.with_name("0.mp4.json").read_text())["request"] == given


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"name": "{what}"}, r"may hold \{task\}, \{index\}"),
        ({"name": "{task"}, "may hold"),
        ({"name": "{0}"}, "may hold"),
        ({"name": 7}, "give a template"),
        ({"name": lambda _: None}, "made None of output 0"),
        ({"at_once": "x"}, "at_once: give a whole number from 1"),
        ({"at_once": 0}, "at_once: give a whole number from 1"),
        ({"on_conflict": "ask"}, "on_conflict: expected one of"),
        ({"on_progress": 5}, "on_progress: give a function"),
        ({"deadline": "soon"}, "deadline: give seconds"),
        ({"deadline": float("nan")}, "deadline: give seconds"),
    ],
)
def test_an_option_that_cannot_be_is_refused_before_anything_is_fetched(
    options, sentence, tmp_path
):
    with pytest.raises(errors.InvalidRequest, match=sentence):
        outputs("0.mp4").save(tmp_path, **options)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "given",
    [None, 7, "", b"", "a\0b", object()],
    ids=lambda given: type(given).__name__ + repr(given)[:6],
)
def test_what_is_no_path_is_refused(given):
    with pytest.raises(errors.InvalidRequest, match="give a path"):
        outputs("0.mp4").save(given)
    with pytest.raises(errors.InvalidRequest, match="give a path"):
        outputs("0.mp4")[0].save(given)


def test_the_asynchronous_outputs_do_the_same(tmp_path):
    async def use() -> list[Any]:
        both = AsyncOutputs(a_task("a.mp4"), perform_async)
        return [
            await both.save(tmp_path, name="x{ext}"),
            await both[0].save(tmp_path / "y.mp4"),
            [piece async for piece in both[0].iter_bytes(chunk_size=6)],
        ]

    paths, path, pieces = asyncio.run(use())
    assert (paths, path) == ([tmp_path / "x.mp4"], tmp_path / "y.mp4")
    assert pieces == [b"012345", b"6789"]


class TestBoundaries:
    @pytest.mark.parametrize("kind", [MediaResult, TextResult, AsyncMediaResult])
    def test_a_result_survives_pickle_copy_and_json(self, kind):
        result = kind.of(a_task("0.mp4"), perform)
        for again in (
            pickle.loads(pickle.dumps(result)),  # noqa: S301 - our own
            copy.deepcopy(result),
            kind.from_dict(json.loads(json.dumps(result.to_dict()))),
        ):
            assert again == result
            assert (again.cost, again.outputs[0].url) == (result.cost, result.outputs[0].url)

    def test_an_output_survives_on_its_own(self):
        output = outputs("0.mp4")[0]
        again = pickle.loads(pickle.dumps(output))  # noqa: S301 - our own
        assert again == output
        assert Vace(prompt="x", input_image=again).to_wire()["inputImage"] == [output.url]
        assert copy.copy(output) is output

    def test_an_output_can_be_taken_apart_into_data(self):
        """As dataclasses are in logs and templates; the client that fetches it is left whole."""
        output = MediaResult.from_dict({"task": a_task("0.mp4").to_dict()}).outputs[0]
        facts = dataclasses.asdict(output)
        assert (facts["url"], facts["size"]) == (output.url, output.size)
        assert dataclasses.astuple(output)

    def test_a_result_of_another_process_is_fetched_without_a_key(self, monkeypatch):
        for name in ("WIRO_API_KEY", "WIRO_API_SECRET"):
            monkeypatch.delenv(name, raising=False)
        again = pickle.loads(pickle.dumps(outputs(outputs=[{"name": "a", "url": "ftp://x/a"}])))  # noqa: S301 - our own
        with pytest.raises(errors.DownloadFailed, match="is not an http"):
            again[0].read()

    @pytest.mark.parametrize("data", [None, {}, {"task": 7}, "x"])
    def test_what_is_no_result_is_refused(self, data):
        with pytest.raises(errors.InvalidRequest, match="takes what to_dict"):
            MediaResult.from_dict(data)


class TestNotebooks:
    def test_pictures_films_and_sounds_are_shown(self):
        kinds = {"image/png": "<img ", "video/mp4": "<video ", "audio/wav": "<audio ", "a/b": "<a "}
        for kind, tag in kinds.items():
            item = {"name": "n", "contenttype": kind, "url": "https://cdn.example/n"}
            assert tag in outputs(outputs=[item])[0]._repr_html_()

    def test_nothing_from_the_platform_is_taken_for_markup(self):
        hostile = '"><script>alert(1)</script>'
        item = {"name": hostile, "contenttype": "image/png", "url": f"https://cdn/{hostile}"}
        task = a_task(outputs=[item], status=hostile, id=hostile, debugoutput=hostile)
        shown = Outputs(task, perform)._repr_html_() + MediaResult.of(task, perform)._repr_html_()
        assert "<script" not in shown
        odd = [{"name": "x", "contenttype": "image/png", "url": "javascript:alert(1)"}]
        assert "javascript" not in outputs(outputs=odd)._repr_html_()


def test_the_platforms_key_and_time_limit_of_a_file_are_attributes():
    item = {"name": "a", "url": "https://cdn/a", "accesskey": "k1", "expiretime": "1734513807"}
    (output,) = outputs(outputs=[item])
    assert output.access_key == "k1"
    assert output.expires_at is not None
    assert output.expires_at.year == 2024
    assert "k1" not in repr(output)
