"""What a parent or guardian is told: that an agreement waits for them, by a link of their own."""

from datetime import datetime, timedelta

from placements.domain.addresses import normal_email, normal_mobile
from placements.domain.working_days import end_of_day
from placements.models.operations import Message
from placements.outbox.facts import Facts, WantedLink, agreement_words, find_assignment, first_name

LINK_LIVES = timedelta(days=28)


def agreement(message: Message, at: datetime) -> Facts | None:
    """The agreement of somebody under 18, while a guardian's signature is missing."""
    found = find_assignment(message.subject_id)
    words = agreement_words(found, "guardian", at) if found else None
    if found is None or words is None or found.start_on is None:
        return None
    candidate = found.application.candidate
    read = normal_email if message.channel == "email" else normal_mobile
    address = read(candidate.guardian_contact)
    if candidate.account_id != message.account_id or address is None:
        return None
    link = WantedLink("guardian", found.id, end_of_day(found.start_on) + LINK_LIVES)
    return Facts({**words, "first_name": first_name(candidate)}, link=link, address=address)


FACTS = {"agreement_guardian": agreement, "agreement_guardian_again": agreement}
