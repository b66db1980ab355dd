"""What is true now about the record of a message; shared by the rooms that make its words."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import joinedload

from placements.domain.personal_data import NOBODY_NAMED
from placements.domain.plain_words import day_words, shift_words
from placements.domain.signing import PARTY_WORDS, needed_parties
from placements.domain.working_days import (
    deadline_day,
    deadline_words,
    london_date,
    working_days_between,
)
from placements.extensions import db
from placements.models.accounts import AuthorityMember
from placements.models.assignments import Agreement, Assignment, Edge, Signature
from placements.models.candidates import Application, Candidate, ProviderMember
from placements.models.employers import EmployerMember
from placements.models.placements import Placement


@dataclass(frozen=True)
class WantedLink:
    """A link of its own for this message: what it opens, and until when."""

    purpose: str
    subject_id: int | None
    expires_at: datetime


@dataclass(frozen=True)
class Facts:
    """The words to fill in, and where the message leads: a page, or a link of its own.

    `address` is where it goes if not to the account it is kept with.
    """

    words: dict[str, Any]
    page: str = ""
    link: WantedLink | None = None
    address: str | None = None


def find_assignment(assignment_id: int) -> Assignment | None:
    """Read an assignment with everything that a message may name, in one go."""
    wanted = (
        select(Assignment)
        .where(Assignment.id == assignment_id)
        .options(
            joinedload(Assignment.application).joinedload(Application.candidate),
            joinedload(Assignment.application).joinedload(Application.provider),
            joinedload(Assignment.placement).joinedload(Placement.employer),
            joinedload(Assignment.placement).joinedload(Placement.site),
        )
    )
    return db.session.scalar(wanted)


def acts_for_employer(account_id: int, employer_id: int) -> bool:
    """Say whether the account still acts for the employer; who left reads no more of it."""
    return _is_there(
        (EmployerMember.account_id == account_id) & (EmployerMember.employer_id == employer_id)
    )


def acts_for_provider(account_id: int, provider_id: int | None) -> bool:
    """Say whether the account still acts for the provider."""
    return _is_there(
        (ProviderMember.account_id == account_id) & (ProviderMember.provider_id == provider_id)
    )


def is_staff(account_id: int, region_id: int) -> bool:
    """Say whether the account is still of the region's staff."""
    mine = (AuthorityMember.account_id == account_id) & (AuthorityMember.region_id == region_id)
    return _is_there(mine)


def _is_there(where: ColumnElement[bool]) -> bool:
    return bool(db.session.scalar(select(exists().where(where))))


def full_name(candidate: Candidate) -> str:
    """Return the name to tell others; of somebody erased meanwhile, that they were."""
    return candidate.name or NOBODY_NAMED


def first_name(candidate: Candidate) -> str:
    """Return the name the young person goes by."""
    return candidate.preferred_name or (candidate.name or "").split(" ")[0]


def placement_words(assignment: Assignment, at: datetime) -> dict[str, Any]:
    """Return the words about a placement and its dates that any of its people may read."""
    placement = assignment.placement
    edge = db.session.get_one(Edge, (assignment.application_id, assignment.placement_id))
    site = placement.site
    return {
        "title": placement.title,
        "employer": placement.employer.name,
        "place": f"{site.name}, {site.postcode}" if site else "",
        "postcode": site.postcode if site else "",
        "minutes": edge.travel_minutes,
        "hours": shift_words(placement.shifts),
        "weeks": placement.duration_weeks,
        "pay": placement.pay,
        "start_from": day_words(placement.start_from) if placement.start_from else "",
        "start_to": day_words(placement.start_to) if placement.start_to else "",
        **_deadline_words(assignment, at),
        **_first_day_words(assignment),
    }


def _deadline_words(assignment: Assignment, at: datetime) -> dict[str, Any]:
    if assignment.deadline_at is None:
        return {}
    last, today = deadline_day(assignment.deadline_at), london_date(at)
    return {
        "answer_by": deadline_words(assignment.deadline_at),
        "answer_day": f"{last:%A} {last.day} {last:%B}",
        "n_days": working_days_between(today, last),
        "is_last_day": today == last,
    }


def _first_day_words(assignment: Assignment) -> dict[str, Any]:
    if assignment.start_on is None:
        return {"first_day": ""}
    told = assignment.first_day or {}
    return {
        "first_day": day_words(assignment.start_on),
        "first_time": told.get("time") or "",
        "first_place": told.get("place") or "",
        "bring": told.get("bring") or "",
        "wear": told.get("wear") or "",
        "supervisor": assignment.supervisor_name or "",
    }


def still_to_sign(assignment: Assignment, today: date) -> list[str]:
    """List the parties whose signature is still missing."""
    application = assignment.application
    needed = needed_parties(
        application.candidate.date_of_birth,
        assignment.start_on or today,
        has_provider=application.provider_id is not None,
    )
    signed = select(Signature.party).join(Agreement, Signature.agreement_id == Agreement.id)
    mine = set(db.session.scalars(signed.where(Agreement.assignment_id == assignment.id)))
    return [party for party in needed if party not in mine]


def agreement_words(assignment: Assignment, party: str, at: datetime) -> dict[str, Any] | None:
    """Return what to say to a party that has not signed; None when nothing waits for it."""
    if assignment.state != "confirmed":
        return None
    missing = still_to_sign(assignment, london_date(at))
    if party not in missing:
        return None
    others = [PARTY_WORDS[other] for other in missing if other != party]
    return {**placement_words(assignment, at), "others": others}
