"""Employers as the authority's staff check them: who they are, whom to call, what they give."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.accounts import Account
from placements.models.audit import Event
from placements.models.employers import Employer, EmployerMember, Pledge
from placements.models.placements import Placement
from placements.services.employers import get_employer

LIVE = ("live", "full")


@dataclass(frozen=True)
class Member:
    """A person who acts for an employer, and how to reach them."""

    name: str
    job_title: str | None
    email: str | None
    mobile: str | None


@dataclass(frozen=True)
class Standing:
    """An employer, the places it promised, those that are open, and when it last spoke of one."""

    employer: Employer
    n_pledged: int
    n_live: int
    heard_at: datetime | None


def list_employers(actor: Actor) -> list[Standing]:
    """List the employers of the actor's region with what they give, unverified ones first."""
    rows = _standings().where(Employer.region_id == actor.region_id)
    rows = rows.order_by((Employer.state != "applied"), Employer.name)
    return [Standing(*row) for row in db.session.execute(rows)]


def get_standing(actor: Actor, employer_id: int) -> Standing:
    """Return how one employer that the actor may see stands."""
    employer = get_employer(actor, employer_id)
    return Standing(*db.session.execute(_standings().where(Employer.id == employer.id)).one())


def _standings() -> Select:
    """Silence counts from the last time the employer said that a placement is true."""
    theirs = (Placement.employer_id == Employer.id, Placement.state.in_(LIVE))
    pledged = select(func.coalesce(func.sum(Pledge.n_places), 0))
    live = select(func.coalesce(func.sum(Placement.capacity), 0))
    heard = select(func.max(Placement.checked_at)).where(Placement.employer_id == Employer.id)
    return select(
        Employer,
        pledged.where(Pledge.employer_id == Employer.id).scalar_subquery(),
        live.where(*theirs).scalar_subquery(),
        heard.scalar_subquery(),
    )


def list_members(actor: Actor, employer_id: int) -> list[Member]:
    """List who acts for an employer that the actor may see."""
    employer = get_employer(actor, employer_id)
    rows = select(EmployerMember, Account).join(Account, EmployerMember.account_id == Account.id)
    rows = rows.where(EmployerMember.employer_id == employer.id).order_by(EmployerMember.id)
    return [
        Member(account.name or "No name", member.job_title, account.email, account.mobile)
        for member, account in db.session.execute(rows)
    ]


def find_sent_at(placement_ids: list[int]) -> dict[int, datetime]:
    """Return when each placement was last sent to be checked."""
    rows = (
        select(Event.record_id, func.max(Event.happened_at))
        .where(Event.kind == Kind.PLACEMENT.value, Event.to_state == "submitted")
        .where(Event.record_id.in_(placement_ids))
        .group_by(Event.record_id)
    )
    return dict(tuple(row) for row in db.session.execute(rows))
