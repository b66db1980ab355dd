"""Take in a file of 5,000 outcomes of which 200 are bad, on both databases; print seconds, memory.

`python -m scale.outcomes` makes a region by bulk insert, imports what matched data says of
it, and leaves nothing behind.
"""

import csv
import io
import resource
import tempfile
import time
from pathlib import Path

import conftest
from scale import funnel
from servers import NotHere, postgresql_server
from sqlalchemy import select

from placements.domain.import_columns import OUTCOME_COLUMNS
from placements.extensions import db
from placements.models.outcomes import Checkpoint
from placements.services import imports, staff
from placements.settings import ROOT as HOUSE

N_PEOPLE, N_ROWS, N_BAD = 6000, 5000, 200
BAD = (
    {"reference": "A-nobody"},
    {"kind": "SLEEPING"},
    {"hours": "many"},
    {"since": "2025-02-30"},
    {"training": "some"},
)


def make_file() -> bytes:
    """Return rows of answers to what is asked; each 25th is bad in one of five ways."""
    asked = select(Checkpoint.assignment_id, Checkpoint.kind).order_by(Checkpoint.id)
    out = io.StringIO()
    writer = csv.DictWriter(out, [column.name for column in OUTCOME_COLUMNS])
    writer.writeheader()
    for n, (person, question) in enumerate(db.session.execute(asked.limit(N_ROWS))):
        row = {"reference": f"A-{person}", "question": question, "kind": "JOB"}
        row |= {"since": "2025-05-06", "hours": "30", "with_whom": "Invented Works"}
        writer.writerow(row | (BAD[n // 25 % len(BAD)] if n % 25 == 0 else {}))
    return out.getvalue().encode()


def run(databases) -> None:
    """Make, import and measure on one database."""
    app = conftest.build_app(databases())
    with app.app_context():
        funnel.make(N_PEOPLE)
        actor, sent = staff.get_staff(funnel.REGION, funnel.STAFF), make_file()
        began, used = time.perf_counter(), time.process_time()
        folder = HOUSE / "config/regions" / funnel.REGION
        result = imports.import_file(actor, folder, "outcomes", sent)
        seconds, cpu = time.perf_counter() - began, time.process_time() - used
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        assert (result.n_new, len(result.bad)) == (N_ROWS - N_BAD, N_BAD), result.problems[:5]
        print(
            f"{db.engine.dialect.name}: {result.n_new:,} kept, {len(result.bad)} bad, "
            f"{seconds:.1f} s ({cpu:.1f} s here), {memory} MB at most"
        )
    conftest.close(app)


def main() -> None:
    """Measure on SQLite, and on PostgreSQL where there is one."""
    with tempfile.TemporaryDirectory() as folder:
        run(conftest.SqliteDatabases(Path(folder)))
        try:
            with postgresql_server() as environment:
                databases = conftest.PostgresqlDatabases(environment["TEST_POSTGRESQL_URL"])
                run(databases)
                databases.close()
        except NotHere as missing:
            print(f"PostgreSQL: not run, {missing}")


if __name__ == "__main__":
    main()
