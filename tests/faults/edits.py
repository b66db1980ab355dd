"""Every single fact of a region edited by hand, one at a time, on both databases: each found.

`python -m faults.edits [SEED]` prints what each database said and ends 1 if one was missed.
"""

import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import conftest
from factories.edits import is_found, list_edits
from factories.lived import live_a_round
from servers import NotHere, postgresql_server

from placements.services.invariants import verifying

os.environ.setdefault("PLACEMENTS_ENV", "test")

AT_LEAST = 1000


def edit_all(databases, folder, seed):
    """Live a round in a new database, edit each fact and undo it; return how many were missed."""
    os.environ["CLOCK_FILE"] = str(folder / "clock")
    app, began = conftest.build_app(databases()), time.monotonic()
    with app.app_context():
        live_a_round(app, folder)
        assert verifying.verify_invariants().exit_code == verifying.CLEAN
        edits = list_edits(seed)
        ends = {edit.words: is_found(edit) for edit in edits}
        conftest.db.session.rollback()
        assert verifying.verify_invariants().exit_code == verifying.CLEAN
    conftest.close(app)
    counts, missed = Counter(ends.values()), [w for w, end in ends.items() if end == "missed"]
    print(*(f"  missed: {words}" for words in missed), sep="\n")
    print(
        f"{len(edits)} edits: {counts['found']} found by verify, {counts['refused']} refused by "
        f"the database, {counts['missed']} missed; {time.monotonic() - began:.0f} seconds",
        flush=True,
    )
    return len(missed) + (len(edits) < AT_LEAST)


def main(seed):
    print(f"seed {seed}")
    with tempfile.TemporaryDirectory() as home:
        databases = conftest.SqliteDatabases(Path(home))
        print("SQLite:", flush=True)
        n_wrong = edit_all(databases, Path(home), seed)
    try:
        with postgresql_server() as server, tempfile.TemporaryDirectory() as home:
            databases = conftest.PostgresqlDatabases(server["TEST_POSTGRESQL_URL"])
            print("PostgreSQL:", flush=True)
            n_wrong += edit_all(databases, Path(home), seed)
            databases.close()
    except NotHere as reason:
        print(f"!! SKIPPED PostgreSQL: {reason}", flush=True)
    return 1 if n_wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20261125))
