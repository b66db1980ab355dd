"""What is said on its day: still true, the first day, the last, and questions nobody answered."""

from datetime import datetime, timedelta

from sqlalchemy import exists, select

from placements.domain.freshness import asks_on, pauses_on
from placements.domain.plain_words import day_words
from placements.domain.working_days import london_date
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application, Candidate, ProviderMember
from placements.models.employers import EmployerMember
from placements.models.operations import Message
from placements.models.outcomes import Checkpoint, Outcome
from placements.models.placements import Placement
from placements.outbox.facts import (
    NOBODY_NAMED,
    Facts,
    acts_for_employer,
    acts_for_provider,
    find_assignment,
    first_name,
    full_name,
    placement_words,
)

ME, MY_PLACE, STILL_TRUE = "/me", "/me/placement", "/employer/still-true"
PEOPLE, PLACED, OUTCOMES = "/employer/people", "/provider/placed", "/provider/outcomes"
STAYED = "/employer/outcomes"
WHEN = {0: "today", 1: "tomorrow"}
CHECKED = ("live", "full")


def still_true(message: Message, at: datetime) -> Facts | None:
    """Which placements of an employer nobody has looked at for a month."""
    found = _own_placement(message)
    if found is None or found.state not in CHECKED or not _is_due(found, at):
        return None
    rows = select(Placement).where(
        Placement.employer_id == found.employer_id, Placement.state.in_(CHECKED)
    )
    due = [one for one in db.session.scalars(rows.order_by(Placement.id)) if _is_due(one, at)]
    places = [{"title": one.title, "pauses_on": _pause_words(one)} for one in due]
    return Facts({"places_due": places}, STILL_TRUE)


def placement_paused(message: Message, _at: datetime) -> Facts | None:
    """Which placements of an employer wait until somebody says that they are still true."""
    found = _own_placement(message)
    if found is None or not _waits(found):
        return None
    rows = select(Placement).where(Placement.employer_id == found.employer_id)
    waiting = [one for one in db.session.scalars(rows.order_by(Placement.id)) if _waits(one)]
    return Facts({"places_due": [{"title": one.title} for one in waiting]}, STILL_TRUE)


def _is_due(placement: Placement, at: datetime) -> bool:
    return placement.checked_at is not None and asks_on(placement.checked_at) <= london_date(at)


def _waits(placement: Placement) -> bool:
    return placement.state == "paused" and placement.paused_until is None


def _pause_words(placement: Placement) -> str:
    is_open = placement.state == "live" and placement.checked_at is not None
    return day_words(pauses_on(placement.checked_at)) if is_open else ""


def _own_placement(message: Message) -> Placement | None:
    found = db.session.get(Placement, message.subject_id)
    if found is None or not acts_for_employer(message.account_id, found.employer_id):
        return None
    return found


def start_soon(message: Message, at: datetime) -> Facts | None:
    """Where, when and whom to ask for, before the first day and on it."""
    found = find_assignment(message.subject_id)
    if found is None or found.application.candidate.account_id != message.account_id:
        return None
    words = _start_words(message, found, at)
    if words is None:
        return None
    return Facts({**words, "first_name": first_name(found.application.candidate)}, MY_PLACE)


def person_starts(message: Message, at: datetime) -> Facts | None:
    """Who comes, before the first day and on it."""
    found = find_assignment(message.subject_id)
    if found is None or not acts_for_employer(message.account_id, found.placement.employer_id):
        return None
    words, person = _start_words(message, found, at), found.application.candidate
    if words is None:
        return None
    words |= {"person": full_name(person), "phone": person.mobile or ""}
    return Facts(words, f"{PEOPLE}/{found.id}")


def _start_words(message: Message, found: Assignment, at: datetime) -> dict | None:
    """Say when the first day is; None unless it is as far ahead as the message says."""
    if found.state != "confirmed" or found.start_on is None:
        return None
    n_days = (found.start_on - london_date(at)).days
    is_of_its_day = n_days > 1 if message.template.endswith("week") else n_days in WHEN
    if not is_of_its_day:
        return None
    when = WHEN.get(n_days) or f"on {day_words(found.start_on)}"
    return {**placement_words(found, at), "when": when}


def first_day_moved(message: Message, at: datetime) -> Facts | None:
    """The new first day, then the one before it."""
    found = find_assignment(message.subject_id)
    if found is None or found.application.candidate.account_id != message.account_id:
        return None
    words = _moved_words(message, found, at)
    if words is None:
        return None
    return Facts({**words, "first_name": first_name(found.application.candidate)}, MY_PLACE)


def first_day_moved_of(message: Message, at: datetime) -> Facts | None:
    """The new first day of somebody of the provider's."""
    found = find_assignment(message.subject_id)
    if found is None:
        return None
    if not acts_for_provider(message.account_id, found.application.provider_id):
        return None
    words = _moved_words(message, found, at)
    if words is None:
        return None
    return Facts(
        {**words, "person": full_name(found.application.candidate)}, f"{PLACED}/{found.id}"
    )


def _moved_words(message: Message, found: Assignment, at: datetime) -> dict | None:
    """Read the day it was from the message's own key: the record holds the new one alone."""
    if found.state != "confirmed" or found.start_on is None:
        return None
    was = datetime.strptime(message.key.split(":")[3][:8], "%Y%m%d").date()
    return {**placement_words(found, at), "was_day": day_words(was)}


def not_started(message: Message, at: datetime) -> Facts | None:
    """Everybody of a provider's whose first day is today and who nobody said has come."""
    today = london_date(at)
    rows = (
        select(Candidate.name, Candidate.mobile, Placement.title)
        .join(Application, Application.candidate_id == Candidate.id)
        .join(Assignment, Assignment.application_id == Application.id)
        .join(Placement, Assignment.placement_id == Placement.id)
        .join(ProviderMember, ProviderMember.provider_id == Application.provider_id)
        .where(
            ProviderMember.account_id == message.account_id,
            Assignment.state == "confirmed",
            Assignment.start_on == today,
        )
        .order_by(Candidate.name, Assignment.id)
    )
    people = [_named(name, mobile, title=title) for name, mobile, title in db.session.execute(rows)]
    return Facts({"people": people}, PLACED) if people else None


def end_tomorrow(message: Message, at: datetime) -> Facts | None:
    """That tomorrow is the last day."""
    found = find_assignment(message.subject_id)
    if found is None or found.application.candidate.account_id != message.account_id:
        return None
    if not _ends_tomorrow(found, at):
        return None
    words = {**placement_words(found, at), "first_name": first_name(found.application.candidate)}
    return Facts(words, ME)


def person_ends_tomorrow(message: Message, at: datetime) -> Facts | None:
    """Whose last day is tomorrow, with the form that is filled in already."""
    found = find_assignment(message.subject_id)
    if found is None or not acts_for_employer(message.account_id, found.placement.employer_id):
        return None
    if not _ends_tomorrow(found, at):
        return None
    words = {**placement_words(found, at), "person": full_name(found.application.candidate)}
    return Facts(words, f"{PEOPLE}/{found.id}/end")


def _ends_tomorrow(found: Assignment, at: datetime) -> bool:
    tomorrow = london_date(at) + timedelta(days=1)
    return found.state == "started" and found.end_on == tomorrow


def checkpoint_late(message: Message, at: datetime) -> Facts | None:
    """Which people of a provider have not answered a question that was asked days ago."""
    found = _open_question(message, at)
    if found is None:
        return None
    rows = (
        _questions(at)
        .join(ProviderMember, ProviderMember.provider_id == Application.provider_id)
        .where(ProviderMember.account_id == message.account_id, Checkpoint.state == "chasing")
    )
    people = [
        _named(name, mobile, asked_on=day_words(due_on))
        for name, mobile, due_on in db.session.execute(rows)
    ]
    return Facts({"people": people}, OUTCOMES) if people else None


def checkpoint_hired(message: Message, at: datetime) -> Facts | None:
    """Which people whom an employer gave a job have not said what they do now."""
    found = _open_question(message, at)
    if found is None:
        return None
    rows = (
        _questions(at)
        .join(Placement, Assignment.placement_id == Placement.id)
        .join(EmployerMember, EmployerMember.employer_id == Placement.employer_id)
        .where(
            EmployerMember.account_id == message.account_id,
            Checkpoint.state == "chasing",
            was_hired(),
        )
    )
    people = [_named(name, None) for name, *_ in db.session.execute(rows)]
    return Facts({"people": people}, STAYED) if people else None


def was_hired():
    """The condition that somebody said the placement's employer took the person on."""
    asked = Checkpoint.__table__.alias("asked")
    told = select(Outcome.id).join(asked, Outcome.checkpoint_id == asked.c.id)
    return exists(told.where(asked.c.assignment_id == Assignment.id, Outcome.hired.is_(True)))


def _open_question(message: Message, at: datetime) -> Checkpoint | None:
    found = db.session.get(Checkpoint, message.subject_id)
    is_open = found and found.state == "chasing" and london_date(at) <= found.window_closes_on
    return found if is_open else None


def _questions(at: datetime):
    rows = select(Candidate.name, Candidate.mobile, Checkpoint.due_on)
    rows = rows.select_from(Checkpoint)
    rows = rows.join(Assignment, Checkpoint.assignment_id == Assignment.id)
    rows = rows.join(Application, Assignment.application_id == Application.id)
    rows = rows.join(Candidate, Application.candidate_id == Candidate.id)
    rows = rows.where(Checkpoint.window_closes_on >= london_date(at))
    return rows.order_by(Candidate.name, Checkpoint.id)


def _named(name: str | None, mobile: str | None, **more: str | None) -> dict:
    return {"name": name or NOBODY_NAMED, "phone": mobile or "no phone number", **more}


FACTS = {
    "first_day_moved": first_day_moved,
    "first_day_moved_of": first_day_moved_of,
    "still_true_30": still_true,
    "still_true_40": still_true,
    "placement_paused": placement_paused,
    "start_next_week": start_soon,
    "start_tomorrow": start_soon,
    "start_today": start_soon,
    "person_starts_next_week": person_starts,
    "person_starts_tomorrow": person_starts,
    "person_starts_today": person_starts,
    "not_started": not_started,
    "end_tomorrow": end_tomorrow,
    "person_ends_tomorrow": person_ends_tomorrow,
    "checkpoint_late": checkpoint_late,
    "checkpoint_hired": checkpoint_hired,
}
