"""Every rule of the journal holds on every database it can be kept on."""

import os

import pytest

from runtime.journal.keyed_runs import Runner
from wiro_runtime.journal.journal import Journal
from wiromock import MockWiro

URL = os.environ.get("WIRO_TEST_POSTGRES")


@pytest.fixture(params=["sqlite", "postgres"])
def location(request, tmp_path):
    """A journal of its own for the test."""
    if request.param == "sqlite":
        yield str(tmp_path / "runs.sqlite")
        return
    if URL is None:
        pytest.skip("WIRO_TEST_POSTGRES=postgresql://… is not set: PostgreSQL is NOT tested")
    psycopg = pytest.importorskip("psycopg")
    name = f"t{os.getpid()}_{abs(hash(request.node.nodeid)):x}"
    with psycopg.connect(URL, autocommit=True) as server:
        server.execute(f'CREATE SCHEMA "{name}"')
    yield f"{URL}?options=-csearch_path%3D{name}"
    with psycopg.connect(URL, autocommit=True) as server:
        server.execute(f'DROP SCHEMA "{name}" CASCADE')


@pytest.fixture
def journal(location):
    journal = Journal(location)
    yield journal
    journal.close()


@pytest.fixture
def store(journal):
    return journal.store("https://platform.test/v1", "a key")


@pytest.fixture(params=["threads", "asyncio"])
def runner(request, location):
    return Runner(request.param, location)


@pytest.fixture
def wiro():
    with MockWiro() as mock:
        yield mock
