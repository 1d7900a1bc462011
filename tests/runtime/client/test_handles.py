"""A handle on a task keeps what every call has seen of the task."""

import asyncio

import httpx
import pytest

from runtime.models import Chat, Vace
from runtime.replies import DONE, RUN_REPLY, TOKEN, detail
from wiro_runtime import AsyncClient, Client, errors


class TestHandles:
    """The handle keeps what every call has seen of the task, also when the call fails."""

    def transport(self, *details: dict) -> httpx.MockTransport:
        left = list(details)

        def handle(request: httpx.Request) -> httpx.Response:
            if "Detail" in request.url.path:
                return httpx.Response(200, json=left.pop(0))
            return httpx.Response(200, json=RUN_REPLY)

        return httpx.MockTransport(handle)

    def test_submit_refresh_wait_result(self, virtual_time):
        with httpx.Client(transport=self.transport(detail("task_start"), DONE)) as own:
            task = Client("key", http_client=own).submit(Vace(prompt="x"))
            assert repr(task) == "<Task 2221 of pruna/vace: submitted>"
            assert task.refresh().status == "task_start"
            assert task.wait().task == task.snapshot
            assert task.result().task.outcome == "succeeded"
            assert (task.id, task.token) == ("2221", TOKEN)

    def test_a_failure_is_remembered(self, virtual_time):
        failed = detail("task_postprocess_end", pexit="1")
        with httpx.Client(transport=self.transport(failed)) as own:
            task = Client("key", http_client=own).submit(Vace(prompt="x"))
            for ask in (task.wait, task.result):
                with pytest.raises(errors.TaskFailed):
                    ask()
            assert task.snapshot.outcome == "failed"

    def test_cancel(self, virtual_time):
        looks = (detail("task_queue"), detail("task_cancel"))
        with httpx.Client(transport=self.transport(*looks)) as own:
            task = Client("key", http_client=own).submit(Vace(prompt="x"))
            assert task.cancel().outcome == "cancelled"
            with pytest.raises(errors.TaskCancelled):
                task.result()

    def test_the_same_awaited(self, virtual_time):
        async def main():
            looks = (detail("task_start"), DONE, detail("task_queue"), detail("task_cancel"))
            async with httpx.AsyncClient(transport=self.transport(*looks)) as own:
                client = AsyncClient("key", http_client=own)
                task = await client.submit(Vace(prompt="x"))
                assert (await task.refresh()).status == "task_start"
                result = await task.wait()
                assert (await task.result()).task == result.task
                other = await client.attach(Vace, id="2221")
                return result.task.outcome, (await other.cancel()).outcome

        assert asyncio.run(main()) == ("succeeded", "cancelled")

    def test_a_language_model_answers_in_text(self, virtual_time):
        content = {"thinking": ["hm"], "answer": ["42"]}
        outputs = [{"contenttype": "raw", "content": content}]
        done = detail("task_postprocess_end", pexit="0", outputs=outputs)
        with httpx.Client(transport=self.transport(done)) as own:
            result = Client("key", http_client=own).run(Chat(prompt="x"))
        assert (result.text, result.thinking, result.content) == ("42", "hm", content)
