"""Virtual time under programs that do not wait on it."""

import contextlib
import threading

import httpx
import pytest

from wiro import Wiro
from wiro.errors import SubmissionUnknown
from wiro.models.pruna import Vace
from wiro_runtime.seam import clock
from wiromock import MockError, MockWiro, PassThrough, Stalls, Success

API, KEY = "https://api.wiro.ai/v1", {"x-api-key": "k"}
ENDS = {"task_postprocess_end", "task_cancel"}


def start(http=httpx) -> dict[str, str]:
    reply = http.post(f"{API}/Run/pruna/vace", json={"prompt": "x"}, headers=KEY).json()
    return {"taskid": reply["taskid"]}


def look(task, http=httpx) -> str:
    reply = http.post(f"{API}/Task/Detail", json=task, headers=KEY).json()
    return reply["tasklist"][0]["status"]


def poll(task, http=None) -> list[str]:
    """What a loop of somebody's own sees, whose sleeps the mock cannot know."""
    with contextlib.nullcontext(http) if http else httpx.Client() as opened:
        seen = [look(task, opened)]
        while seen[-1] not in ENDS:
            seen.append(look(task, opened))
    return seen


def test_a_loop_that_sleeps_elsewhere_ends():
    with MockWiro() as mock:
        assert poll(start()) == ["task_queue", "task_queue", "task_postprocess_end"]
        assert mock.ledger.billed == 1


def _post(path, body) -> dict:
    return httpx.post(f"{API}{path}", json=body, headers=KEY).json()


def _is_listed_as_over(task, mock) -> bool:
    return {known["status"] for known in _post("/Task/List", {})["tasklist"]} <= set(ENDS)


def _is_emptied(task, mock) -> bool:
    token = mock.engine.show_task(task["taskid"])["token"]
    return _post("/Task/InputOutputDelete", {"tasktoken": token})["result"]


def _is_there_to_download(task, mock) -> bool:
    folder = mock.engine.tenant().tasks[task["taskid"]].folder
    return httpx.get(f"https://cdn1.wiro.ai/{folder}/0.mp4").status_code == 200


def _wait(is_over, task, mock) -> int:
    looks = 1
    while not is_over(task, mock):
        looks += 1
    return looks


@pytest.mark.parametrize("is_over", [_is_listed_as_over, _is_emptied, _is_there_to_download])
def test_a_loop_that_waits_by_other_calls_ends_too(is_over):
    with MockWiro() as mock:
        task = start()
        start()
        assert _wait(is_over, task, mock) == 3
        assert mock.ledger.billed == 2


@pytest.mark.parametrize("is_over", [_is_listed_as_over, _is_emptied, _is_there_to_download])
def test_other_calls_that_wait_in_vain_get_an_error(is_over):
    with MockWiro() as mock:
        mock.on().then(Stalls())
        task = start()
        with pytest.raises(MockError, match="in one virtual instant"):
            _wait(is_over, task, mock)
        mock.journal.take_misuse()


def test_a_list_without_a_running_task_disturbs_nothing():
    with MockWiro(look="stand") as mock, httpx.Client() as http:
        start()
        mock.clock.advance(60)
        for _ in range(300):
            http.post(f"{API}/Task/List", json={}, headers=KEY)
        assert mock.clock.now() == 60


def test_two_looks_in_one_instant_disturb_nothing_and_a_push_begins_anew():
    with MockWiro() as mock:
        task = start()
        for _ in range(5):
            assert look(task) == look(task) != "task_postprocess_end"
            mock.clock.advance(1)


def test_a_program_that_waits_on_the_mocks_clock_is_never_hurried():
    with MockWiro() as mock, Wiro(api_key="k") as client:
        client.run(Vace(prompt="x"))
        took = mock.clock.now()
        task = client.submit(Vace(prompt="y"))
        assert {task.refresh().status for _ in range(20)} == {"task_queue"}
        assert mock.clock.now() == took


@pytest.mark.parametrize("how", ["stand", 0, "stalls", "waits"])
def test_whoever_looks_in_vain_gets_an_error_with_the_ways_out(how):
    with MockWiro(look=how if how in {"stand", 0} else "auto") as mock:
        if how == "stalls":
            mock.on().then(Stalls())
        if how == "waits":
            mock.clock.sleep(1)
        with pytest.raises(MockError, match="in one virtual instant") as caught:
            poll(start())
        for way in ('look="finish"', "look=SECONDS", "clock.advance", "wiro_server"):
            assert way in str(caught.value)
        mock.journal.take_misuse()


def test_a_held_task_is_held_however_often_somebody_looks():
    with MockWiro() as mock, httpx.Client() as http:
        mock.on().then(Success(hold_at="task_queue"))
        task = start()
        assert {look(task, http) for _ in range(300)} == {"task_queue"}


def test_a_reset_forgets_who_looked():
    with MockWiro() as mock:
        task = start()
        look(task)
        look(task)
        mock.reset()
        assert poll(start())[:2] == ["task_queue", "task_queue"]


@pytest.mark.parametrize("wrong", ["stop", -1, float("nan"), float("inf"), True])
def test_a_look_that_is_none_is_refused(wrong):
    with pytest.raises(ValueError, match="look is"):
        MockWiro(look=wrong)


def test_a_transport_by_itself_brings_a_run_to_its_end():
    """Nobody waits on the clock of a mock that is not entered: neither our client nor any other."""
    mock = MockWiro()
    with httpx.Client(transport=mock.transport) as http:
        assert poll(start(http), http)[-1] == "task_postprocess_end"


@pytest.mark.parametrize("name", ["WIRO_BASE_URL", "WIRO_SOCKET_URL"])
def test_a_variable_that_leads_elsewhere_is_named(monkeypatch, name):
    monkeypatch.setenv(name, "https://staging.example/v1")
    with MockWiro() as mock:
        with pytest.raises(MockError, match=f"{name} leads there: unset it"):
            httpx.post("https://staging.example/v1/Run/pruna/vace", json={})
        mock.journal.take_misuse()
        with pytest.raises(MockError, match=r"WebSocket other\.example/v1 is not for the platform"):
            mock.sockets.connect("wss://other.example/v1", 1)
        mock.journal.take_misuse()


class ReadBesideASleeper(httpx.SyncByteStream):
    """A body before which another thread sleeps for an hour, as one does that waits for a task of its own."""

    def __init__(self, stream):
        self.stream = stream

    def __iter__(self):
        sleeper = threading.Thread(target=clock.current().sleep, args=[3600])
        sleeper.start()
        sleeper.join(60)
        yield from self.stream


def test_an_exchange_is_not_late_because_another_thread_sleeps():
    def read_beside_a_sleeper(response):
        response.stream = ReadBesideASleeper(response.stream)

    hooks = {"response": [read_beside_a_sleeper]}
    with MockWiro() as mock, httpx.Client(event_hooks=hooks) as http:
        client = Wiro(api_key="k", http_client=http, http_timeout=2, tracking="polling")
        assert client.submit(Vace(prompt="x")).id == "2221"
        assert mock.clock.now() >= 3600


def test_an_exchange_is_late_where_its_own_thread_was_made_to_wait():
    with MockWiro() as mock:
        mock.on_call("Run").then(PassThrough(latency=3600))
        with pytest.raises(SubmissionUnknown):
            Wiro(api_key="k", http_timeout=2).submit(Vace(prompt="x"))
