"""A client belongs to its process: a copy of it is itself, and a pickle refuses it with the way out."""

import copy
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from runtime.models import Vace
from wiro_runtime import AsyncClient, Client, errors


def held_by(client: Client | AsyncClient) -> dict[str, object]:
    return {
        "client": client,
        "options": client.with_options(deadline=5),
        "method": client.run,
        "tasks": client.tasks.get,
        "files": client.files,
        "catalog": client.catalog,
        "stream": client.stream(Vace(prompt="x")),
    }


@pytest.fixture(params=[Client, AsyncClient])
def client(request):
    return request.param("key", "a secret", base_url="http://127.0.0.1:9/v1")


@pytest.mark.parametrize("name", list(held_by(Client("key"))))
def test_what_holds_a_client_is_in_no_pickle(client, name):
    with pytest.raises(errors.UsageError, match=r"in each process.*task handles.*Nothing was sent"):
        pickle.dumps(held_by(client)[name])


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copy_of_a_client_is_the_client(client, copied):
    """As of settings or dataclasses that hold one: two would close each other's connections."""
    assert copied(client) is client
    assert copied({"client": [client]})["client"][0] is client


def test_a_client_with_other_options_is_another_one(client):
    twin = client.with_options(deadline=5)
    assert twin is not client
    assert twin._calls.config.deadline == 5
    assert client._calls.config.deadline == 600


def test_another_process_says_what_to_send_it_instead():
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
        pytest.raises(errors.UsageError, match="in each process"),
    ):
        pool.submit(Client("key").run, Vace(prompt="x")).result()
