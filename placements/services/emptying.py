"""What erased rows leave behind: free pages, the log beside the database, letters as files."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from placements.domain.personal_data import INVENTORY
from placements.extensions import db
from placements.models.operations import Message
from placements.services.personal_rows import Person, of_messages

LOCK_WAIT = "5s"


@dataclass(frozen=True)
class Traces:
    """How letters about a person are known: by the key of their message, or by what they say."""

    keys: tuple[str, ...]
    words: tuple[str, ...]


def find_traces(person: Person) -> Traces:
    """Gather how the letters about a person are known, before their rows are emptied."""
    keys = db.session.scalars(select(Message.key).where(of_messages(person)))
    return Traces(tuple(keys), (*person.names, *person.addresses))


def remove_letters(traces: Traces, folder: Path | None) -> int:
    """Remove the letters in the folder of messages that went to the person or name them."""
    if folder is None or not folder.exists():
        return 0
    named = {hashlib.sha256(key.encode()).hexdigest()[:32] for key in traces.keys}
    n_removed = 0
    for file in sorted(folder.iterdir()):
        if file.suffix in (".eml", ".part") and (file.stem in named or _tells(file, traces)):
            file.unlink(missing_ok=True)
            n_removed += 1
    return n_removed


def _tells(file: Path, traces: Traces) -> bool:
    letter = message_from_bytes(file.read_bytes(), policy=policy.default)
    told = "\n".join([*map(str, letter.values()), *_texts(letter)]).casefold()
    return any(word.casefold() in told for word in traces.words)


def _texts(letter: EmailMessage) -> Iterator[str]:
    for part in letter.walk():
        if part.get_content_maintype() == "text":
            yield part.get_content()


def empty_free_pages() -> bool:
    """Leave nothing of what was removed in the files of the database; False if others hold it up.

    SQLite overwrites what it removes (`secure_delete`); the rest of it goes when the file is
    written anew and the log is cut to nothing. PostgreSQL writes the tables anew; where somebody
    reads on and on, they are cleaned in place now and written anew at a later try.
    """
    db.session.rollback()
    db.session.remove()
    if db.engine.dialect.name == "sqlite":
        return _empty_sqlite()
    return _empty_postgresql()


def _empty_sqlite() -> bool:
    with closing(db.engine.raw_connection()) as held:
        connection = held.driver_connection
        try:
            connection.execute("VACUUM")
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            return False
        return not busy


def _empty_postgresql() -> bool:
    tables = sorted({field.table for field in INVENTORY})
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_WAIT}'")
        try:
            for table in tables:
                connection.exec_driver_sql(f'VACUUM (FULL) "{table}"')
        except OperationalError:
            for table in tables:
                connection.exec_driver_sql(f'VACUUM "{table}"')
            return False
        finally:
            connection.exec_driver_sql("RESET lock_timeout")
    return True
