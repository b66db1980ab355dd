"""The people of a provider as a list: who they are, what is missing, what comes next."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from placements import clock
from placements.domain.csv_rows import neutralise
from placements.domain.eligibility import Answer
from placements.domain.errors import NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import LIVE_ASSIGNMENT_STATES, Role
from placements.domain.working_days import deadline_day, london_date
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application, KeyWorker
from placements.models.outcomes import Checkpoint
from placements.models.rounds import Round
from placements.services.applications import get_application, list_rule_answers
from placements.services.key_workers import list_key_workers
from placements.services.lost_places import who_lost
from placements.services.outcomes import OPEN_STATES, list_checkpoints

NOT_READY = ("draft", "submitted", "info_requested")
CLOSED = ("withdrawn", "exited", "ineligible", "anonymised")
SHOWN: dict[str, tuple[str, tuple[str, ...]]] = {
    "not_ready": ("Not ready yet", NOT_READY),
    "info": ("Info asked for", ("info_requested",)),
    "ready": ("Ready", ("ready",)),
    "on_hold": ("On hold", ("on_hold",)),
    "closed": ("Finished, withdrawn or cannot join", CLOSED),
    "mine": ("Those I look after", ()),
    "lost": ("Lost a place, and have no other", ()),
}
"""Each filter by the code in the address: its words, and the states it shows."""


@dataclass(frozen=True)
class PersonLine:
    """One person of the list; `next_on` is the next date that matters, and `next_words` why."""

    application_id: int
    reference: str
    name: str
    key_worker: str
    state: str
    missing: tuple[str, ...]
    n_choices: int
    next_on: date | None
    next_words: str


SORTS: dict[str, tuple[str, Callable[[PersonLine], Any]]] = {
    "name": ("Name", lambda line: line.name.casefold()),
    "key_worker": ("Key worker", lambda line: (line.key_worker.casefold(), line.name.casefold())),
    "state": ("State", lambda line: (line.state, line.name.casefold())),
    "missing": ("Missing", lambda line: (len(line.missing), line.name.casefold())),
    "choices": ("Choices", lambda line: (line.n_choices, line.name.casefold())),
    "next": ("Next date", lambda line: (line.next_on or date.max, line.name.casefold())),
}


def list_people(
    actor: Actor,
    folder: Path,
    *,
    shown: str | None = None,
    name: str | None = None,
    sort: str = "name",
    descending: bool = False,
) -> list[PersonLine]:
    """List a provider's own people; `shown` is a key of `SHOWN`, `name` any part of a name."""
    if actor.role is not Role.PROVIDER or actor.organisation_id is None:
        raise NotFound("Sign in as the provider whose people these are.")
    rows = select(Application).where(Application.provider_id == actor.organisation_id)
    rows = rows.where(Application.state != "anonymised")
    if shown == "mine":
        mine = select(KeyWorker.application_id).where(KeyWorker.account_id == actor.account_id)
        rows = rows.where(Application.id.in_(mine))
    elif shown == "lost":
        rows = rows.where(Application.id.in_(who_lost()))
    elif shown in SHOWN:
        rows = rows.where(Application.state.in_(SHOWN[shown][1]))
    rows = rows.options(joinedload(Application.candidate)).order_by(Application.id)
    wanted = " ".join((name or "").casefold().split())
    dates, workers = _NextDates(actor), list_key_workers(actor)
    lines = [
        _describe(application, folder, dates, workers)
        for application in db.session.scalars(rows)
        if wanted in (application.candidate.name or "").casefold()
    ]
    key = SORTS.get(sort, SORTS["name"])[1]
    return sorted(lines, key=key, reverse=descending)


class _NextDates:
    """What comes next for each of a provider's people, read at once."""

    def __init__(self, actor: Actor) -> None:
        mine = select(Application.id).where(Application.provider_id == actor.organisation_id)
        live = select(Assignment).where(Assignment.application_id.in_(mine))
        live = live.where(Assignment.state.in_(LIVE_ASSIGNMENT_STATES))
        self.live = {a.application_id: a for a in db.session.scalars(live)}
        self.questions = self._read_questions(actor)
        self.locks_on = find_next_lock_on(actor)

    def _read_questions(self, actor: Actor) -> dict[int, Checkpoint]:
        questions = list_checkpoints(actor, OPEN_STATES)
        about = [q.assignment_id for q in questions if q.assignment_id]
        rows = select(Assignment.id, Assignment.application_id).where(Assignment.id.in_(about))
        owners = {row.id: row.application_id for row in db.session.execute(rows)}
        found: dict[int, Checkpoint] = {}
        for question in questions:
            owner = question.application_id or owners.get(question.assignment_id or 0)
            found.setdefault(owner or 0, question)
        return found

    def find(self, application: Application) -> tuple[date | None, str]:
        """Return the next date of a person, and what it is of."""
        held = self.live.get(application.id)
        if held is not None and held.state == "offered":
            return deadline_day(held.deadline_at) if held.deadline_at else None, "Answer by"
        if held is not None and held.state == "confirmed":
            return held.start_on, "Starts"
        if held is not None and held.state == "started":
            return held.end_on, "Ends"
        question = self.questions.get(application.id)
        if question is not None:
            return question.due_on, "Outcome due"
        waits = application.state in (*NOT_READY, "ready")
        return (self.locks_on, "Choices close") if waits and held is None else (None, "")


def find_next_lock_on(actor: Actor) -> date | None:
    """Return the day on which choices close for the next round of the actor's region, or None."""
    rows = select(Round.locks_at).where(Round.region_id == actor.region_id)
    rows = rows.where(Round.state.in_(("planned", "open")), Round.locks_at > clock.now())
    found = db.session.scalar(rows.order_by(Round.locks_at).limit(1))
    return london_date(found) if found else None


def _describe(
    application: Application, folder: Path, dates: _NextDates, workers: dict[int, str]
) -> PersonLine:
    next_on, next_words = dates.find(application)
    return PersonLine(
        application.id,
        application.reference,
        application.candidate.name or "",
        workers.get(application.id, ""),
        application.state,
        list_missing(application, folder) if application.state in NOT_READY else (),
        len(application.choices or []),
        next_on,
        next_words,
    )


def list_missing(application: Application, folder: Path) -> tuple[str, ...]:
    """List what keeps a person from being ready: each unmet rule, and what was not said yet."""
    answers = list_rule_answers(application, folder, clock.today())
    unmet = [answer.fact for answer in answers if answer.answer is not Answer.MEETS]
    if application.start_from is None:
        unmet = [fact for fact in unmet if "first possible start" not in fact]
        unmet.append("We do not have a first possible start.")
    if not application.availability:
        unmet.append("We do not know the days and hours they can come.")
    return tuple(unmet)


def find_offer(actor: Actor, application_id: int) -> Assignment | None:
    """Return the offer or placement that runs for a person the actor may see, or None."""
    application = get_application(actor, application_id)
    rows = select(Assignment).where(Assignment.application_id == application.id)
    return db.session.scalar(rows.where(Assignment.state.in_(LIVE_ASSIGNMENT_STATES)))


def to_cells(line: PersonLine, state: str) -> list[str]:
    """Write one line of the list as cells of a file that no spreadsheet runs."""
    next_on = f"{line.next_on:%Y-%m-%d}" if line.next_on else ""
    cells = [
        line.reference,
        line.name,
        line.key_worker,
        state,
        " ".join(line.missing),
        str(line.n_choices),
    ]
    return [neutralise(cell) for cell in [*cells, line.next_words, next_on]]
