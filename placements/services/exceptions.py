"""What is late or stuck in a region: what staff look at first in the morning."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import aliased

from placements import clock
from placements.domain.data_requests import KINDS as REQUEST_WORDS
from placements.domain.data_requests import count_days_left
from placements.domain.permissions import Actor
from placements.domain.plain_words import day_words
from placements.domain.vocabulary import Kind
from placements.domain.working_days import deadline_at, end_of_day, london_date
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.audit import Event
from placements.models.candidates import Application
from placements.models.employers import Employer
from placements.models.operations import Message, Occurrence
from placements.models.placements import Placement
from placements.models.rounds import Round
from placements.services.agreements import find_missing_signatures
from placements.services.asks import list_asked
from placements.services.data_requests import list_requests
from placements.services.lost_places import WHO_WHERE, list_lost
from placements.services.message_regions import region_of_message
from placements.services.nights import find_last_finding

CONFIRM_DAYS, SOON_DAYS, RECENT_DAYS = 5, 7, 14
SOLVE_MINUTES = 15
STOPPED = "It stopped with an error"
STEP_WORDS = {
    "round.open": "Opening a round",
    "round.lock": "Locking a round",
    "round.solve": "Making a plan",
    "round.release": "Sending results",
    "round.cascade": "Offering freed places",
    "offers.lapse": "Ending offers without an answer",
}
ASKED_WORDS = {
    "wrong_safety": "does not feel safe at the placement. Call them today.",
    "wrong_hours": "says the hours are wrong.",
    "wrong_travel": "says the journey does not work.",
    "wrong_other_work": "says the work is not what was said.",
    "ask_for_check": "asks for a check of the decision.",
}
LATE_ROUNDS = ("open", "locked", "simulating", "proposed", "approved")


@dataclass(frozen=True)
class Concern:
    """One late or stuck thing: what, since when, and the record to look at; no names of people."""

    kind: str
    words: str
    since: datetime | None
    subject_kind: str
    subject_id: int


def list_exceptions(actor: Actor) -> list[Concern]:
    """List what is late or stuck in the actor's region, the most pressing kind first."""
    at, region_id = clock.now(), actor.region_id or 0
    return [
        *_broken_rules(),
        *_asked(actor),
        *_data_requests(actor, at),
        *_failed_rounds(region_id),
        *_late_rounds(region_id, at),
        *_late_confirmations(region_id, at),
        *_unsigned_starts(region_id),
        *_lost_places(region_id),
        *_stopped_steps(region_id, at),
        *_dead_letters(region_id),
    ]


def _broken_rules() -> list[Concern]:
    found = find_last_finding()
    return [Concern("broken_rule", found.words, found.at, "step", found.step_id)] if found else []


def _asked(actor: Actor) -> list[Concern]:
    found = [
        Concern(
            "asked",
            f"{one.reference}: {ASKED_WORDS[one.action]}",
            one.asked_at,
            one.kind,
            one.record_id,
        )
        for one in list_asked(actor)
    ]
    return sorted(found, key=lambda one: ASKED_WORDS["wrong_safety"] not in one.words)


def _data_requests(actor: Actor, at: datetime) -> list[Concern]:
    """List what people asked about their data and is late, or due within days."""
    today, found = london_date(at), []
    for one in list_requests(actor):
        left = count_days_left(one.due_on, today) if one.due_on else SOON_DAYS + 1
        if left <= SOON_DAYS:
            day = f"{'was' if left < 0 else 'is'} due on {day_words(one.due_on)}"
            words = f"{one.reference}: {REQUEST_WORDS[one.kind].lower()}. This {day}."
            found.append(Concern("data_request", words, one.asked_at, "data_request", one.id))
    return found


def count_to_check(actor: Actor) -> tuple[int, datetime | None]:
    """Return how many placements wait to be checked, and since when the first of them does."""
    sent_at = (
        select(Event.record_id, func.max(Event.happened_at).label("at"))
        .where(Event.kind == Kind.PLACEMENT.value, Event.to_state == "submitted")
        .group_by(Event.record_id)
        .subquery()
    )
    rows = (
        select(func.count(Placement.id), func.min(sent_at.c.at))
        .join(Employer, Placement.employer_id == Employer.id)
        .outerjoin(sent_at, sent_at.c.record_id == Placement.id)
        .where(Employer.region_id == actor.region_id, Placement.state == "submitted")
    )
    n, first = db.session.execute(rows).one()
    return n, first


def _failed_rounds(region_id: int) -> list[Concern]:
    rows = select(Round).where(Round.region_id == region_id, Round.state == "failed")
    return [
        Concern("failed_round", f"{r.name}: no plan. {r.reason or ''}".strip(), None, "round", r.id)
        for r in db.session.scalars(rows.order_by(Round.release_at))
    ]


def _late_rounds(region_id: int, at: datetime) -> list[Concern]:
    rows = select(Round).where(Round.region_id == region_id, Round.state.in_(LATE_ROUNDS))
    found, begun = [], dict(tuple(row) for row in db.session.execute(_begun_plans(region_id)))
    for round_ in db.session.scalars(rows.order_by(Round.release_at)):
        words, since = _lateness(round_, at, begun.get(round_.id))
        if words:
            found.append(
                Concern("late_round", f"{round_.name}: {words}", since, "round", round_.id)
            )
    return found


def _begun_plans(region_id: int):
    rows = select(Event.record_id, func.max(Event.happened_at)).group_by(Event.record_id)
    rows = rows.join(Round, Round.id == Event.record_id).where(Round.region_id == region_id)
    return rows.where(Event.kind == Kind.ROUND.value, Event.action == "solve")


def _lateness(round_: Round, at: datetime, since: datetime | None) -> tuple[str, datetime | None]:
    if at >= round_.release_at:
        return "the release time has passed and no result is out.", round_.release_at
    if round_.state == "open" and at >= round_.locks_at:
        return "it should be locked by now.", round_.locks_at
    is_long = since is not None and at - since >= timedelta(minutes=SOLVE_MINUTES)
    if round_.state != "simulating" or not is_long:
        return "", None
    return "making the plan takes too long.", since


def _late_confirmations(region_id: int, at: datetime) -> list[Concern]:
    found = []
    for assignment in _assignments(region_id, "accepted"):
        due_at = deadline_at(assignment.answered_at or at, CONFIRM_DAYS)
        if due_at <= at:
            words = f"{_who_where(assignment)}: said yes, not confirmed in time."
            employer_id = assignment.placement.employer_id
            found.append(Concern("late_confirmation", words, due_at, "employer", employer_id))
    return sorted(found, key=lambda late: late.since)


def _unsigned_starts(region_id: int) -> list[Concern]:
    today, found = clock.today(), []
    last = today + timedelta(days=SOON_DAYS)
    soon = _assignments(region_id, "confirmed", Assignment.start_on <= last)
    missing = find_missing_signatures(soon, today)
    for assignment in soon:
        if missing[assignment.id]:
            parties = ", ".join(missing[assignment.id]).replace("_", " ")
            words = f"{_who_where(assignment)}: not signed yet by {parties}."
            day = end_of_day(assignment.start_on - timedelta(days=1))
            owner = assignment.placement.employer_id
            found.append(Concern("unsigned_start", words, day, "employer", owner))
    return sorted(found, key=lambda late: late.since)


def _assignments(region_id: int, state: str, *more: ColumnElement[bool]) -> list[Assignment]:
    rows = select(Assignment).join(Application, Assignment.application_id == Application.id)
    rows = rows.where(Application.region_id == region_id, Assignment.state == state, *more)
    return list(db.session.scalars(rows.order_by(Assignment.id).options(*WHO_WHERE)))


def _who_where(assignment: Assignment) -> str:
    placement = assignment.placement
    return f"{assignment.application.reference} at {placement.employer.name} ({placement.title})"


def _lost_places(region_id: int) -> list[Concern]:
    return [
        Concern(
            "lost_place",
            f"{_who_where(lost.assignment)}: the place is gone, and they have no other.",
            lost.lost_at,
            "application",
            lost.assignment.application_id,
        )
        for lost in list_lost(region_id)
    ]


def _stopped_steps(region_id: int, at: datetime) -> list[Concern]:
    """Steps that stopped with an error and did not run well since."""
    later = aliased(Occurrence)
    ran_since = exists().where(
        later.schedule == Occurrence.schedule,
        later.subject_id == Occurrence.subject_id,
        later.due_at > Occurrence.due_at,
        later.state == "done",
    )
    rows = (
        select(Occurrence)
        .where(Occurrence.state == "skipped", Occurrence.reason.startswith(STOPPED))
        .where(Occurrence.due_at >= at - timedelta(days=RECENT_DAYS), ~ran_since)
        .order_by(Occurrence.due_at)
    )
    own = dict(tuple(row) for row in db.session.execute(_round_names(region_id)))
    found = []
    for step in db.session.scalars(rows):
        if step.schedule not in STEP_WORDS or step.subject_id in own:
            of_round = f" of {own[step.subject_id]}" if step.schedule in STEP_WORDS else ""
            name = STEP_WORDS.get(step.schedule, step.schedule.replace(".", " ").replace("_", " "))
            subject = ("round", step.subject_id) if of_round else ("step", step.id)
            words = f"{name}{of_round}: {step.reason}"
            found.append(Concern("stopped_step", words, step.due_at, *subject))
    return found


def _round_names(region_id: int):
    return select(Round.id, Round.name).where(Round.region_id == region_id)


def _dead_letters(region_id: int) -> list[Concern]:
    dead = (Message.state == "dead", region_of_message() == region_id)
    rows = select(Message).where(*dead).order_by(Message.send_at, Message.id)
    return [
        Concern(
            "dead_letter",
            f"{m.template.replace('_', ' ')} by {m.channel}: not delivered in {m.n_tries} tries.",
            m.send_at,
            "message",
            m.id,
        )
        for m in db.session.scalars(rows)
    ]
