"""Whom a message may be for, and the ways by which each can be reached."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, select

from placements.extensions import db
from placements.models.accounts import Account, AuthorityMember
from placements.models.candidates import Application, Candidate, Provider, ProviderMember
from placements.models.employers import EmployerMember
from placements.outbox.for_rounds import HAS_PLACE
from placements.outbox.write import Recipient
from placements.services.events import PendingEvent

REACH = (
    Account.id,
    Account.email.is_not(None),
    Account.mobile.is_not(None),
    Account.prefers,
)


def list_person(account_id: int | None) -> Iterable[Recipient]:
    """Return how a young person is reached; nobody without an account."""
    return list_reached(select(*REACH).where(Account.id == account_id)) if account_id else ()


def list_employer(employer_id: int) -> Iterable[Recipient]:
    """Return everybody who acts for an employer."""
    rows = select(*REACH).join(EmployerMember, EmployerMember.account_id == Account.id)
    return list_reached(rows.where(EmployerMember.employer_id == employer_id))


def list_provider(provider_id: int | None) -> Iterable[Recipient]:
    """Return everybody who acts for a provider."""
    if provider_id is None:
        return ()
    rows = select(*REACH).join(ProviderMember, ProviderMember.account_id == Account.id)
    return list_reached(rows.where(ProviderMember.provider_id == provider_id))


def list_operators(region_id: int) -> Iterable[Recipient]:
    """Return everybody who runs rounds in a region."""
    rows = select(*REACH).join(AuthorityMember, AuthorityMember.account_id == Account.id)
    mine = (AuthorityMember.region_id == region_id, AuthorityMember.power == "operator")
    return list_reached(rows.where(*mine))


def list_choosing(region_id: int, *, unchosen: bool = False) -> list[Recipient]:
    """Return the young people who are in the next round; only who chose nothing, if wanted."""
    rows = (
        select(Application.choices, *REACH)
        .join(Candidate, Application.candidate_id == Candidate.id)
        .join(Account, Candidate.account_id == Account.id)
        .where(Application.region_id == region_id, Application.state == "ready", ~HAS_PLACE)
        .order_by(Account.id)
    )
    found = {
        reach[0]: Recipient(*reach)
        for choices, *reach in db.session.execute(rows)
        if not (unchosen and choices)
    }
    return list(found.values())


def list_providers_of(region_id: int) -> list[Recipient]:
    """Return everybody who acts for a provider of the region."""
    rows = select(*REACH).join(ProviderMember, ProviderMember.account_id == Account.id)
    rows = rows.join(Provider, ProviderMember.provider_id == Provider.id)
    return list_reached(rows.where(Provider.region_id == region_id))


def list_reached(rows: Select) -> list[Recipient]:
    """Read recipients, each once."""
    return [Recipient(*row) for row in db.session.execute(rows.distinct().order_by(Account.id))]


def at_of(pending: PendingEvent) -> datetime:
    """Return the instant of the move that a message goes with."""
    return pending.event.happened_at
