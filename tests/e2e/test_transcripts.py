"""The document's own examples pass through client and mock, in both directions.

Neither side may change what happened: requests and replies are the hand-typed transcripts.
"""

import asyncio
import json
from decimal import Decimal

import httpx
import pytest

from transcripts import vace
from transcripts.server import CONTENT, serve
from wiro import AsyncWiro, Wiro
from wiro.models.pruna import Vace
from wiromock import MockWiro

NOT_OURS = {
    "inputImage",
    "callbackUrl",
}  # sample names and a placeholder sentence, no usable values


def documented_request() -> dict:
    return {k: v for k, v in vace.RUN_REQUEST.items() if k not in NOT_OURS}


class TestClientAgainstTranscripts:
    def test_the_defaults_send_what_the_documents_curl_sends(self):
        assert Vace(prompt=vace.RUN_REQUEST["prompt"]).to_wire() == documented_request()

    def test_a_request_reads_back_from_the_documented_body(self):
        request = Vace.from_wire(documented_request())
        assert (request.frame_num, request.guidance_scale, request.seed) == (81, 5.0, 1234)
        assert request.speed_mode == Vace.SpeedMode.LIGHTLY_JUICED
        assert request.to_wire() == documented_request()

    def test_two_images_travel_as_the_documented_array(self):
        urls = ["https://example.com/1.jpg", "https://example.com/2.jpg"]
        body = Vace(prompt="x", input_image=urls).to_wire()
        assert type(body["inputImage"]) is type(vace.RUN_REQUEST["inputImage"])
        assert body["inputImage"] == urls

    def test_a_run_succeeds_on_the_documented_replies(self, tmp_path):
        """The Detail example has no `pexit`; its outputs say that it succeeded."""
        with serve() as server, Wiro("key", base_url=server.base_url) as client:
            result = client.run(Vace(prompt=vace.RUN_REQUEST["prompt"]))
            (path,) = result.outputs.save(tmp_path)
        assert (result.task.id, result.task.token) == ("2221", vace.RUN_REPLY["socketaccesstoken"])
        assert result.task.elapsed == Decimal("6.0000")
        assert (path.name, path.read_bytes()) == ("0.png", CONTENT)
        run, *details, download = server.seen
        assert run[0] == vace.RUN_PATH
        assert run[2] == documented_request()
        assert all(
            body in ({**vace.DETAIL_BY_ID}, {**vace.DETAIL_BY_TOKEN}) for _, _, body in details
        )
        assert not {"x-api-key", "x-nonce", "x-signature"} & {k.lower() for k in download[1]}

    def test_the_same_awaited(self, tmp_path):
        async def main(base_url: str):
            async with AsyncWiro("key", base_url=base_url) as client:
                result = await client.run(Vace(prompt="x"))
                return result.task.id, await result.outputs.save(tmp_path)

        with serve() as server:
            task_id, (path,) = asyncio.run(main(server.base_url))
        assert (task_id, path.read_bytes()) == ("2221", CONTENT)

    @pytest.mark.parametrize("stop", ["Kill", "Cancel"])
    def test_the_documented_stop_replies_are_understood(self, stop):
        from wiro_runtime.client.task import TaskSnapshot

        reply = vace.KILL_REPLY if stop == "Kill" else vace.CANCEL_REPLY
        task = TaskSnapshot.from_wire(reply["tasklist"][0])
        assert task.status == "task_cancel"
        assert task.categories == ("tool", "image-to-image", "quick-showcase", "compare-landscape")
        assert task.total_cost == Decimal("0.003510000000")
        assert task.raw["guestid"] is None


class TestMockAgainstTranscripts:
    """The mock answers the document's requests, as printed, in the documented shape."""

    def post(self, path: str, body: dict, **headers: str) -> dict:
        # The document's curl lines declare multipart without a boundary and send JSON.
        reply = httpx.post(
            f"https://api.wiro.ai/v1{path}",
            content=json.dumps(body, ensure_ascii=False).encode(),
            headers={"content-type": "multipart/form-data", "x-api-key": "key"} | headers,
        )
        assert reply.status_code == 200
        return reply.json()

    def test_run_and_detail(self):
        with MockWiro() as wiro:
            run = self.post("/Run/pruna/vace", vace.RUN_REQUEST)
            assert shape(run) == shape(vace.RUN_REPLY)
            wiro.clock.advance(3600)
            by_token = self.post("/Task/Detail", {"tasktoken": run["socketaccesstoken"]})
            by_id = self.post("/Task/Detail", {"taskid": run["taskid"]})
        assert by_id == by_token
        assert missing(vace.DETAIL_REPLY, by_id) == []

    def test_cancel_in_the_queue(self):
        with MockWiro():
            run = self.post("/Run/pruna/vace", vace.RUN_REQUEST)
            reply = self.post("/Task/Cancel", {"taskid": run["taskid"]})
        assert reply["tasklist"][0]["status"] == "task_cancel"
        assert missing(vace.CANCEL_REPLY, reply) == []

    @pytest.mark.parametrize("by", ["taskid", "socketaccesstoken"])
    def test_kill_while_running(self, by):
        with MockWiro() as wiro:
            run = self.post("/Run/pruna/vace", vace.RUN_REQUEST)
            wiro.clock.advance_to("task_start", task=run["taskid"])
            reply = self.post("/Task/Kill", {by: run[by]})
        assert reply["tasklist"][0]["status"] == "task_cancel"
        assert missing(vace.KILL_REPLY, reply) == []


def shape(value):
    """The names and JSON types, without the values."""
    match value:
        case dict():
            return {k: shape(v) for k, v in value.items()}
        case list():
            return [shape(v) for v in value[:1]]
        case _:
            return type(value).__name__


def missing(documented, answered, at: str = "") -> list[str]:
    """Where the answer lacks a documented field or gives it another JSON type.

    Lists compare by their first item, and an empty answer list is no contradiction; null in the
    document says nothing about the type.
    """
    match documented, answered:
        case dict(), dict():
            gone = [f"{at}/{k} is missing" for k in documented if k not in answered]
            both = [k for k in documented if k in answered and k != "parameters"]
            return gone + [
                w for k in both for w in missing(documented[k], answered[k], f"{at}/{k}")
            ]
        case list(), list():
            return missing(documented[0], answered[0], f"{at}/0") if documented and answered else []
        case None, _:
            return []
        case _ if type(documented) is type(answered):
            return []
        case _:
            return [f"{at}: documented {documented!r}, answered {answered!r}"]
