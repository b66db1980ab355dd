"""What providers, the authority's staff and people who sign in are told."""

from datetime import datetime, timedelta

from sqlalchemy import select

from placements.domain.sending_times import at_hour
from placements.domain.working_days import (
    deadline_words,
    end_of_day,
    london_date,
    working_days_between,
)
from placements.extensions import db
from placements.models.accounts import Account
from placements.models.assignments import Assignment
from placements.models.audit import Event
from placements.models.candidates import Application, Candidate, Provider, ProviderMember
from placements.models.employers import Employer
from placements.models.operations import Message
from placements.models.placements import Placement
from placements.models.rounds import Round
from placements.outbox.facts import (
    Facts,
    WantedLink,
    acts_for_employer,
    acts_for_provider,
    agreement_words,
    find_assignment,
    full_name,
    is_staff,
    placement_words,
)
from placements.outbox.for_employers import DAYS_TO_CONFIRM
from placements.outbox.links import new_code

SIGN_IN_LIFE = timedelta(minutes=15)
ANSWERS, PEOPLE, PLACED = "/provider/answers", "/provider/people", "/provider/placed"


def sign_in(message: Message, at: datetime) -> Facts | None:
    """A link and a code for who just asked; an old request is not answered hours later."""
    if at - _asked_at(message) >= SIGN_IN_LIFE:
        return None
    account = db.session.get_one(Account, message.account_id)
    link = WantedLink("sign_in", None, at + SIGN_IN_LIFE)
    first = (account.name or "").split(" ")[0]
    return Facts({"first_name": first, "code": new_code()}, link=link)


def invited(message: Message, _at: datetime) -> Facts | None:
    """That somebody may act for an organisation now, by whose word; while they still may."""
    is_employer = message.subject_kind == "employer"
    owner = db.session.get(Employer if is_employer else Provider, message.subject_id)
    acts = acts_for_employer if is_employer else acts_for_provider
    if owner is None or not acts(message.account_id, owner.id):
        return None
    asked_by = db.session.get(Event, message.event_seq)
    host = db.session.get(Account, asked_by.account_id) if asked_by else None
    guest = db.session.get_one(Account, message.account_id)
    words = {"organisation": owner.name, "invited_by": (host and host.name) or "A member"}
    return Facts({**words, "first_name": (guest.name or "").split(" ")[0]}, "/sign-in")


def _asked_at(message: Message) -> datetime:
    return db.session.get_one(Event, message.event_seq).happened_at


def not_answered(message: Message, at: datetime) -> Facts | None:
    """Everybody of the provider's who has not answered on the last day, with their phone."""
    today = london_date(at)
    last_instant = end_of_day(today)
    if at >= at_hour(today, 20):
        return None
    rows = (
        select(Candidate.name, Candidate.mobile, Placement.title, Assignment.deadline_at)
        .join(Application, Assignment.application_id == Application.id)
        .join(Candidate, Application.candidate_id == Candidate.id)
        .join(ProviderMember, ProviderMember.provider_id == Application.provider_id)
        .join(Placement, Assignment.placement_id == Placement.id)
        .where(
            Assignment.round_id == message.subject_id,
            Assignment.state == "offered",
            Assignment.deadline_at == last_instant,
            ProviderMember.account_id == message.account_id,
        )
        .order_by(Candidate.name, Assignment.id)
    )
    people = [
        {"name": name, "phone": mobile or "no phone number", "title": title}
        for name, mobile, title, _ in db.session.execute(rows)
    ]
    if not people:
        return None
    return Facts({"people": people, "answer_by": deadline_words(last_instant)}, ANSWERS)


def person_left(message: Message, at: datetime) -> Facts | None:
    """That a person of the provider's said no, did not come, or lost the place, and by whom."""
    found = _own(message)
    if found is None:
        return None
    words = {**_words(found, at), "state": found.state, "reason": found.reason or ""}
    return Facts(words, f"{PEOPLE}/{found.application_id}")


def agreement(message: Message, at: datetime) -> Facts | None:
    """That the agreement waits for the provider's signature."""
    found = _own(message)
    words = agreement_words(found, "provider", at) if found else None
    if found is None or words is None:
        return None
    name = full_name(found.application.candidate)
    return Facts({**words, "person": name}, f"{PLACED}/{found.id}/agreement")


def not_confirmed(message: Message, at: datetime) -> Facts | None:
    """Which employers let people wait who said yes; staff read references, not names."""
    found = find_assignment(message.subject_id)
    if found is None or found.state != "accepted":
        return None
    region_id = found.placement.employer.region_id
    if not is_staff(message.account_id, region_id):
        return None
    rows = (
        select(Employer.name, Application.reference, Assignment.answered_at)
        .join(Placement, Placement.employer_id == Employer.id)
        .join(Assignment, Assignment.placement_id == Placement.id)
        .join(Application, Assignment.application_id == Application.id)
        .where(Employer.region_id == region_id, Assignment.state == "accepted")
        .order_by(Employer.name, Application.reference)
    )
    late: dict[str, list[str]] = {}
    for employer, reference, answered_at in db.session.execute(rows):
        if working_days_between(london_date(answered_at), london_date(at)) >= DAYS_TO_CONFIRM:
            late.setdefault(employer, []).append(reference)
    employers = [{"name": name, "references": waiting} for name, waiting in late.items()]
    return Facts({"employers": employers}, "/authority")


def plan_failed(message: Message, _at: datetime) -> Facts | None:
    """That a plan could not be made, and why."""
    round_ = db.session.get(Round, message.subject_id)
    if round_ is None or round_.state != "failed":
        return None
    if not is_staff(message.account_id, round_.region_id):
        return None
    words = {"round": round_.name, "reason": round_.reason or ""}
    return Facts(words, f"/authority/rounds/{round_.id}")


def _own(message: Message) -> Assignment | None:
    found = find_assignment(message.subject_id)
    if found is None or not acts_for_provider(message.account_id, found.application.provider_id):
        return None
    return found


def _words(assignment: Assignment, at: datetime) -> dict:
    name = full_name(assignment.application.candidate)
    return {**placement_words(assignment, at), "person": name}


FACTS = {
    "sign_in": sign_in,
    "invited": invited,
    "not_answered": not_answered,
    "person_left": person_left,
    "agreement_provider": agreement,
    "agreement_provider_again": agreement,
    "not_confirmed_for_staff": not_confirmed,
    "plan_failed": plan_failed,
}
