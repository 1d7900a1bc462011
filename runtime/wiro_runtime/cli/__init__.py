"""The shell command of a generated package: `wiro run`, `wiro models` and the rest.

It needs the extra `cli`. Nothing here is imported by the client.
"""

import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(package: str = "wiro", arguments: Sequence[str] | None = None, prog: str = "wiro") -> int:
    """Run the command once, or say what to install.

    Args:
        package: Import name of the generated package whose models it runs.
        arguments: What stands after the command's name; None takes `sys.argv`.
        prog: How it is called.

    Returns:
        The exit status; `--help` lists them.
    """
    try:
        from wiro_runtime.cli import command  # noqa: PLC0415 - loads the extra
    except KeyboardInterrupt:  # pressed while it loads
        return 130
    except ModuleNotFoundError as missing:
        if missing.name not in {"click", "rich"}:
            raise
        sys.stderr.write(
            f"{prog}: this needs the package {missing.name}; install the extra: "
            "pip install 'wiro-client[cli]'\n"
        )
        return 2
    return command.main(package, arguments, prog)
