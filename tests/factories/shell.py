"""The command line as a person types it, without the price of a new process a command."""

import io
import os
import socket
from contextlib import redirect_stderr, redirect_stdout
from types import SimpleNamespace
from unittest.mock import patch

from placements import cli


def run_command(words, environment):
    """Run one command in this process; give its exit code, and what it printed where."""
    out, err = io.StringIO(), io.StringIO()
    environment = {"PATH": os.environ["PATH"], **environment}
    with (
        patch.dict(os.environ, environment, clear=True),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = cli.main([str(word) for word in words])
    return SimpleNamespace(returncode=code, stdout=out.getvalue(), stderr=err.getvalue())


def free_port():
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
