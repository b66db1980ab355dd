"""Erasing a person: every row, file and free page that says something of them, for good (I-38).

What stays is what the audit keeps too: ids, codes, counts and times, so that past figures stand.
The person's id goes on a list that is kept for ever and, beside the database, in a file: whatever
is restored later, everybody on it is erased again before anything is served.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from placements import clock
from placements.domain.errors import GuardRefused, NotFound
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.failpoints import pass_failpoint
from placements.models.audit import History
from placements.models.candidates import Application, Candidate
from placements.models.operations import ErasureList
from placements.services import emptying, erasure_file
from placements.services.erasure_rows import How, erase_rows
from placements.services.transactions import act
from placements.settings import Settings


@dataclass(frozen=True)
class Erased:
    """What became of an erasure: `is_emptied` when no free page holds anything either."""

    candidate_id: int
    n_rows: int
    n_files: int
    is_emptied: bool


def erase_person(
    actor: Actor, candidate_id: int, settings: Settings, *, stop_first: bool = False
) -> Erased:
    """Erase a person for good; an operator may, and the system by the rules of retention.

    Somebody who holds an offer or a placement is refused, unless `stop_first` ends it first as
    if they had stopped taking part: then everybody it concerns is told. Run again, it goes on.
    """
    if actor.role not in (Role.OPERATOR, Role.SYSTEM):
        raise NotFound("Only an operator erases a person.")
    how = How(stops=stop_first)
    traces, n_rows = erase_rows(actor, candidate_id, clock.now(), how)
    pass_failpoint("erase.mid")
    n_files = emptying.remove_letters(traces, settings.mail_sink_dir)
    finish_erasures(settings)
    return Erased(candidate_id, n_rows, n_files, candidate_id not in _list_not_emptied())


def erase_people(candidate_ids: Iterable[int], settings: Settings) -> set[int]:
    """Erase people whose time has come, each in a transaction of its own; return who may not go.

    Cut off, the next run goes on with who is left, and with what was not emptied yet.
    """
    refused: set[int] = set()
    for candidate_id in candidate_ids:
        try:
            traces, _ = erase_rows(SYSTEM, candidate_id, clock.now(), How())
        except GuardRefused:
            refused.add(candidate_id)
            continue
        pass_failpoint("retention.mid")
        emptying.remove_letters(traces, settings.mail_sink_dir)
    finish_erasures(settings)
    return refused


def replay_erasures(settings: Settings) -> int:
    """Erase everybody on the list again, after a restore; return how many had come back.

    Who was erased since the backup was taken is in the file beside the database. Somebody who
    was registered after an id was erased is somebody else, and is left alone.
    """
    listed = dict(list_erased()) | dict(erasure_file.read_erased(settings.anchor_folder))
    n_back = 0
    for candidate_id, erased_at in sorted(listed.items()):
        if not _is_the_same(candidate_id, erased_at):
            continue
        how = How(stops=True, whatever_runs=True)
        traces, n_rows = erase_rows(SYSTEM, candidate_id, erased_at, how)
        emptying.remove_letters(traces, settings.mail_sink_dir)
        n_back += n_rows > 0
    finish_erasures(settings)
    return n_back


def finish_erasures(settings: Settings) -> int:
    """Empty what erasures could not yet, because others were reading; return how many wait on."""
    for candidate_id, erased_at in list_erased():
        erasure_file.keep_erased(settings.anchor_folder, candidate_id, erased_at)
    if _list_not_emptied() and emptying.empty_free_pages():
        _mark_emptied(_list_not_emptied())
    return len(_list_not_emptied())


def list_erased() -> list[tuple[int, datetime]]:
    """List who was erased, by id, and when."""
    rows = select(ErasureList.candidate_id, ErasureList.erased_at)
    found = db.session.execute(rows.order_by(ErasureList.candidate_id)).all()
    return [(row.candidate_id, row.erased_at) for row in found]


def is_erased(candidate_id: int) -> bool:
    """Say whether a person is on the list."""
    return db.session.get(ErasureList, candidate_id) is not None


def _list_not_emptied() -> list[int]:
    waiting = select(ErasureList.candidate_id).where(ErasureList.emptied_at.is_(None))
    found = db.session.scalars(waiting.order_by(ErasureList.candidate_id)).all()
    db.session.rollback()
    return list(found)


@act
def _mark_emptied(candidate_ids: Iterable[int]) -> None:
    at = clock.now()
    for candidate_id in candidate_ids:
        db.session.get_one(ErasureList, candidate_id).emptied_at = at


def _is_the_same(candidate_id: int, erased_at: datetime) -> bool:
    """Say whether a person with this id was here before that id was erased."""
    if db.session.get(Candidate, candidate_id) is None:
        return False
    first = (
        select(func.min(History.moved_at))
        .join(Application, Application.id == History.record_id)
        .where(History.kind == Kind.APPLICATION.value, Application.candidate_id == candidate_id)
    )
    begun_at = db.session.scalar(first)
    return begun_at is None or begun_at <= erased_at
