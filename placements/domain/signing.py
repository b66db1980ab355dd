"""Who must sign an agreement before a first day."""

from datetime import date

from placements.domain.addresses import normal_email, normal_mobile
from placements.domain.eligibility import age_on

ADULT = 18
PARTY_WORDS = {
    "employer": "the employer",
    "provider": "the provider",
    "young_person": "the young person",
    "guardian": "a parent or guardian",
    "second_signatory": "a second person of the employer",
}


def guardian_way(contact: str | None) -> str | None:
    """Return by which way a parent or guardian can be written to; None if by neither."""
    if normal_email(contact):
        return "email"
    return "text" if normal_mobile(contact) else None


def needed_parties(
    date_of_birth: date | None, first_day: date, *, has_provider: bool
) -> tuple[str, ...]:
    """Return the parties whose signature is needed; a guardian's for a person under 18."""
    is_child = date_of_birth is not None and age_on(date_of_birth, first_day) < ADULT
    provider = ("provider",) if has_provider else ()
    return ("employer", "young_person", *provider, *(("guardian",) if is_child else ()))
