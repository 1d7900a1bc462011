"""A process that forks: nothing hangs, and no connection is shared."""

import os
import subprocess
import sys

import pytest

from runtime.waiting import TIMEOUT


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_at_the_worst_moment_does_not_hang():
    """Another thread holds every lock of ours while this one forks."""
    program = (
        "import os, threading\n"
        "from wiro_runtime import Client\nfrom wiro_runtime.driver import auth\n"
        "client = Client('key', 'secret')\n"
        "held, go = threading.Event(), threading.Event()\n"
        "def hold():\n"
        "    with client._driver._opening, auth._lock:\n"
        "        held.set(); go.wait()\n"
        "threading.Thread(target=hold).start(); held.wait()\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    client._driver._client(); auth.next_nonce(); os._exit(0)\n"
        "go.set()\n"
        "raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, timeout=TIMEOUT)
    assert done.returncode == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_gets_its_own_connections():
    """Two processes on one socket would read each other's answers."""
    program = (
        "import os, sys\n"
        "from wiro_runtime import Client\n"
        "client = Client('key', base_url=sys.argv[1])\n"
        "first = client._driver._client()\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    os._exit(0 if client._driver._client() is not first else 1)\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n"
    )
    done = subprocess.run([sys.executable, "-c", program, "http://127.0.0.1:9/v1"], check=False)
    assert done.returncode == 0
