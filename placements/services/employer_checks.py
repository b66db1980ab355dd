"""Employers as the authority's staff check them: who they are, whom to call, what they give."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.accounts import Account
from placements.models.audit import Event
from placements.models.employers import Employer, EmployerMember, Pledge
from placements.models.placements import Placement
from placements.services.employers import get_employer


@dataclass(frozen=True)
class Member:
    """A person who acts for an employer, and how to reach them."""

    name: str
    job_title: str | None
    email: str | None
    mobile: str | None


def list_employers(actor: Actor) -> list[tuple[Employer, int]]:
    """List the employers of the actor's region with their placements, unverified ones first."""
    rows = (
        select(Employer, func.count(Placement.id))
        .outerjoin(Placement, Placement.employer_id == Employer.id)
        .where(Employer.region_id == actor.region_id)
        .group_by(Employer.id)
        .order_by((Employer.state != "applied"), Employer.name)
    )
    return [(employer, n) for employer, n in db.session.execute(rows)]


def list_members(actor: Actor, employer_id: int) -> list[Member]:
    """List who acts for an employer that the actor may see."""
    employer = get_employer(actor, employer_id)
    rows = select(EmployerMember, Account).join(Account, EmployerMember.account_id == Account.id)
    rows = rows.where(EmployerMember.employer_id == employer.id).order_by(EmployerMember.id)
    return [
        Member(account.name or "No name", member.job_title, account.email, account.mobile)
        for member, account in db.session.execute(rows)
    ]


def count_pledged(actor: Actor, employer_id: int) -> int:
    """Return how many places an employer promised."""
    employer = get_employer(actor, employer_id)
    total = func.coalesce(func.sum(Pledge.n_places), 0)
    return db.session.scalar(select(total).where(Pledge.employer_id == employer.id)) or 0


def find_sent_at(placement_ids: list[int]) -> dict[int, datetime]:
    """Return when each placement was last sent to be checked."""
    rows = (
        select(Event.record_id, func.max(Event.happened_at))
        .where(Event.kind == Kind.PLACEMENT.value, Event.to_state == "submitted")
        .where(Event.record_id.in_(placement_ids))
        .group_by(Event.record_id)
    )
    return dict(tuple(row) for row in db.session.execute(rows))
