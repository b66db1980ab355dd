"""Who acts for an employer or a provider: seen, invited and taken off by one another."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from placements import clock
from placements.domain.errors import GuardRefused, Invalid, NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.accounts import Account, Session
from placements.models.candidates import Application, KeyWorker, ProviderMember
from placements.models.employers import EmployerMember
from placements.outbox.write import Recipient, queue_message
from placements.services.account_book import ensure_account
from placements.services.events import PendingEvent, record_event
from placements.services.recipients import at_of
from placements.services.transactions import act

TABLES: dict[Role, tuple[Any, Any]] = {
    Role.EMPLOYER: (EmployerMember, EmployerMember.employer_id),
    Role.PROVIDER: (ProviderMember, ProviderMember.provider_id),
}


@dataclass(frozen=True)
class Member:
    """One person who acts for the organisation, and when they last signed in."""

    id: int
    account_id: int
    name: str
    email: str
    last_seen_at: datetime | None


def list_members(actor: Actor) -> list[Member]:
    """List who acts for the actor's own organisation."""
    table, own = _table(actor)
    seen = func.max(Session.created_at)
    rows = (
        select(table.id, Account.id, Account.name, Account.email, seen)
        .join(Account, table.account_id == Account.id)
        .outerjoin(Session, Session.account_id == Account.id)
        .where(own == actor.organisation_id)
        .group_by(table.id, Account.id, Account.name, Account.email)
        .order_by(table.id)
    )
    return [
        Member(id_, account_id, name or "No name", email or "", at)
        for id_, account_id, name, email, at in db.session.execute(rows)
    ]


@act
def invite_member(actor: Actor, name: str, email: str) -> None:
    """Let one more person act for the actor's organisation; they sign in with this address."""
    table, own = _table(actor)
    account = ensure_account(email, None, name)
    known = select(table.id).where(own == actor.organisation_id, table.account_id == account.id)
    if db.session.scalar(known) is not None:
        raise Invalid("email", "This person is a member already.")
    member = table(account_id=account.id, **{own.key: actor.organisation_id})
    db.session.add(member)
    db.session.flush()
    invited = _record(actor, "invite_member", account.id)
    to = Recipient(account.id, account.email is not None, account.mobile is not None)
    subject = (actor.role.value, actor.organisation_id or 0)
    queue_message(invited, "invited", to, subject, at_of(invited), once=f"m{member.id}")


@act
def remove_member(actor: Actor, member_id: int) -> None:
    """Take a person off the actor's organisation and sign them out everywhere; never the last."""
    table, own = _table(actor)
    rows = select(table).where(own == actor.organisation_id).order_by(table.id).with_for_update()
    members = list(db.session.scalars(rows))
    found = next((one for one in members if one.id == member_id), None)
    if found is None:
        raise NotFound("There is no such member, or they are not yours.")
    if len(members) == 1:
        raise GuardRefused("You are the only one. Invite a second person first.")
    db.session.execute(delete(table).where(table.id == member_id))
    if actor.role is Role.PROVIDER:
        own_people = select(Application.id).where(Application.provider_id == actor.organisation_id)
        theirs = (
            KeyWorker.account_id == found.account_id,
            KeyWorker.application_id.in_(own_people),
        )
        db.session.execute(delete(KeyWorker).where(*theirs))
    open_now = (Session.account_id == found.account_id, Session.ended_at.is_(None))
    db.session.execute(update(Session).where(*open_now).values(ended_at=clock.now()))
    _record(actor, "remove_member", found.account_id)


def _table(actor: Actor) -> tuple[Any, Any]:
    if actor.role not in TABLES or actor.organisation_id is None:
        raise NotFound("There is no such page, or it is not yours.")
    return TABLES[actor.role]


def _record(actor: Actor, action: str, account_id: int) -> PendingEvent:
    return record_event(actor, action, "account", account_id, ("", ""), clock.now())
