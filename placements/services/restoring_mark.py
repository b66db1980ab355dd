"""Whether a restore is going on: its mark is the schema's number, which every start looks at."""

import time

from alembic.migration import MigrationContext
from sqlalchemy.exc import SQLAlchemyError

from placements.extensions import db

RESTORING = "restoring-"
LOOKED_EVERY = 1.0
_looked: dict[str, tuple[float, bool]] = {}


def is_restoring() -> bool:
    """Say whether a restore is going on; what is said is at most a second old."""
    url, at = str(db.engine.url), time.monotonic()
    last = _looked.get(url)
    if last is None or at - last[0] >= LOOKED_EVERY:
        _looked[url] = last = (at, _look())
    return last[1]


def _look() -> bool:
    try:
        with db.engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError:
        return False
    return found is not None and found.startswith(RESTORING)
