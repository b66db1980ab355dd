"""A parent or guardian of a person under 18 reads and signs by a link of their own.

No account is made for them: the link is kept beside the young person's account, opens this one
page, and signs nobody in.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update

from placements import clock
from placements.domain.errors import GuardRefused, NotFound
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.plain_words import moment_words, shift_words
from placements.domain.sending_times import BETWEEN_CHASES, after_quiet
from placements.domain.signing import guardian_way
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.accounts import Link
from placements.models.assignments import Assignment
from placements.models.operations import Message
from placements.services.agreements import Terms, find_terms, sign_by_link
from placements.services.assignments import get_assignment
from placements.services.events import record_event
from placements.services.guardian_notices import FIRST, TEMPLATES, tell_guardian
from placements.services.link_reading import get_link
from placements.services.transactions import act

PURPOSE = "guardian"
NO_CONTACT = "We have no email address or mobile number of a parent or guardian."
NOTHING = "There is nothing to sign now. The placement may have changed, or all have signed."


@dataclass(frozen=True)
class ToSign:
    """What a parent or guardian reads: for whom, where, when, and who has signed."""

    person: str
    title: str
    employer: str
    where: str
    hours: list[str]
    start_on: date | None
    end_on: date | None
    terms: Terms
    provider: str
    is_old: bool

    @property
    def waits(self) -> bool:
        """Whether the guardian's signature is still missing, and the link may give it."""
        return self.terms.awaits("guardian") and not self.is_old

    @property
    def signed_at(self) -> datetime | None:
        """When the guardian signed."""
        return next((one.at for one in self.terms.signatures if one.party == "guardian"), None)


@act
def send_guardian_link(actor: Actor, assignment_id: int) -> datetime:
    """Send the link once more, never twice within 24 hours; return when it leaves.

    The young person may, and the provider who supports them.
    """
    if actor.role not in (Role.YOUNG_PERSON, Role.PROVIDER):
        raise GuardRefused("The young person sends this, or their provider.")
    assignment, at = get_assignment(actor, assignment_id), clock.now()
    candidate, terms = assignment.application.candidate, find_terms(actor, assignment_id)
    if terms is None or not terms.awaits("guardian"):
        raise GuardRefused("No signature of a parent or guardian is missing.")
    if guardian_way(candidate.guardian_contact) is None or candidate.account_id is None:
        raise GuardRefused(NO_CONTACT)
    last = find_last_sent(assignment_id)
    if last is not None and at < last + BETWEEN_CHASES:
        free = moment_words(last + BETWEEN_CHASES)
        raise GuardRefused(f"The link went on {moment_words(last)}. Send it again from {free}.")
    told = record_event(actor, "send_guardian_link", "assignment", assignment.id, ("", ""), at)
    tell_guardian(told, assignment, None)
    return after_quiet(at)


def find_last_sent(assignment_id: int) -> datetime | None:
    """Return when a link last went to the guardian, or goes within the hour; None if never."""
    about = (Message.subject_kind == "assignment", Message.subject_id == assignment_id)
    rows = select(Message.sent_at, Message.send_at, Message.state, Message.template)
    rows = rows.where(*about, Message.template.in_(TEMPLATES))
    went = [
        sent_at or send_at
        for sent_at, send_at, state, template in db.session.execute(rows)
        if sent_at or (state == "queued" and template == FIRST)
    ]
    return max(went, default=None)


def read_guardian_link(token: str) -> ToSign:
    """Return what a guardian's link opens, however often it is read, or raise `NotFound`."""
    link = get_link(token)
    assignment = db.session.get(Assignment, link.subject_id or 0)
    if link.purpose != PURPOSE or assignment is None:
        raise NotFound("There is no such link.")
    terms = find_terms(SYSTEM, assignment.id)
    application, site = assignment.application, assignment.placement.site
    if terms is None or assignment.state not in ("confirmed", "started"):
        raise NotFound(NOTHING)
    return ToSign(
        application.candidate.name or "",
        assignment.placement.title or "",
        assignment.placement.employer.name,
        f"{site.name}, {site.postcode}" if site else "",
        shift_words(assignment.placement.shifts),
        assignment.start_on,
        assignment.end_on,
        terms,
        application.provider.name if application.provider else "",
        link.expires_at <= clock.now(),
    )


@act
def sign_as_guardian(token: str) -> None:
    """Sign for the young person whom the link is about; a second press changes nothing."""
    link, at = get_link(token), clock.now()
    if link.purpose != PURPOSE or link.subject_id is None:
        raise NotFound("There is no such link.")
    if link.expires_at <= at:
        raise GuardRefused("This link is too old. Ask for a new one.")
    assignment = db.session.get_one(Assignment, link.subject_id)
    if assignment.state not in ("confirmed", "started"):
        raise GuardRefused(NOTHING)
    sign_by_link(SYSTEM, assignment.id)
    used = update(Link).where(Link.id == link.id, Link.used_at.is_(None)).values(used_at=at)
    db.session.execute(used.execution_options(synchronize_session=False))
