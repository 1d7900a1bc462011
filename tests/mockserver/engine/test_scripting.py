"""A test drives an engine by hand: it ends tasks, listens, looks ahead, and takes a snapshot."""

import json

import pytest
from platform_kit import PROMPT

from wiromock import Fails, HttpFault, MockError, Success


class TestControl:
    def test_a_running_task_can_be_made_to_fail(self, platform):
        task = platform.run()
        platform.clock.advance(9)
        platform.engine.fail(task, pexit="3", stderr="pulled the plug")
        platform.clock.advance(3)
        end = platform.task(task)
        assert (end["pexit"], end["debugerror"], end["totalcost"]) == ("3", "pulled the plug", "0")
        with pytest.raises(MockError, match="it is over"):
            platform.engine.fail(task)
        with pytest.raises(MockError, match="it is over"):
            platform.engine.stop(task, "kill")

    def test_a_listener_is_called_with_every_change(self, platform):
        calls = []
        stop = platform.engine.listen(lambda: calls.append(1))
        platform.run()
        platform.engine.advance(1)
        before = len(calls)
        stop()
        platform.run()
        assert before >= 2
        assert len(calls) == before

    def test_the_next_event_is_known(self, platform):
        assert platform.engine.next_event_at() is None
        platform.run()
        assert platform.engine.next_event_at() == platform.clock.time() + 2

    def test_a_snapshot_is_plain_data_and_reset_restores_it(self, platform):
        fresh = json.dumps(platform.engine.snapshot())
        platform.engine.on("pruna/vace", probability=0.5).then(Fails(), Success(), after="repeat")
        platform.engine.on_call("FileUpload").then(HttpFault(500))
        for _ in range(4):
            platform.run(callbackUrl="https://example.com/")
        platform.post("/File/FolderCreate", {"name": "a"})
        platform.post("/Run/pruna/vace", PROMPT, x_mock_tenant="other")
        platform.clock.advance(7)
        platform.post("/Task/Kill", {"taskid": "2222"})
        platform.clock.advance(3600)
        used = json.dumps(platform.engine.snapshot())
        assert used != fresh
        platform.clock.reset()
        platform.engine.reset()
        assert json.dumps(platform.engine.snapshot()) == fresh
        assert platform.engine.tenants == [""]
