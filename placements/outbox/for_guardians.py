"""What a parent or guardian is told: an offer to read, an agreement to sign by their own link."""

from datetime import date, datetime, timedelta

from placements.domain.addresses import normal_email, normal_mobile
from placements.domain.eligibility import age_on
from placements.domain.signing import ADULT
from placements.domain.working_days import end_of_day, london_date
from placements.models.candidates import Candidate
from placements.models.operations import Message
from placements.outbox.facts import (
    Facts,
    WantedLink,
    agreement_words,
    find_assignment,
    first_name,
    placement_words,
)

HELP = "/help"
LINK_LIVES = timedelta(days=28)


def agreement(message: Message, at: datetime) -> Facts | None:
    """The agreement of somebody under 18, while a guardian's signature is missing."""
    found = find_assignment(message.subject_id)
    words = agreement_words(found, "guardian", at) if found else None
    if found is None or words is None or found.start_on is None:
        return None
    candidate, address = found.application.candidate, _address(found.application.candidate, message)
    if address is None:
        return None
    link = WantedLink("guardian", found.id, end_of_day(found.start_on) + LINK_LIVES)
    return Facts({**words, "first_name": first_name(candidate)}, link=link, address=address)


def offer(message: Message, at: datetime) -> Facts | None:
    """A copy of an offer while it waits, for somebody under 18 who agreed; it answers nothing."""
    found = find_assignment(message.subject_id)
    if found is None or found.state != "offered" or at >= found.deadline_at:
        return None
    candidate, address = found.application.candidate, _address(found.application.candidate, message)
    if address is None or not reads_offers(candidate, london_date(at)):
        return None
    words = {**placement_words(found, at), "first_name": first_name(candidate)}
    return Facts(words, HELP, address=address)


def _address(candidate: Candidate, message: Message) -> str | None:
    """Return where the guardian is written to; None where the person is another by now."""
    read = normal_email if message.channel == "email" else normal_mobile
    is_theirs = candidate.account_id == message.account_id
    return read(candidate.guardian_contact) if is_theirs else None


def reads_offers(candidate: Candidate, today: date) -> bool:
    """Say whether a guardian gets copies of offers: agreed to, and only for somebody under 18."""
    born = candidate.date_of_birth
    is_child = born is not None and age_on(born, today) < ADULT
    return is_child and candidate.guardian_copies_at is not None


FACTS = {
    "offer_guardian": offer,
    "agreement_guardian": agreement,
    "agreement_guardian_again": agreement,
}
