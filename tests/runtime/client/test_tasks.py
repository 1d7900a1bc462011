"""`client.tasks`: the project's tasks by id or token, with the fields that each endpoint wants."""

import asyncio

import pytest

from runtime.models import Vace
from runtime.platform_double import Platform
from runtime.replies import TOKEN, detail, refusal, task
from wiro_runtime import InvalidWebhook, errors, parse_webhook


def page(body: dict) -> dict:
    """Seven tasks in all, in the platform's own spelling of numbers."""
    start, size = int(body["start"]), int(body["limit"])
    ids = range(7, 0, -1)[start : start + size]
    return {"result": True, "total": "7", "tasklist": [task(id=str(number)) for number in ids]}


class TestList:
    def test_pages_are_fetched_as_one_goes_on(self):
        platform = Platform(Task_List=page)
        tasks = platform.client().tasks.list(page_size=3)
        assert next(tasks).id == "7"
        assert len(platform.asked) == 1
        assert [task.id for task in tasks] == ["6", "5", "4", "3", "2", "1"]
        assert [body["start"] for _, body in platform.asked] == ["0", "3", "6"]

    def test_it_asks_as_the_platforms_own_client_does(self):
        platform = Platform(Task_List=page)
        next(platform.client().tasks.list(Vace))
        assert platform.asked == [
            (
                "Task/List",
                {
                    "type": "model",
                    "sort": "id",
                    "order": "DESC",
                    "start": "0",
                    "limit": "50",
                    "modelName": "pruna/vace",
                },
            )
        ]

    def test_it_ends_without_a_total_and_with_one_that_promises_too_much(self):
        for total in ({}, {"total": "99"}):
            answers = iter([[task()], []])
            platform = Platform(
                Task_List=lambda _, total=total, answers=answers: {
                    "result": True,
                    "tasklist": next(answers),
                    **total,
                }
            )
            assert len(list(platform.client().tasks.list())) == 1

    def test_the_same_with_async_for(self):
        platform = Platform(Task_List=page)

        async def main() -> list[str]:
            async with platform.async_client() as client:
                return [task.id async for task in client.tasks.list(page_size=5)]

        assert asyncio.run(main()) == ["7", "6", "5", "4", "3", "2", "1"]

    @pytest.mark.parametrize("size", [0, 101, -1])
    def test_a_page_size_the_platform_does_not_give_is_refused_before_sending(self, size):
        platform = Platform()
        with pytest.raises(errors.InvalidRequest, match="from 1 to 100"):
            next(platform.client().tasks.list(page_size=size))
        assert platform.asked == []


class TestCommands:
    def test_cancel_sends_the_id_and_kill_takes_either_name(self):
        platform = Platform(
            Task_Cancel=detail(), Task_Kill=detail(), Task_Detail=detail("task_cancel")
        )
        tasks = platform.client().tasks
        assert tasks.cancel(id="2221").status == "task_cancel"
        assert tasks.kill(id="2221").status == "task_cancel"
        assert tasks.kill(token=TOKEN).status == "task_cancel"
        commands = [asked for asked in platform.asked if asked[0] != "Task/Detail"]
        assert commands == [
            ("Task/Cancel", {"taskid": "2221"}),
            ("Task/Kill", {"taskid": "2221"}),
            ("Task/Kill", {"socketaccesstoken": TOKEN}),
        ]

    def test_cancel_by_token_looks_the_id_up_first(self):
        platform = Platform(Task_Cancel=detail(), Task_Detail=detail("task_queue"))
        platform.client().tasks.cancel(token=TOKEN)
        assert platform.asked[:2] == [
            ("Task/Detail", {"tasktoken": TOKEN}),
            ("Task/Cancel", {"taskid": "2221"}),
        ]

    def test_a_refused_command_carries_the_task_and_is_sent_once(self):
        said = refusal("Task is not in a cancellable state.", code=1)
        platform = Platform(Task_Cancel=said)
        with pytest.raises(errors.NotCancellable) as caught:
            platform.client().tasks.cancel(id="2221")
        assert caught.value.task.id == "2221"
        assert len(platform.asked) == 1

    def test_deleting_files_sends_the_token_and_finds_it_by_id(self):
        platform = Platform(Task_Detail=detail(), Task_InputOutputDelete={"result": True})
        tasks = platform.client().tasks
        tasks.delete_files(token=TOKEN)
        tasks.delete_files(id="2221")
        assert platform.asked == [
            ("Task/InputOutputDelete", {"tasktoken": TOKEN}),
            ("Task/Detail", {"taskid": "2221"}),
            ("Task/InputOutputDelete", {"tasktoken": TOKEN}),
        ]

    @pytest.mark.parametrize("call", ["get", "cancel", "kill", "delete_files"])
    @pytest.mark.parametrize("names", [{}, {"id": "1", "token": "x"}])
    def test_each_takes_exactly_one_name(self, call, names):
        platform = Platform()
        with pytest.raises(errors.InvalidRequest, match=f"{call}\\(\\) takes either token= or id="):
            getattr(platform.client().tasks, call)(**names)
        assert platform.asked == []

    def test_a_webhook_is_confirmed_by_asking_the_platform(self):
        platform = Platform(Task_Detail=detail("task_start"))
        forged = parse_webhook(detail("task_postprocess_end", pexit="0"))
        confirmed = platform.client().tasks.confirm(forged)
        assert (forged.task.outcome, confirmed.outcome) == ("succeeded", "pending")

    @pytest.mark.parametrize("named", [{"id": None}, {"socketaccesstoken": None}])
    def test_a_webhook_of_one_name_is_confirmed_by_it(self, named):
        platform = Platform(Task_Detail=detail("task_cancel"))
        confirmed = platform.client().tasks.confirm(parse_webhook(detail("task_cancel", **named)))
        assert (confirmed.id, confirmed.token, confirmed.billed) == ("2221", TOKEN, False)

    def test_a_webhook_that_joins_the_names_of_two_tasks_is_forged(self):
        """One that was cancelled, and one that is being paid for."""
        platform = Platform(Task_Detail=detail("task_cancel"))
        forged = parse_webhook(detail("task_cancel", socketaccesstoken="of another"))
        with pytest.raises(InvalidWebhook, match="do not act on it"):
            platform.client().tasks.confirm(forged)

    def test_a_webhook_of_a_task_that_is_not_there_costs_one_look(self):
        platform = Platform(Task_Detail=refusal("There is no task yet.", 1))
        with pytest.raises(errors.TaskNotFound):
            platform.client().tasks.confirm(parse_webhook(detail()))
        assert len(platform.asked) == 1

    def test_the_same_awaited(self):
        platform = Platform(
            Task_Cancel=detail(),
            Task_Kill=detail(),
            Task_Detail=detail("task_cancel"),
            Task_InputOutputDelete={"result": True},
        )

        async def main():
            async with platform.async_client() as client:
                await client.tasks.cancel(id="2221")
                await client.tasks.kill(token=TOKEN)
                await client.tasks.delete_files(token=TOKEN)
                await client.tasks.confirm(parse_webhook(detail()))
                return await client.tasks.get(id="2221")

        assert asyncio.run(main()).status == "task_cancel"
