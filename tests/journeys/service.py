"""The service as it runs: a real server process, its command line, its clock and its mail."""

import email
import email.policy
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import datetime
from pathlib import Path

from placements.settings import ROOT

LINK = re.compile(r"http://\S+/l/\S+")
READY_SECONDS = 60


class Service:
    """One running server over one database; `run` is the command line beside it."""

    def __init__(self, database_url, folder):
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.clock_file, self.mail = Path(folder, "clock"), Path(folder, "mail")
        self.log = Path(folder, "serve.log")
        self.environment = {
            "PATH": os.environ["PATH"],
            "PLACEMENTS_ENV": "test",
            "DATABASE_URL": database_url.replace("+psycopg", ""),
            "CLOCK_FILE": str(self.clock_file),
            "MAIL_SINK_DIR": str(self.mail),
            "PORT": str(self.port),
            "PUBLIC_BASE_URL": self.url,
        }
        self.process = None

    def start(self):
        """Start serving and wait until the service answers."""
        words = [sys.executable, "-m", "placements.cli", "serve"]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                words, cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        late = time.monotonic() + READY_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > late:
                raise AssertionError(f"The service did not start: {self.log.read_text()}")
            time.sleep(0.1)

    def _answers(self):
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as reply:
                return reply.status == 200
        except OSError:
            return False

    def stop(self):
        """Stop the server this object started, and no other."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=20)

    def set_clock(self, instant):
        """Hold the service's clock at an instant."""
        self.clock_file.write_text(instant.isoformat())

    def run(self, *words, code=0):
        """Run one command of `placements` in a process of its own; return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "placements.cli", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        return done.stdout

    def move_to(self, instant):
        """Move the clock and let the worker do everything that is due."""
        self.set_clock(instant)
        return self.run("worker", "--once")

    def now(self):
        """The service's present."""
        return datetime.fromisoformat(self.clock_file.read_text())

    def messages_to(self, address):
        """The messages sent to an address, in the order they were sent."""
        found = []
        paths = self.mail.glob("*.eml") if self.mail.exists() else ()
        for path in sorted(paths, key=lambda path: path.stat().st_mtime_ns):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if message["To"] == address:
                found.append(message)
        return found

    def addresses_told(self, subject):
        """The addresses that got a message with this at the head, in the order of sending."""
        found = []
        for path in sorted(self.mail.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if str(message["Subject"]).startswith(subject):
                found.append(str(message["To"]))
        return found

    def newest_link_to(self, address):
        """The link in the newest message to an address that has one."""
        for message in reversed(self.messages_to(address)):
            links = LINK.findall(message.get_content())
            if links:
                return links[0]
        raise AssertionError(f"No message with a link was sent to {address}.")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
