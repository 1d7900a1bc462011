"""DBOS is refused with settings under which it repeats or strands paid steps."""

import pytest

from wiro_runtime import errors
from wiro_runtime.workflow import dbos

GOOD = {"name": "film", "executor_id": "machine-1", "application_version": "3"}


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    def install(major):
        monkeypatch.setattr(dbos, "_installed", lambda: major)

    install(3)
    return install


def test_pinned_settings_are_taken():
    dbos.check(GOOD)


@pytest.mark.parametrize("executor", [None, "", "local"])
def test_an_executor_that_others_have_too_is_refused(executor):
    with pytest.raises(errors.ConfigurationError, match="executor_id"):
        dbos.check({**GOOD, "executor_id": executor})


def test_a_version_that_changes_with_the_code_is_refused():
    with pytest.raises(errors.ConfigurationError, match="application_version"):
        dbos.check({"name": "film", "executor_id": "machine-1"})


@pytest.mark.parametrize("major", [None, 2, 4])
def test_a_dbos_that_is_not_known_is_refused(installed, major):
    installed(major)
    with pytest.raises(errors.ConfigurationError, match=r"wiro-client\[dbos\]"):
        dbos.check(GOOD)


def test_all_problems_are_reported_at_once(installed):
    installed(2)
    with pytest.raises(errors.ConfigurationError) as refusal:
        dbos.check({"name": "film"})
    assert all(word in str(refusal.value) for word in ("executor_id", "application_version", "2.x"))
