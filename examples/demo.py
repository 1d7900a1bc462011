"""Run pruna/vace from start to saved file: no key, no network, nothing billed.

The mock plays the platform in virtual time; against the real service the same client code runs
unchanged. The last line printed is the path of the saved video.
"""

import sys
import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from wiro import Wiro
from wiro.models.pruna import Vace
from wiro_runtime import Event, StatusChanged
from wiro_runtime import Progress as ProgressEvent
from wiromock import MockWiro


def main() -> int:
    console = Console(stderr=True)
    request = Vace(prompt="a deer in snow", resolution="720p", seed=7)
    console.print(f"[bold]Request[/]  {request!r}")

    with MockWiro() as wiro, Wiro(api_key="demo") as client:
        with Progress(TextColumn("{task.description:<24}"), BarColumn(), console=console) as bar:
            row = bar.add_task("submitting", total=100)

            def show(event: Event) -> None:
                match event:
                    case StatusChanged(status=status):
                        bar.update(row, description=status)
                    case ProgressEvent(percent=percent):
                        bar.update(row, completed=percent)
                    case _:
                        pass
                if console.is_terminal:
                    time.sleep(0.15)  # virtual time passes in microseconds; let people see it

            result = client.run(request, on_event=show)
            bar.update(row, completed=100)

        (path,) = result.outputs.save(Path("demo-output"))
        console.print(
            f"[bold]Task[/]     {result.task.id}, {result.task.elapsed} s on the model's clock"
        )
        console.print(
            f"[bold]Cost[/]     {result.cost} USD simulated, {wiro.ledger.billed} run billed"
        )
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
