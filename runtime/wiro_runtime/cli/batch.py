"""`wiro batch`: many runs from a file of jobs, results and errors apart, resumed after whatever stopped it."""

from __future__ import annotations

import json
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wiro_runtime.cli import console, exit_code
from wiro_runtime.cli.context import context, journal_file, models_like
from wiro_runtime.cli.interrupt import Interrupted, interrupted_by, same_line
from wiro_runtime.cli.jobs import check_jobs, finished_ids, read_jobs
from wiro_runtime.cli.parameter import Count, Dollars

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from typing import TextIO

    from wiro_runtime.cli.context import Context
    from wiro_runtime.cli.jobs import Job
    from wiro_runtime.flow.map import MapProgress, MapResult
    from wiro_runtime.request.request import Request

__all__ = ["batch"]


@click.command()
@click.argument("jobs", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file of results, a JSON object per line.",
)
@click.option(
    "--errors",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file of failures (default: beside --out, .errors.jsonl).",
)
@click.option(
    "--model",
    metavar="OWNER/MODEL",
    shell_complete=models_like,
    help="The model of jobs that name none.",
)
@click.option("--save", metavar="DIR", help="Save outputs there, in a folder for each custom_id.")
@click.option(
    "--name",
    "batch_name",
    metavar="NAME",
    help="The batch's name in the journal (default: that of the file).",
)
@click.option(
    "--journal",
    metavar="FILE",
    help="The journal (default: WIRO_JOURNAL, else one of this user's).",
)
@click.option(
    "--at-once",
    type=Count(),
    default=32,
    show_default=True,
    help="At most so many at a time.",
)
@click.option(
    "--budget", type=Dollars(), metavar="USD", help="Stop before all together may cost more."
)
@click.option(
    "--unknown-price",
    type=Dollars(),
    metavar="USD",
    help="With --budget: set aside for a run of which nobody can say what it costs at most.",
)
@click.option(
    "--max-cost", type=Dollars(), metavar="USD", help="Refuse each run that may cost more."
)
@click.option(
    "--no-resume", is_flag=True, help="Refuse to go on with a file of results that is there."
)
@click.pass_context
def batch(ctx: click.Context, /, jobs: Path, *, out: Path, errors: Path | None, **options: Any) -> None:  # fmt: skip
    """Run every job of JOBS, one JSON object per line: {"custom_id": "1", "model": "pruna/vace", "inputs": {"prompt": "…"}}.

    The whole file is checked before anything is sent. As many run at a time as the account allows. Run it
    again after a crash, a Ctrl-C or an empty account: what is in --out stays, what was paid for is not paid
    again, failures are tried again. Spends money: every successful run is billed.
    """
    errors = errors or out.with_suffix(".errors.jsonl")
    if options["no_resume"] and out.exists():
        raise click.UsageError(f"{out} is there already; leave --no-resume out to go on with it.")
    if out.absolute() == jobs.absolute():
        raise click.UsageError(
            "--out is the file of jobs itself; give results a file of their own."
        )
    if not out.absolute().parent.is_dir():
        raise click.UsageError(f"--out: there is no folder {out.parent}.")
    count = check_jobs(jobs, options["model"], context())
    done = finished_ids(out)
    console.note(f"{count} jobs, {len(done)} of them done; every further success is billed.")
    with interrupted_by(_goes_on(context())), ExitStack() as stack:
        results = stack.enter_context(out.open("a", encoding="utf-8"))
        failures = stack.enter_context(errors.open("w", encoding="utf-8"))
        writer = _Writer(results, failures, options["save"])
        jobs_left = partial(read_jobs, jobs, options["model"], context(), done)
        options["batch_name"] = options["batch_name"] or jobs.stem
        show = stack.enter_context(_progress(count - len(done)))
        _run_all(stack, jobs_left, show, options, writer)
    console.note(writer.summary)
    if writer.first_failure:
        console.note(f"The first failure: {writer.first_failure}\n{errors} has them all.")
    ctx.exit(writer.status)


def _goes_on(ctx: Context) -> Callable[[KeyboardInterrupt], Interrupted]:
    return lambda _: Interrupted(
        "What was started runs on. The same line goes on, and pays nothing twice:", same_line(ctx)
    )


def _run_all(
    stack: ExitStack,
    jobs_left: Callable[[], Iterator[Job]],
    show: Callable[[MapProgress], None],
    options: dict[str, Any],
    writer: _Writer,
) -> None:
    client = stack.enter_context(context().client(journal=journal_file(options["journal"])))
    if options["budget"] is not None:
        aside = options["unknown_price"]
        stack.enter_context(client.budget(options["budget"], unknown_price=aside))
    # A run whose answer was lost is looked for; one that never started is a failure, and sent next time.
    limits: dict[str, Any] = {"on_unknown": "reconcile"}
    if options["max_cost"] is not None:
        limits["max_cost"] = options["max_cost"]
    under_way: dict[int, Job] = {}

    def requests() -> Iterator[Request[Any, Any]]:
        for index, job in enumerate(jobs_left()):
            under_way[index] = job
            yield job.request

    def key_of(request: object) -> str:
        job = next(job for job in reversed(under_way.values()) if job.request is request)
        return f"{options['batch_name']}/{job.custom_id}"

    at_once = options["at_once"]
    for item in client.map(requests(), keys=key_of, at_once=at_once, on_progress=show, **limits):
        writer.take(under_way.pop(item.index), item)


class _Writer:
    """Writes what became of each job, and remembers what the exit status has to say."""

    def __init__(self, results: TextIO, failures: TextIO, save: str | None) -> None:
        self._results = results
        self._failures = failures
        self._save = save
        self._succeeded = 0
        self._failed = 0
        self.status = exit_code.DONE
        self.first_failure = ""
        """What it says; empty where there was none."""

    @property
    def summary(self) -> str:
        """One line for people."""
        return f"{self._succeeded} done, {self._failed} failed."

    def take(self, job: Job, item: MapResult[Any]) -> None:
        """Write one result or one failure."""
        from wiro_runtime.cli.json_output import result_document  # noqa: PLC0415 - with its first use

        if item.error is not None:
            self._failed += 1
            self.first_failure = self.first_failure or str(item.error)
            # An unknown outcome says more than any number of plain failures.
            self.status = max(self.status, min(exit_code.exit_code(item.error), exit_code.UNKNOWN))
            self._write(self._failures, job, _failure(item))
            return
        saved = None
        if self._save is not None:
            saved = item.unwrap().outputs.save(Path(self._save) / job.custom_id, on_conflict="skip")
        self._succeeded += 1
        self._write(self._results, job, result_document(item.unwrap(), model=job.slug, saved=saved))

    def _write(self, file: TextIO, job: Job, facts: dict[str, Any]) -> None:
        row = {"custom_id": job.custom_id, **facts}
        file.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
        file.flush()  # a killed batch loses no line that was paid for


def _failure(item: MapResult[Any]) -> dict[str, Any]:
    error = item.error
    return {
        "error": type(error).__name__,
        "message": str(error),
        "billed": None if error is None else error.billed,
        "safe_to_resubmit": error is not None and error.safe_to_resubmit,
        "task": None if error is None or error.task is None else error.task.id,
    }


@contextmanager
def _progress(total: int) -> Generator[Callable[[MapProgress], None]]:
    """Yield what shows how far a batch is: a line that counts where a person watches, nothing elsewhere."""
    if not console.is_live():
        yield lambda _: None
        return
    from wiro_runtime.cli.progress_line import BatchProgress  # noqa: PLC0415 - loads rich

    with BatchProgress(total) as line:
        yield lambda progress: line.show(
            completed=progress.succeeded + progress.failed,
            running=f"{progress.running} running",
            failed=f"{progress.failed} failed" if progress.failed else "",
            cost=f"{progress.cost:.4f} USD",
        )
