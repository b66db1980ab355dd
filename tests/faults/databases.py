"""Where a script that breaks things gets databases of its own, of either kind."""

import tempfile
from contextlib import contextmanager
from pathlib import Path

import conftest
from servers import postgresql_server

ENGINES = ("sqlite", "postgresql")


@contextmanager
def databases(engine):
    """Yield what makes, empties and drops databases of one kind; `NotHere` without a server."""
    with tempfile.TemporaryDirectory() as home:
        if engine == "sqlite":
            yield conftest.SqliteDatabases(Path(home))
            return
        with postgresql_server() as server:
            made = conftest.PostgresqlDatabases(server["TEST_POSTGRESQL_URL"])
            try:
                yield made
            finally:
                made.close()
