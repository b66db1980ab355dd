"""What an employer's people are told, and when it is no longer needed."""

from datetime import datetime

from sqlalchemy import select

from placements.domain.plain_words import day_words, time_words
from placements.domain.working_days import LONDON, add_working_days, london_date
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.operations import Message
from placements.models.placements import Placement
from placements.models.rounds import Round
from placements.outbox.facts import (
    Facts,
    acts_for_employer,
    agreement_words,
    find_assignment,
    full_name,
    placement_words,
)

DAYS_TO_CONFIRM = 5
PEOPLE, NEW_PLACEMENT = "/employer/people", "/employer/placements/new"


def placement_approved(message: Message, _at: datetime) -> Facts | None:
    """That people can now be offered the placement."""
    found = _own_placement(message)
    if found is None or found.state not in ("live", "full"):
        return None
    return Facts({"title": found.title, "places": found.capacity}, _page_of(found))


def placement_changes(message: Message, _at: datetime) -> Facts | None:
    """What to change, with the reason in full."""
    found = _own_placement(message)
    if found is None or found.state != "changes_requested":
        return None
    return Facts({"title": found.title, "reason": found.reason or ""}, _page_of(found))


def placement_refused(message: Message, _at: datetime) -> Facts | None:
    """That a placement cannot be offered, with the reason in full."""
    found = _own_placement(message)
    if found is None or found.state != "closed" or not found.reason:
        return None
    return Facts({"title": found.title, "reason": found.reason}, NEW_PLACEMENT)


def people_coming(message: Message, at: datetime) -> Facts | None:
    """When they will see who is offered their places."""
    round_ = db.session.get(Round, message.subject_id)
    if round_ is None or at >= round_.release_at:
        return None
    if round_.state not in ("locked", "simulating", "proposed", "approved", "failed"):
        return None
    local = round_.release_at.astimezone(LONDON)
    words = {"day": day_words(local.date()), "time": time_words(local.hour * 60 + local.minute)}
    return Facts(words, PEOPLE)


def said_yes(message: Message, at: datetime) -> Facts | None:
    """Who said yes, and by when to confirm."""
    found = _own(message)
    if found is None or found.state != "accepted":
        return None
    return Facts({**_words(found, at), "confirm_by": _confirm_by(found)}, _person_page(found))


def not_confirmed(message: Message, at: datetime) -> Facts | None:
    """Everybody who said yes and waits for this employer to confirm."""
    found = _own(message)
    if found is None or found.state != "accepted":
        return None
    waiting = list_waiting(found.placement.employer_id)
    people = [
        {
            "name": full_name(one.application.candidate),
            "title": one.placement.title,
            "confirm_by": _confirm_by(one),
        }
        for one in waiting
    ]
    return Facts({"people": people, "employer": found.placement.employer.name}, PEOPLE)


def list_waiting(employer_id: int) -> list[Assignment]:
    """List the assignments whose person said yes and whose employer has not confirmed."""
    rows = select(Assignment).join(Placement, Assignment.placement_id == Placement.id)
    rows = rows.where(Placement.employer_id == employer_id, Assignment.state == "accepted")
    return list(db.session.scalars(rows.order_by(Assignment.answered_at, Assignment.id)))


def place_open_again(message: Message, at: datetime) -> Facts | None:
    """That a person will not come, or no longer, and what becomes of the place."""
    found = _own(message)
    if found is None:
        return None
    is_open = found.placement.state in ("live", "full") and found.round_id is not None
    return Facts({**_words(found, at), "state": found.state, "is_open": is_open}, PEOPLE)


def agreement(message: Message, at: datetime) -> Facts | None:
    """That the agreement waits for the employer's signature."""
    found = _own(message)
    words = agreement_words(found, "employer", at) if found else None
    if found is None or words is None:
        return None
    name = full_name(found.application.candidate)
    return Facts({**words, "person": name}, f"{_person_page(found)}/agreement")


def _own(message: Message) -> Assignment | None:
    found = find_assignment(message.subject_id)
    if found is None or not acts_for_employer(message.account_id, found.placement.employer_id):
        return None
    return found


def _own_placement(message: Message) -> Placement | None:
    found = db.session.get(Placement, message.subject_id)
    if found is None or not acts_for_employer(message.account_id, found.employer_id):
        return None
    return found


def _words(assignment: Assignment, at: datetime) -> dict:
    name = full_name(assignment.application.candidate)
    return {**placement_words(assignment, at), "person": name}


def _confirm_by(assignment: Assignment) -> str:
    said_on = london_date(assignment.answered_at)
    return day_words(add_working_days(said_on, DAYS_TO_CONFIRM))


def _page_of(placement: Placement) -> str:
    return f"/employer/placements/{placement.id}"


def _person_page(assignment: Assignment) -> str:
    return f"{PEOPLE}/{assignment.id}"


FACTS = {
    "placement_approved": placement_approved,
    "placement_changes": placement_changes,
    "placement_refused": placement_refused,
    "people_coming": people_coming,
    "said_yes": said_yes,
    "not_confirmed": not_confirmed,
    "place_open_again": place_open_again,
    "agreement_employer": agreement,
    "agreement_employer_again": agreement,
}
