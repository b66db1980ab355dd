"""The backup drill, on both databases: copies under load come back clean, and a loss is recovered.

`python -m faults.drill [TIMES]` prints what it found and how long it took, and ends 1 on a fault:
each backup taken under load holds every write acknowledged before it began and verifies clean;
a dump of a region with canaries holds none; a service whose database is lost is ready again.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from pathlib import Path

import conftest
from factories.shell import free_port
from faults.load import list_written, read_ledger, writing
from servers import NotHere, postgresql_server

from placements.services.backups import making, restoring
from placements.services.invariants import verifying
from placements.settings import ROOT

SIZE = ("--people", "300", "--placements", "60", "--canaries")


def run(url, *words):
    """One command of `placements`, in a process of its own."""
    here = {**os.environ, "PLACEMENTS_ENV": "test", "DATABASE_URL": url.replace("+psycopg", "")}
    command = [sys.executable, "-m", "placements.cli", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, env=here, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def drill_copies(databases, url, folder, times):
    """Back up under load, bring each copy back, and count those that are whole and clean."""
    ledger, n_clean, seconds, lost = folder / "ledger", 0, [], 0
    app = conftest.build_app(url)
    with writing(url, ledger):
        for n in range(times):
            acknowledged, began = read_ledger(ledger), time.monotonic()
            path = folder / f"copy-{n}.zip"
            with app.app_context():
                making.back_up(path)
            seconds.append(time.monotonic() - began)
            missing, exit_code = look_at_copy(databases(), path, acknowledged)
            lost += missing
            n_clean += not missing and exit_code == verifying.CLEAN
            path.unlink() if n else None
    conftest.close(app)
    print(
        f"  {n_clean} of {times} copies under load whole and clean; {lost} writes missing; "
        f"{len(read_ledger(ledger))} writes meanwhile; a copy took {max(seconds):.1f} s at most",
        flush=True,
    )
    return times - n_clean


def look_at_copy(url, path, acknowledged):
    """How many acknowledged writes a copy lacks, and what verify says of it."""
    app = conftest.build_app(url)
    with app.app_context():
        restoring.restore(path, app.config["SETTINGS"])
        missing = set(acknowledged) - set(list_written())
        exit_code = verifying.verify_invariants().exit_code
    conftest.close(app)
    return len(missing), exit_code


def drill_loss(databases, url, folder):
    """Lose the database and whoever serves it; time until the service is ready again."""
    copy, ledger = folder / "last.zip", folder / "ledger-of-loss"
    with writing(url, ledger):
        run(url, "backup", copy)
        backed_up = read_ledger(ledger)
        time.sleep(2)
    lost = len(read_ledger(ledger)) - len(backed_up)
    began, new = time.monotonic(), databases()
    run(new, "restore", copy)
    run(new, "worker", "--once")
    port = str(free_port())
    here = {**os.environ, "PLACEMENTS_ENV": "test", "DATABASE_URL": new.replace("+psycopg", "")}
    here["PORT"] = port
    words = [sys.executable, "-m", "placements.cli", "serve"]
    server = subprocess.Popen(words, cwd=ROOT, env=here, stderr=subprocess.DEVNULL)
    restored = time.monotonic() - began
    try:
        ready = wait_until_ready(port, server)
        rss = Path(f"/proc/{server.pid}/status").read_text().split("VmRSS:")[1].split()[0]
    finally:
        server.send_signal(signal.SIGTERM)
        code = server.wait(25)
    print(
        f"  database lost: restored and caught up in {restored:.1f} s, ready {ready:.1f} s after "
        f"the start, {int(rss) // 1024} MB; lost the {lost} writes of the 2 s after the copy",
        flush=True,
    )
    return code


def wait_until_ready(port, server):
    began = time.monotonic()
    while time.monotonic() - began < 60:
        assert server.poll() is None, "the service did not start"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return time.monotonic() - began
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the service was not ready within a minute")


def drill_dump(url, folder):
    """Count canaries in a redacted dump, and in a whole copy, where they must be."""
    run(url, "dump", "--redacted", folder / "redacted.zip")
    run(url, "backup", folder / "whole.zip")
    n_out, n_in = (count_canaries(folder / name) for name in ("redacted.zip", "whole.zip"))
    print(f"  canaries: {n_out} in the redacted dump, {n_in} in the whole copy", flush=True)
    return n_out + (n_in == 0)


def count_canaries(path):
    with zipfile.ZipFile(path) as archive:
        texts = [archive.read(name).lower() for name in archive.namelist()]
    return sum(text.count(b"canary") for text in texts)


def drill(databases, folder, times):
    began, url = time.monotonic(), databases()
    run(url, "seed", *SIZE)
    n_wrong = drill_dump(url, folder) + drill_copies(databases, url, folder, times)
    n_wrong += drill_loss(databases, url, folder)
    print(f"  {time.monotonic() - began:.0f} seconds", flush=True)
    return n_wrong


def main(times):
    with tempfile.TemporaryDirectory() as home:
        print("SQLite:", flush=True)
        n_wrong = drill(conftest.SqliteDatabases(Path(home)), Path(home), times)
    try:
        with postgresql_server() as server, tempfile.TemporaryDirectory() as home:
            databases = conftest.PostgresqlDatabases(server["TEST_POSTGRESQL_URL"])
            print("PostgreSQL:", flush=True)
            n_wrong += drill(databases, Path(home), times)
            databases.close()
    except NotHere as reason:
        print(f"!! SKIPPED PostgreSQL: {reason}", flush=True)
    return 1 if n_wrong else 0


if __name__ == "__main__":
    os.environ.setdefault("PLACEMENTS_ENV", "test")
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
