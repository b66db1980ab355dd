"""Many rows read some at a time, so that a hundred thousand of them need little memory."""

from sqlalchemy import Result, Select

from placements.extensions import db

AT_ONCE = 2000


def stream(rows: Select) -> Result:
    """Read rows through a cursor. PostgreSQL keeps one only inside a transaction."""
    in_transaction = {"bind": db.engine}
    found = rows.execution_options(yield_per=AT_ONCE)
    return db.session.execute(found, bind_arguments=in_transaction)
