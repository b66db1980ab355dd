"""What is agreed before a first day, and who has signed it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from placements import clock
from placements.domain.errors import GuardRefused, NotFound
from placements.domain.needs import DBS
from placements.domain.permissions import Actor
from placements.domain.signing import PARTY_WORDS, needed_parties
from placements.domain.vocabulary import Role
from placements.domain.working_time import weekly_minutes
from placements.extensions import db
from placements.models.assignments import Agreement, Assignment, Signature
from placements.services.assignments import get_assignment
from placements.services.events import record_event
from placements.services.transactions import act

SIGNS_AS = {
    Role.EMPLOYER: "employer",
    Role.PROVIDER: "provider",
    Role.YOUNG_PERSON: "young_person",
}

SECOND = "second_signatory"


def add_agreement(assignment: Assignment) -> Agreement:
    """Write the agreement from what is already known; part of the act that confirms."""
    placement, site = assignment.placement, assignment.placement.site
    agreement = Agreement(
        assignment_id=assignment.id,
        hours_per_week=weekly_minutes(_spans(placement.shifts)) // 60,
        insurance_expires_on=site.insurance_expires_on,
        risk_assessed_on=site.risk_assessed_on,
        supervisor_name=assignment.supervisor_name,
    )
    db.session.add(agreement)
    db.session.flush()
    return agreement


def _spans(shifts: list[list[int]]) -> list[tuple[int, int, int]]:
    return [(weekday, start, end) for weekday, start, end in shifts]


@act
def sign_agreement(actor: Actor, assignment_id: int, how: str = "on this page") -> None:
    """Sign for the actor's own party; signing twice changes nothing.

    Where an employer's rules ask for two, a second member signs beside the first.
    """
    if actor.role not in SIGNS_AS:
        raise GuardRefused("Only the employer, the provider and the young person sign.")
    is_second = may_sign_second(actor, assignment_id)
    _sign(actor, assignment_id, SECOND if is_second else SIGNS_AS[actor.role], how)


def may_sign_second(actor: Actor, assignment_id: int) -> bool:
    """Say whether another member of the employer signed, and this one may sign beside them."""
    agreement = find_agreement(get_assignment(actor, assignment_id))
    if actor.role is not Role.EMPLOYER or agreement is None or actor.account_id is None:
        return False
    rows = select(Signature.party, Signature.account_id)
    signed = dict(db.session.execute(rows.where(Signature.agreement_id == agreement.id)).all())
    first = SIGNS_AS[Role.EMPLOYER]
    return first in signed and signed[first] != actor.account_id and SECOND not in signed


@act
def record_guardian_signature(actor: Actor, assignment_id: int, how: str) -> None:
    """Record that a parent or guardian signed; the provider who saw it may, and says how."""
    if actor.role is not Role.PROVIDER:
        raise GuardRefused("The provider records what a parent or guardian signed.")
    if not how.strip():
        raise GuardRefused("Say how the parent or guardian signed.")
    _sign(actor, assignment_id, "guardian", how)


def sign_by_link(actor: Actor, assignment_id: int) -> None:
    """Keep a guardian's signature that came by their own link; part of an act."""
    _sign(actor, assignment_id, "guardian", "by their own link")


def _sign(actor: Actor, assignment_id: int, party: str, how: str) -> None:
    assignment, at = get_assignment(actor, assignment_id), clock.now()
    agreement = find_agreement(assignment)
    if agreement is None:
        raise GuardRefused("There is nothing to sign until the employer has confirmed.")
    if party in _signed_by(agreement):
        return
    signature = Signature(agreement_id=agreement.id, party=party, how=how.strip(), signed_at=at)
    signature.account_id = actor.account_id
    db.session.add(signature)
    record_event(actor, f"sign_as_{party}", "agreement", agreement.id, ("", ""), at)


@dataclass(frozen=True)
class Signed:
    """One party to an agreement, and when and how it signed; None is: waited for."""

    party: str
    words: str
    at: datetime | None
    how: str


@dataclass(frozen=True)
class Terms:
    """An agreement as its parties read it."""

    hours_per_week: int | None
    insurance_expires_on: date | None
    risk_assessed_on: date | None
    supervisor_name: str | None
    signatures: tuple[Signed, ...]
    needs_dbs: bool
    dbs_applied_on: date | None
    dbs_sent_on: date | None
    dbs_back_on: date | None

    @property
    def missing(self) -> tuple[str, ...]:
        """The parties who have not signed yet, in words."""
        return tuple(one.words for one in self.signatures if one.at is None)

    def awaits(self, party: str) -> bool:
        """Say whether this party has still to sign."""
        return any(one.party == party and one.at is None for one in self.signatures)


def get_terms(actor: Actor, assignment_id: int) -> Terms:
    """Return what was agreed about an assignment the actor may see, or raise `NotFound`."""
    terms = find_terms(actor, assignment_id)
    if terms is None:
        raise NotFound("There is no agreement yet.")
    return terms


def find_terms(actor: Actor, assignment_id: int) -> Terms | None:
    """Return what was agreed and who has signed, or None before it is confirmed."""
    return list_terms([get_assignment(actor, assignment_id)]).get(assignment_id)


def list_terms(assignments: Sequence[Assignment]) -> dict[int, Terms]:
    """Return as `find_terms` does for assignments the reader may see, by their id."""
    by_id = {assignment.id: assignment for assignment in assignments}
    rows = select(Agreement).where(Agreement.assignment_id.in_(by_id))
    found = {agreement.id: agreement for agreement in db.session.scalars(rows)}
    signed: dict[int, dict[str, Signature]] = {agreement_id: {} for agreement_id in found}
    rows = select(Signature).where(Signature.agreement_id.in_(found))
    for row in db.session.scalars(rows):
        signed[row.agreement_id][row.party] = row
    return {
        agreement.assignment_id: _describe(by_id[agreement.assignment_id], agreement, signed[one])
        for one, agreement in found.items()
    }


def _describe(
    assignment: Assignment, agreement: Agreement, by_party: dict[str, Signature]
) -> Terms:
    needed = _needed(assignment, clock.today())
    parties = (*needed, *(party for party in by_party if party not in needed))
    return Terms(
        agreement.hours_per_week,
        agreement.insurance_expires_on,
        agreement.risk_assessed_on,
        agreement.supervisor_name,
        tuple(_signed(party, by_party.get(party)) for party in parties),
        DBS in (assignment.placement.needs or ()),
        agreement.dbs_applied_on,
        agreement.dbs_sent_on,
        agreement.dbs_back_on,
    )


def _signed(party: str, row: Signature | None) -> Signed:
    words = PARTY_WORDS.get(party, party.replace("_", " "))
    return Signed(party, words, row.signed_at if row else None, row.how if row else "")


def find_agreement(assignment: Assignment) -> Agreement | None:
    """Return the agreement of a confirmed assignment, or None."""
    return db.session.scalar(select(Agreement).where(Agreement.assignment_id == assignment.id))


def list_missing_signatures(assignment: Assignment, today: date) -> list[str]:
    """List the parties who have not signed yet; all of them before there is an agreement."""
    return find_missing_signatures([assignment], today)[assignment.id]


def find_missing_signatures(assignments: Sequence[Assignment], today: date) -> dict[int, list[str]]:
    """List as `list_missing_signatures` does for several, by the id of each."""
    signed: dict[int, set[str]] = {assignment.id: set() for assignment in assignments}
    rows = select(Agreement.assignment_id, Signature.party)
    rows = rows.join(Signature, Signature.agreement_id == Agreement.id)
    for assignment_id, party in db.session.execute(rows.where(Agreement.assignment_id.in_(signed))):
        signed[assignment_id].add(party)
    return {
        one.id: [party for party in _needed(one, today) if party not in signed[one.id]]
        for one in assignments
    }


def _needed(assignment: Assignment, today: date) -> tuple[str, ...]:
    application = assignment.application
    return needed_parties(
        application.candidate.date_of_birth,
        assignment.start_on or today,
        has_provider=application.provider_id is not None,
    )


def _signed_by(agreement: Agreement) -> set[str]:
    parties = select(Signature.party).where(Signature.agreement_id == agreement.id)
    return set(db.session.scalars(parties))
