"""Restarts under load: of web processes without a lost request, of PostgreSQL without a lost write.

`python -m faults.restarts` prints what it found, and ends 1 on a fault. It ends processes it
started itself: gunicorn's by signals, and one of PostgreSQL's, so that the server restarts.
"""

import http.client
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import conftest
from factories.shell import free_port
from faults.drill import wait_until_ready
from faults.load import list_written, read_ledger, writing
from servers import NotHere, postgresql_server
from sqlalchemy import create_engine, text

from placements.services.invariants import verifying
from placements.settings import ROOT

PAGES = ("/", "/sign-in", "/healthz")
HEALS_WITHIN = 10.0


class Visitors:
    """Threads that ask for pages, each on a connection of its own; what came back, and when."""

    def __init__(self, port, n=4):
        self.port, self.stopping, self.answers = port, Event(), []
        self.threads = [Thread(target=self._ask, daemon=True) for _ in range(n)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error):
        self.stopping.set()
        for thread in self.threads:
            thread.join(30)

    def _ask(self):
        n = 0
        while not self.stopping.is_set():
            n += 1
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            try:
                connection.request("GET", PAGES[n % len(PAGES)])
                status = connection.getresponse().status
            except (OSError, http.client.HTTPException) as error:
                status = type(error).__name__
            finally:
                connection.close()
            self.answers.append((time.monotonic(), status))
            time.sleep(0.01)

    def count(self, since=0.0):
        return Counter(status for at, status in self.answers if at >= since)


@contextmanager
def gunicorn(url, folder, environment="test"):
    """The service as production runs it, on a port of its own."""
    port = free_port()
    here = {
        **os.environ,
        "PLACEMENTS_ENV": environment,
        "DATABASE_URL": url.replace("+psycopg", ""),
    }
    here |= {"PORT": str(port), "METRICS_BIND": f"127.0.0.1:{free_port()}"}
    words = [str(Path(sys.executable).parent / "gunicorn"), "--config", "config/gunicorn.py"]
    with (folder / "gunicorn.log").open("w") as log:
        server = subprocess.Popen([*words, "wsgi:app"], cwd=ROOT, env=here, stderr=log)
    try:
        wait_until_ready(port, server)
        yield server, port
    finally:
        server.terminate()
        server.wait(30)


def roll(url, folder):
    """Change all web processes three times, and then end in order, while people ask."""
    with gunicorn(url, folder) as (server, port):
        with Visitors(port) as visitors:
            time.sleep(1)
            for _ in range(3):
                server.send_signal(signal.SIGHUP)
                time.sleep(5)
            counts = visitors.count()
        began = time.monotonic()
        server.terminate()
        server.wait(30)
    print(f"  three rolls under load: {dict(counts)}; ended in {time.monotonic() - began:.1f} s")
    return set(counts) != {200}


def restart_postgresql(url, folder):
    """Make the server restart under load; count what is lost, and how long it is not at hand."""
    ledger = folder / "ledger"
    with gunicorn(url, folder) as (_server, port), writing(url, ledger):
        with Visitors(port) as visitors:
            time.sleep(2)
            before, restarted = len(read_ledger(ledger)), time.monotonic()
            end_one_backend(url)
            time.sleep(HEALS_WITHIN + 2)
        bad = [at - restarted for at, status in visitors.answers if status != 200]
        healed = visitors.count(since=restarted + HEALS_WITHIN)
        after = len(read_ledger(ledger))
    app = conftest.build_app(url)
    with app.app_context():
        written = Counter(list_written())
        clean = verifying.verify_invariants().exit_code == verifying.CLEAN
    conftest.close(app)
    lost = [name for name in read_ledger(ledger) if name not in written]
    doubled = [name for name, n in written.items() if n > 1]
    print(
        f"  PostgreSQL restarted under load: {len(bad)} answers other than 200, the last "
        f"{max(bad, default=0.0):.1f} s after; then {dict(healed)}; {before} writes before and "
        f"{after - before} after, {len(lost)} lost, {len(doubled)} doubled; clean: {clean}; "
        f"all answers: {dict(visitors.count())}",
        flush=True,
    )
    return bool(lost or doubled or not clean or set(healed) != {200} or after == before)


def end_one_backend(url):
    """Kill one of the server's own processes: it ends all the others and recovers."""
    engine = create_engine(url)
    connection = engine.connect()
    pid = connection.scalar(text("SELECT pg_backend_pid()"))
    os.kill(pid, signal.SIGKILL)
    connection.invalidate()
    connection.close()
    engine.dispose()


def main():
    n_wrong = 0
    try:
        with postgresql_server() as server, tempfile.TemporaryDirectory() as home:
            databases = conftest.PostgresqlDatabases(server["TEST_POSTGRESQL_URL"])
            n_wrong += roll(databases(), Path(home))
            n_wrong += restart_postgresql(databases(), Path(home))
            databases.admin.dispose()
            databases.close()
    except NotHere as reason:
        print(f"!! SKIPPED PostgreSQL: {reason}", flush=True)
    return 1 if n_wrong else 0


if __name__ == "__main__":
    os.environ.setdefault("PLACEMENTS_ENV", "test")
    sys.exit(main())
