"""A writer that keeps a ledger: every write that was acknowledged, and nothing else, is in it.

`python -m faults.load LEDGER` writes on DATABASE_URL until it is stopped. Every name is invented.
"""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from conftest import build_app
from factories.records import make_employer, make_region
from sqlalchemy import select

from placements.extensions import db
from placements.models.employers import Employer
from placements.services.transactions import Busy, act
from placements.settings import ROOT

# Enough to be in the middle of a write at any moment, and room for whoever is drilled beside it.
PAUSE = 0.02


@act
def _write(region_id, name):
    region = type("Region", (), {"id": region_id})
    make_employer(region, name=name)


@act
def _make_region():
    return make_region(code=f"load-{os.getpid()}-{time.time_ns()}").id


def write_on(ledger):
    """Write one employer with its history and audit after the other, and note each that is kept."""
    app = build_app(os.environ["DATABASE_URL"])
    with app.app_context(), ledger.open("a", buffering=1) as kept:
        region_id, n = _make_region(), 0
        while True:
            n += 1
            name = f"load-{os.getpid()}-{n}"
            try:
                _write(region_id, name)
            except Busy:
                time.sleep(0.05)
                continue
            finally:
                db.session.remove()
            kept.write(f"{name}\n")
            time.sleep(PAUSE)


@contextmanager
def writing(url, ledger, n=2):
    """Writers at work for as long as the block lasts."""
    here = {**os.environ, "PLACEMENTS_ENV": "test", "DATABASE_URL": url.replace("+psycopg", "")}
    here["PYTHONPATH"] = f"{ROOT}:{ROOT / 'tests'}"
    words = [sys.executable, "-m", "faults.load", str(ledger)]
    writers = [subprocess.Popen(words, cwd=ROOT, env=here) for _ in range(n)]
    try:
        while not (ledger.exists() and ledger.stat().st_size):
            assert all(writer.poll() is None for writer in writers), "a writer stopped"
            time.sleep(0.1)
        yield
        assert all(writer.poll() is None for writer in writers), "a writer stopped"
    finally:
        for writer in writers:
            writer.terminate()
            writer.wait(20)


def read_ledger(ledger):
    """The names that were acknowledged, a line cut short by a stop left out."""
    return ledger.read_text().rpartition("\n")[0].splitlines() if ledger.exists() else []


def list_written():
    """The names of the load that the database holds, each as often as it does."""
    names = db.session.scalars(select(Employer.name).where(Employer.name.like("load-%"))).all()
    db.session.rollback()
    return list(names)


if __name__ == "__main__":
    write_on(Path(sys.argv[1]))
