"""What a young person did before: asked once, with their entry, and never chased.

It tells how far somebody came. No rate, no count of answers and no return reads it.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from placements import clock
from placements.domain.checkpoints import DatedQuestion
from placements.domain.errors import GuardRefused
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import (
    OPEN_APPLICATION_STATES,
    CheckpointKind,
    Kind,
    OutcomeKind,
    Role,
    Source,
)
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application
from placements.models.outcomes import Checkpoint, Outcome
from placements.services import transitions
from placements.services.destinations import STARTED_STATES
from placements.services.outcome_batches import Said, keep_answers
from placements.services.outcomes import (
    Answer,
    find_standing_outcome,
    keep_answer,
    pick_standing,
)
from placements.services.sight import find_hidden, may_see
from placements.services.transactions import act

BASE = CheckpointKind.BASE.value
CAN_CHANGE = ("recorded", "evidenced", "refused")
OVER = "What somebody did before is asked with their entry. The time for it is over."


@dataclass(frozen=True)
class Before:
    """What somebody did before, as far as the reader sees it, and whether they may say it now."""

    kind: OutcomeKind | None
    can_say: bool


def add_baselines(applications: Sequence[Application], at: datetime) -> None:
    """Ask those who were not asked yet; part of the act that makes them ready.

    The question stays scheduled until somebody answers it, so nobody is reminded of it.
    """
    asked = _find([application.id for application in applications])
    about = DatedQuestion(CheckpointKind.BASE, clock.today())
    new = [
        Checkpoint(
            application_id=application.id,
            kind=BASE,
            due_on=about.due_on,
            window_opens_on=about.window_opens_on,
            window_closes_on=about.window_closes_on,
        )
        for application in applications
        if application.id not in asked
    ]
    transitions.begin_all(new, Kind.CHECKPOINT, "schedule", SYSTEM, at)


def _find(application_ids: Collection[int]) -> dict[int, Checkpoint]:
    rows = select(Checkpoint).where(
        Checkpoint.kind == BASE, Checkpoint.application_id.in_(application_ids)
    )
    return {one.application_id: one for one in db.session.scalars(rows) if one.application_id}


def read_before(actor: Actor, application: Application) -> Before:
    """Return what the reader sees of what somebody did before they took part."""
    checkpoint = _find([application.id]).get(application.id)
    stands = find_standing_outcome(checkpoint) if checkpoint else None
    if stands is not None and not _sees(actor, application, stands):
        stands = None
    can_say = bool(find_asked([application]))
    if actor.role is Role.YOUNG_PERSON and stands is not None:
        # What somebody else said is not changed but disputed, on their timeline.
        can_say = can_say and stands.source == Source.SELF.value
    return Before(OutcomeKind(stands.kind) if stands else None, can_say)


def _sees(actor: Actor, application: Application, outcome: Outcome) -> bool:
    return may_see(actor, find_hidden([application.id]).get(application.id), outcome)


def find_asked(applications: Sequence[Application]) -> set[int]:
    """Return the ids of those of whom an answer still tells what came before."""
    ids = [application.id for application in applications]
    asked = _find(ids)
    rows = select(Assignment.application_id).where(Assignment.state.in_(STARTED_STATES))
    started = set(db.session.scalars(rows.where(Assignment.application_id.in_(ids))))
    return {
        application.id
        for application in applications
        if application.id not in started and _may_be_said(application, asked.get(application.id))
    }


def _may_be_said(application: Application, checkpoint: Checkpoint | None) -> bool:
    if application.state not in OPEN_APPLICATION_STATES:
        return False
    if checkpoint is None or checkpoint.state == "scheduled":
        return True
    return checkpoint.state in CAN_CHANGE and clock.today() <= checkpoint.window_closes_on


def keep_baseline(actor: Actor, application: Application, answer: Answer) -> Checkpoint:
    """Keep what somebody did before, or change it; the same kind again adds nothing.

    Part of an act. Their provider or the person may; raises `GuardRefused` once it is over.
    """
    before = read_before(actor, application)
    add_baselines([application], clock.now())
    if before.kind is not None and answer == Answer(before.kind):
        return _find([application.id])[application.id]
    if not find_asked([application]):
        raise GuardRefused(OVER)
    checkpoint = open_baselines([application])[application.id]
    # Of an entry that is not sent yet the person hears once, as a whole, when it is.
    keep_answer(actor, checkpoint, answer, quiet=application.state == "draft")
    return checkpoint


def keep_baselines(actor: Actor, told: Sequence[tuple[Application, OutcomeKind]]) -> None:
    """Keep what a file says of new applications; part of an act.

    Their people hear once, as a whole, that they are registered.
    """
    found = open_baselines([application for application, _ in told])
    said = [Said(found[one.id], Answer(kind), Source.PROVIDER) for one, kind in told]
    keep_answers(actor, said, quiet=True)


def open_baselines(applications: Sequence[Application]) -> dict[int, Checkpoint]:
    """Open the question for an answer that is kept in the same act; return it by application."""
    at = clock.now()
    add_baselines(applications, at)
    found = _find([application.id for application in applications])
    waiting = [one for one in found.values() if one.state == "scheduled"]
    transitions.move_all(waiting, Kind.CHECKPOINT, "fall_due", SYSTEM, at)
    return found


def read_kinds(application_ids: Collection[int]) -> dict[int, str]:
    """Return the kind of answer that stands, by application; only of those who answered."""
    rows = select(Checkpoint.application_id, Outcome).join(Outcome)
    rows = rows.where(Checkpoint.kind == BASE, Checkpoint.application_id.in_(application_ids))
    told: dict[int, list[Outcome]] = defaultdict(list)
    for application_id, outcome in db.session.execute(rows.order_by(Outcome.id)):
        told[application_id].append(outcome)
    return {key: stands.kind for key, said in told.items() if (stands := pick_standing(said))}


@act
def close_baselines(today: date) -> int:
    """Close the questions nobody answered in their window; return how many. Nothing is claimed."""
    over = (Checkpoint.state == "scheduled", Checkpoint.window_closes_on < today)
    rows = select(Checkpoint).where(Checkpoint.kind == BASE, *over).order_by(Checkpoint.id)
    found = db.session.scalars(rows).all()
    transitions.move_all(found, Kind.CHECKPOINT, "not_applicable", SYSTEM, clock.now())
    return len(found)
