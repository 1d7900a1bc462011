"""DBOS (extra `dbos`): runs as steps of its workflows, and what its settings have to say before.

DBOS is yours to launch. `check()` refuses the settings with which it starts a living process's steps a second
time, or leaves paid ones pending; the key of each run is what keeps a repeated step from paying again.
"""

from __future__ import annotations

from contextlib import contextmanager
from importlib import metadata
from typing import TYPE_CHECKING, Any, TypeVar, cast

from wiro_runtime.client.result import result_types
from wiro_runtime.errors import ConfigurationError
from wiro_runtime.request.binding import binding_of
from wiro_runtime.workflow.transient import TRANSIENT

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from typing import Unpack

    from dbos import StepOptions

    from wiro_runtime.client.async_client import AsyncClient
    from wiro_runtime.client.client import Client
    from wiro_runtime.client.result import AsyncResult, Result
    from wiro_runtime.flow.options import RunOptions
    from wiro_runtime.request.request import Request

__all__ = ["AsyncSteps", "Steps", "check"]

R = TypeVar("R")
A = TypeVar("A")

_LOCAL = "local"
"""The executor id that every process has that was given none."""
_SHARED_IDS = (None, "", _LOCAL)
_VERSIONS = (3, 4)
"""The first version that is known to do, and the first that is not: they do not read each other's tables."""


def check(config: Mapping[str, Any]) -> None:
    """Do nothing if DBOS with these settings may run paid steps.

    Args:
        config: The `DBOSConfig` that DBOS is made with.

    Raises:
        ConfigurationError: A setting is missing or dangerous; all of them are named.
    """
    problems: list[str] = []
    if config.get("executor_id") in _SHARED_IDS:
        problems.append(
            "executor_id has to be one of this process's own, and the same after a restart; with the default, "
            f"{_LOCAL!r}, a second process takes up the work of the first while that is still at it"
        )
    if not config.get("application_version"):
        problems.append(
            "application_version has to be yours; by default it is a hash of the code, and after an edit what was "
            "under way stays pending"
        )
    installed = _installed()
    if installed is None:
        problems.append("dbos is not installed: pip install 'wiro-client[dbos]'")
    elif not _VERSIONS[0] <= installed < _VERSIONS[1]:
        problems.append(
            f"dbos {installed}.x is installed; this package knows {_VERSIONS[0]}.x: pip install 'wiro-client[dbos]'"
        )
    if problems:
        raise ConfigurationError(f"DBOS is not ready for paid steps: {'; '.join(problems)}.")


def _installed() -> int | None:
    """The major version that is installed; None if it is not."""
    try:
        return int(metadata.version("dbos").partition(".")[0])
    except (metadata.PackageNotFoundError, ValueError):
        return None


class Steps:
    """Runs models as steps of DBOS workflows, each paid once however often DBOS repeats it.

        steps = Steps(client, config)
        DBOS(config=config)

        @DBOS.workflow()
        def film(prompt: str) -> str | None:
            return steps.run(Vace(prompt=prompt), on_unknown="resubmit").outputs[0].url

    DBOS keeps what a step returned in its own tables, here `result.to_dict()`: the task's token is in it.

    Args:
        client: With a journal, which every process that may take a workflow up has to share.
        config: The `DBOSConfig` that DBOS is made with.
        attempts: How often a step is tried whose error may pass by itself.

    Raises:
        ConfigurationError: DBOS with these settings may not run paid steps, as `check()` says.
    """

    def __init__(self, client: Client, config: Mapping[str, Any], *, attempts: int = 5) -> None:
        check(config)
        self._client = client
        self._config = config
        self._attempts = attempts

    def run(self, request: Request[R, Any], **options: Unpack[RunOptions]) -> R:
        """Run a model as a step of the workflow that calls this, and return its result.

        Args:
            request: What to run.
            **options: What `client.run()` takes. Without `key=`, the workflow and the step's number in it are the key.

        Raises:
            ConfigurationError: It is called outside of a workflow, or DBOS runs with other settings. Nothing was sent.
            WiroError: What `client.run()` raises; the last one, where it was tried several times.
        """
        from dbos import DBOS  # noqa: PLC0415 - an extra, and slow to import

        step = _step(request, options, self._config, self._attempts)

        def attempt() -> dict[str, Any]:
            named: RunOptions = {**options, "key": _key(options)}
            return _dumped(self._client.run(request, **named))

        with _unwrapped():
            stored = DBOS.run_step(step, attempt)
        return cast("R", result_types(binding_of(type(request)))[0].from_dict(stored))


class AsyncSteps:
    """Runs models as steps of asynchronous DBOS workflows, as `Steps` does.

    Args:
        client: With a journal, which every process that may take a workflow up has to share.
        config: The `DBOSConfig` that DBOS is made with.
        attempts: How often a step is tried whose error may pass by itself.

    Raises:
        ConfigurationError: DBOS with these settings may not run paid steps, as `check()` says.
    """

    def __init__(
        self, client: AsyncClient, config: Mapping[str, Any], *, attempts: int = 5
    ) -> None:
        check(config)
        self._client = client
        self._config = config
        self._attempts = attempts

    async def run(self, request: Request[Any, A], **options: Unpack[RunOptions]) -> A:
        """Run a model as a step of the workflow that calls this, as `Steps.run()` does."""
        from dbos import DBOS  # noqa: PLC0415 - as above

        step = _step(request, options, self._config, self._attempts)

        async def attempt() -> dict[str, Any]:
            named: RunOptions = {**options, "key": _key(options)}
            result = await self._client.run(request, **named)
            return _dumped(result)

        with _unwrapped():
            stored = await DBOS.run_step_async(step, attempt)
        return cast("A", result_types(binding_of(type(request)))[1].from_dict(stored))


def _step(
    request: Request[Any, Any], options: RunOptions, config: Mapping[str, Any], attempts: int
) -> StepOptions:
    """How DBOS is to perform a run.

    Raises:
        ConfigurationError: It may not. Nothing was sent.
    """
    from dbos import DBOS  # noqa: PLC0415 - as above

    if DBOS.workflow_id is None:
        raise ConfigurationError(
            "Steps.run() is called outside of a DBOS workflow, so that nothing is repeated and nothing names the "
            "run. Call it in a workflow, or client.run(request, key=…) here. Nothing was sent."
        )
    if DBOS.step_id is not None and options.get("key") is None:
        raise ConfigurationError(
            "Steps.run() is called inside of a step, which may hold several runs. Call it in the workflow itself, "
            "or name the run with key=…. Nothing was sent."
        )
    running = DBOS.application_version
    if DBOS.executor_id in _SHARED_IDS or running != config["application_version"]:
        raise ConfigurationError(
            f"DBOS runs with the executor id {DBOS.executor_id!r} and the version {running!r}; Steps() was given "
            f"{config['executor_id']!r} and {config['application_version']!r}. Make both from one config. "
            "Nothing was sent."
        )
    return {
        "name": f"wiro {binding_of(type(request)).slug}",
        "retries_allowed": attempts > 1,
        "max_attempts": attempts,
        "should_retry": _may_pass,
    }


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, TRANSIENT)


def _key(options: RunOptions) -> str:
    """The caller's key, or one that a repeated step has again: of the workflow and the step's number in it."""
    from dbos import DBOS  # noqa: PLC0415 - as above

    return options.get("key") or f"{DBOS.workflow_id}/{DBOS.step_id}"


def _dumped(result: object) -> dict[str, Any]:
    """What DBOS is to keep: JSON, so that it depends on no class of any version."""
    return cast("Result | AsyncResult", result).to_dict()


@contextmanager
def _unwrapped() -> Generator[None]:
    """Raise what a run raised, also where DBOS has wrapped it because it was tried several times."""
    from dbos import error  # noqa: PLC0415 - as above

    try:
        yield
    except error.DBOSMaxStepRetriesExceeded as exhausted:
        if not exhausted.errors:
            raise
        raise exhausted.errors[-1] from exhausted
