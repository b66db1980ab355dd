"""The command line as a person types it, without the price of a new process a command."""

import io
import os
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
