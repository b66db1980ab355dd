"""A region that lived a round whole: offers, answers, a cascade, a start, an end, an outcome.

Every name is invented.
"""

from datetime import date, datetime, timedelta

from factories import told_rounds
from factories.told_rounds import FIRST_DAY, HOUR, LOCKS, OPENS, RELEASE, london
from sqlalchemy import select

from placements import scheduler
from placements.domain.vocabulary import OutcomeKind
from placements.extensions import db
from placements.models.assignments import Assignment, Extension
from placements.models.outcomes import Checkpoint
from placements.services import assignments, nights, outcomes, rounds, starts
from placements.services.occurrences import add_occurrence
from placements.services.outcomes import Answer
from placements.services.transactions import act

ENDED = date(2026, 8, 9)


def live_a_round(app, tmp_path):
    """Live through a round and what follows, and return its world; inside the app."""
    world = told_rounds.open_round(app, tmp_path)
    nights.begin_nights()
    _settle(world)
    _work(world)
    _answer(world)
    _plan_another(world)
    return world


def _settle(world):
    told_rounds.propose(world)
    run_at(world, RELEASE)
    first, second = told_rounds.offers()
    assignments.accept_offer(told_rounds.person_of(world, first), first.id)
    assignments.decline_offer(told_rounds.person_of(world, second), second.id)
    run_at(world, RELEASE + 2 * HOUR)
    third = told_rounds.offers()[-1]
    assert third.id not in (first.id, second.id)
    _extend(world, third.id)
    world.assignment_id = first.id


@act
def _extend(world, assignment_id):
    held = db.session.get_one(Assignment, assignment_id)
    until = held.deadline_at + timedelta(days=1)
    moved = Extension(assignment_id=held.id, from_at=held.deadline_at, to_at=until)
    moved.reason, moved.extended_by = "Storm (invented)", world.operator.account_id
    db.session.add(moved)
    db.session.flush()
    held.deadline_at = until
    add_occurrence("offers.lapse", held.round_id, until)


def _work(world):
    told_rounds.confirm(world, world.assignment_id)
    held = db.session.get_one(Assignment, world.assignment_id)
    person = told_rounds.person_of(world, held)
    for actor in (world.employer, world.provider, person):
        told_rounds.agreements.sign_agreement(actor, held.id)
    run_at(world, london(FIRST_DAY, 9))
    starts.start_assignment(world.employer, held.id)
    run_at(world, london(ENDED, 17))
    starts.complete_assignment(world.employer, held.id)


def _answer(world):
    run_at(world, london(date(2026, 9, 10), 9))
    asked = (Checkpoint.assignment_id == world.assignment_id, Checkpoint.kind == "W4")
    question = db.session.scalar(select(Checkpoint).where(*asked))
    outcomes.fall_due(date(2026, 9, 10))
    seen = Answer(OutcomeKind.JOB, hours_per_week=30, evidence="Payslip seen (invented)")
    outcomes.record_outcome(world.provider, question.id, seen)
    outcomes.verify_outcome(world.operator, question.id)


def _plan_another(world):
    dates = tuple(at + timedelta(days=120) for at in (OPENS, LOCKS, RELEASE))
    rounds.create_round(world.operator, "Autumn", dates, seed=8)


def run_at(world, at: datetime):
    """Move the clock and run what is due."""
    world.clock_at(at)
    scheduler.run_due("worker-1")
