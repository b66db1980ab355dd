"""What `make run` starts: real processes, a real port, and an orderly end."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from factories.shell import free_port

from placements.settings import ROOT

SIZE = ("--people", "40", "--placements", "12")


@pytest.fixture
def start(tmp_path):
    """A function that starts the demo in a folder of its own and waits for its ready line."""
    started = []
    environment = {
        "PATH": os.environ["PATH"],
        "PORT": str(free_port()),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'instance' / 'demo.db'}",
        "CLOCK_FILE": str(tmp_path / "clock"),
        "MAIL_SINK_DIR": str(tmp_path / "outbox"),
        "PYTHONUNBUFFERED": "1",
    }

    def start():
        command = [sys.executable, "-m", "placements.cli", "demo", *SIZE]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("Ready"):
                break
        return process, "".join(said)

    start.port = int(environment["PORT"])
    start.environment = environment
    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
            process.wait(30)
        process.stdout.close()


def children_of(process):
    return Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()


def wait_for_both(process):
    """The worker follows once the results of a new demo have been sent."""
    for _ in range(600):
        both = children_of(process)
        if len(both) == 2:
            return both
        time.sleep(0.1)
    raise AssertionError("the worker did not start")


def is_alive(pid):
    return Path(f"/proc/{pid}").exists()


def test_demo_is_made_once_served_with_the_worker_and_ends_on_ctrl_c(start):
    process, said = start()
    assert "Made 40 invented people" in said
    assert f"http://127.0.0.1:{start.port}/demo" in said
    with urllib.request.urlopen(f"http://127.0.0.1:{start.port}/healthz") as answer:
        assert answer.status == 200
    both = wait_for_both(process)
    process.send_signal(signal.SIGINT)
    assert process.wait(40) == 0
    assert not any(is_alive(pid) for pid in both)
    again, said = start()
    assert "Made" not in said
    assert "Ready" in said
    again.send_signal(signal.SIGTERM)
    assert again.wait(40) == 0


@pytest.mark.parametrize("command", ["demo", "serve"])
def test_port_that_is_taken_is_one_plain_line(start, command):
    with socket.socket() as other:
        other.bind(("127.0.0.1", start.port))
        other.listen()
        refused = subprocess.run(
            [sys.executable, "-m", "placements.cli", command],
            cwd=ROOT,
            env={**start.environment, "PLACEMENTS_ENV": "demo"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"placements: Port {start.port} is taken.")
    assert refused.stderr.count("\n") == 1


def test_demo_in_production_is_refused(start):
    refused = subprocess.run(
        [sys.executable, "-m", "placements.cli", "demo"],
        cwd=ROOT,
        env={**start.environment, "PLACEMENTS_ENV": "production"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 78
