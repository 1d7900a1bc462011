"""The recipes of docs/scale.md, each as it is printed, on its real engine: a worker that is killed pays once.

`wiromock serve` holds the answer to Run back, and once it has the run, the worker dies by SIGKILL. Then the journal's
intents are made as old as they are when their sender counts as gone: nothing here waits for that much time to pass.
"""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest

PAGE = Path(__file__).parent.parent / "docs/scale.md"
FENCE = re.compile(r'^```python title="([a-z_]+\.py)"\n(.*?)^```', re.DOTALL | re.MULTILINE)
RECIPES = dict(FENCE.findall(PAGE.read_text(encoding="utf-8")))
POSTGRES = os.environ.get("WIRO_TEST_POSTGRES")
needs_postgres = pytest.mark.skipif(
    POSTGRES is None,
    reason="WIRO_TEST_POSTGRES=postgresql://… is not set: PostgreSQL is NOT tested",
)
pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
LONGEST = 300.0
"""Seconds for any of it, after which something hangs."""
HELD = 3600.0
"""Seconds of the mock's clock between Run and its answer: it does not come unless that clock is pushed."""
QUICK = {"on": "pruna/vace", "then": [{"scenario": "success", "duration": 0.2}], "after": "repeat"}
HOLDING = {
    "on_call": "Run",
    "then": [{"scenario": "pass_through", "latency": HELD}],
    "after": "repeat",
}
OVERDUE = 61.0
"""Seconds after which a run of the recipes counts as sent in any case: the timeout of an exchange, and the grace."""
AGE = "UPDATE wiro_runs SET at = at - {} WHERE state = 'intent'"


def until(condition, process=None):
    """Wait for something that other processes bring about."""
    began = time.monotonic()
    while not (found := condition()):
        assert time.monotonic() - began < LONGEST, "it did not come to pass"
        assert process is None or process.poll() is None, process.communicate()[0]
        time.sleep(0.02)
    return found


class Bill:
    """What the mock has seen."""

    def __init__(self, address):
        self.address = address

    def ask(self, path, body=None, method="GET"):
        headers = {"x-api-key": "key"}
        url = f"{self.address}/_mock/{path}"
        with httpx.Client(headers=headers, timeout=LONGEST, trust_env=False) as http:
            return http.request(method, url, json=body).json()

    def hold(self):
        """From now on, make the tasks of runs and keep their answers back."""
        self.ask("scenarios", {"scenarios": [QUICK, HOLDING]}, "PUT")

    def answer(self):
        """From now on, answer runs at once."""
        self.ask("scenarios", {"scenarios": [QUICK]}, "PUT")

    def let_go(self):
        """Send the answers that were kept back, and keep none from now on."""
        self.answer()
        self.ask("clock", {"advance": HELD}, "POST")

    def prompts(self):
        """How often each prompt was run."""
        return Counter(task["parameters"]["prompt"] for task in self.ask("tasks")["tasks"])

    @property
    def billed(self):
        return self.ask("ledger")["billed"]


@pytest.fixture
def bill():
    command = [Path(sys.executable).with_name("wiromock"), "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        address = next(word for word in line.split() if word.startswith("http://")).rstrip(".,")
        bill = Bill(address)
        bill.hold()
        # The mock's time begins at a moment of its own; the platform's clock agrees with ours.
        bill.ask("clock", {"advance": time.time() - bill.ask("clock")["now"]}, "POST")
        yield bill
        process.terminate()


@pytest.fixture
def start(tmp_path, bill):
    """Starts commands in a folder that holds the recipes; ends what is left of them."""
    for name, text in RECIPES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": str(tmp_path),
        "WIRO_API_KEY": "key",
        "WIRO_BASE_URL": f"{bill.address}/v1",
        "WIRO_JOURNAL": str(tmp_path / "runs.sqlite"),
    }
    started = []

    def start(*command, **variables):
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=tmp_path,
            env={**environment, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        if process.stdout is not None and not process.stdout.closed:
            process.communicate()


def finished(process):
    """What a command has printed, once it has ended well."""
    printed, _ = process.communicate(timeout=LONGEST)
    assert process.returncode == 0, printed
    return printed


def kill(process):
    """End a command and all its children as a power cut would."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def age_intents(journal):
    """Let the time pass in which an answer could come for whoever has sent a run."""
    if isinstance(journal, Path):
        connection = sqlite3.connect(journal, timeout=LONGEST, isolation_level=None)
    else:
        connection = pytest.importorskip("psycopg").connect(journal, autocommit=True)
    with closing(connection):
        assert connection.execute(AGE.format(OVERDUE)).rowcount > 0, "nothing was being sent"


@pytest.fixture
def database():
    """A database of its own on the server."""
    psycopg = pytest.importorskip("psycopg")
    name = f"r{os.getpid()}_{time.monotonic_ns():x}"
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
    yield re.sub(r"/[^/?]*($|\?)", rf"/{name}\1", POSTGRES)
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_every_recipe_is_tested():
    assert sorted(RECIPES) == [
        "film_celery.py",
        "film_dask.py",
        "film_dbos.py",
        "film_procrastinate.py",
        "scenes.py",
    ]


def test_the_function_itself(start, bill, tmp_path):
    victim = start("scenes.py")
    until(bill.prompts, victim)
    kill(victim)
    age_intents(tmp_path / "runs.sqlite")
    bill.answer()
    url = finished(start("scenes.py"))
    assert url.startswith("http")
    assert finished(start("scenes.py")) == url
    assert bill.prompts() == {"a deer in snow": 1}
    assert bill.billed == 1


@pytest.mark.skipif(
    sys.version_info >= (3, 12) and sqlite3.sqlite_version_info < (3, 42),
    reason="DBOS on Python 3.12 and newer wants SQLite 3.42 for its own tables",
)
def test_dbos(start, bill, tmp_path):
    dbos_recipe(start, bill, "sqlite:///film.sqlite", tmp_path / "runs.sqlite")


@needs_postgres
def test_dbos_on_postgresql(start, bill, database, tmp_path):
    # SQLAlchemy wants the folder of a socket as an argument.
    place = re.sub(
        r"@([^/]+)/([^?]+)$", lambda found: f"@/{found[2]}?host={unquote(found[1])}", database
    )
    dbos_recipe(start, bill, place, tmp_path / "runs.sqlite")


def is_sent(bill, prompt):
    return prompt in bill.prompts()


def dbos_recipe(start, bill, place, journal):
    for prompt in (
        "a deer in snow",
        "a fox in snow",
    ):  # killed in the first step, then in the second
        victim = start("film_dbos.py", FILM_DATABASE=place)
        until(partial(is_sent, bill, prompt), victim)
        kill(victim)
        age_intents(journal)
    bill.answer()
    printed = finished(start("film_dbos.py", FILM_DATABASE=place))
    assert printed.splitlines()[-1].count("http") == 2
    assert bill.prompts() == {"a deer in snow": 1, "a fox in snow": 1}
    assert bill.billed == 2


@needs_postgres
def test_procrastinate(start, bill, database):
    psycopg = pytest.importorskip("psycopg")
    settings = {"FILM_DATABASE": database, "WIRO_JOURNAL": database}
    command = ("-m", "procrastinate", "--app", "film_procrastinate.app")
    finished(start(*command, "schema", "--apply", **settings))
    job = '{"key": "film/1", "prompt": "a deer in snow"}'
    finished(start(*command, "defer", "film_procrastinate.scene", job, **settings))
    victim = start(*command, "worker", **settings)
    until(bill.prompts, victim)
    kill(victim)
    age_intents(database)
    bill.answer()
    with psycopg.connect(database, autocommit=True) as server:
        # Half a minute later, in which the worker reports nothing.
        server.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"
        )
        rescue = start(
            *command, "defer", "film_procrastinate.rescue", '{"timestamp": 1}', **settings
        )
        printed, _ = rescue.communicate(timeout=LONGEST)
        assert rescue.returncode == 0 or "already" in printed  # at each full minute it is there
        start(*command, "worker", **settings)
        is_done = "SELECT 1 FROM procrastinate_jobs WHERE task_name LIKE '%scene' AND status = 'succeeded'"
        until(lambda: server.execute(is_done).fetchall())
    assert bill.prompts() == {"a deer in snow": 1}
    assert bill.billed == 1


def test_celery(start, bill, tmp_path):
    for name in ("queue", "control"):
        (tmp_path / name).mkdir()
    (tmp_path / "local.py").write_text(
        "from film_celery import app, scene\n"
        "app.conf.broker_transport_options = {'data_folder_in': 'queue', 'data_folder_out': 'queue',"
        " 'control_folder': 'control'}\n"
        "app.conf.result_backend = 'file://' + __import__('os').getcwd() + '/results'\n"
        "if __name__ == '__main__':\n"
        "    print(scene.delay('film/1', 'a deer in snow').id)\n",
        encoding="utf-8",
    )
    (tmp_path / "results").mkdir()
    settings = {"FILM_BROKER": "filesystem://"}
    finished(start("local.py", **settings))
    worker = start(
        *("-m", "celery", "--app", "local", "worker", "--concurrency", "1", "--pool", "prefork"),
        **settings,
    )
    until(bill.prompts, worker)
    (child,) = children(worker.pid)
    os.kill(child, signal.SIGKILL)
    age_intents(tmp_path / "runs.sqlite")
    bill.answer()
    until(lambda: any((tmp_path / "results").iterdir()), worker)
    assert children(worker.pid) != [child]
    (kept,) = (tmp_path / "results").iterdir()
    assert json.loads(kept.read_text())["status"] == "SUCCESS"
    assert bill.prompts() == {"a deer in snow": 1}
    assert bill.billed == 1


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_dask(start, bill, tmp_path):
    (tmp_path / "cluster.py").write_text(
        "import os, sys, threading\n"
        "from dask.distributed import Client, LocalCluster\n"
        "from film_dask import film\n"
        "if __name__ == '__main__':\n"
        "    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:\n"
        "        with Client(cluster) as client:\n"
        "            print(*client.run(os.getpid).values(), flush=True)\n"
        "        print(film(cluster.scheduler_address, ['a deer in snow', 'a fox in snow']))\n",
        encoding="utf-8",
    )
    cluster = start("cluster.py")
    # What Dask warns of (a port that is taken, for one) may come before it.
    numbers = next(line for line in cluster.stdout if line.replace(" ", "").strip().isdigit())
    workers = [int(word) for word in numbers.split()]
    until(lambda: len(bill.prompts()) == 2, cluster)
    os.kill(workers[0], signal.SIGKILL)
    age_intents(tmp_path / "runs.sqlite")
    bill.let_go()
    assert finished(cluster).splitlines()[-1].count("http") == 2
    assert bill.prompts() == {"a deer in snow": 1, "a fox in snow": 1}
    assert bill.billed == 2
