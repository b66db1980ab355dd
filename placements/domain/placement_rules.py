"""What a placement must tell and what must fit together; each rule names the field to fill."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from placements.domain.errors import Invalid
from placements.domain.needs import DBS
from placements.domain.working_time import Breach, Shift, check_working_time

YOUNG, ADULT = 16, 18
MOST_WEEKS, MOST_PLACES = 52, 500
MISSING = {
    "title": "Tell us what the placement is called.",
    "sector": "Choose a sector.",
    "summary": "Tell us what they will do, hour by hour.",
    "site_id": "Tell us where they will work.",
    "start_from": "Tell us the first day somebody could start.",
    "start_to": "Tell us the last day somebody could start.",
    "duration_weeks": "Tell us how many weeks it lasts.",
    "shifts": "Tell us the working hours.",
    "capacity_likely": "Tell us how many places you will likely have.",
    "capacity_max": "Tell us the most places you could have.",
    "supervisor_name": "Tell us who looks after them.",
}


def check_window(
    start_from: date | None, start_to: date | None, weeks: int | None, today: date
) -> Iterator[Invalid]:
    """First days lie ahead and in order; 1 to 52 weeks."""
    if start_from and start_to and start_to < start_from:
        yield Invalid("start_to", "The last start must be on or after the first one.")
    elif start_to and start_to < today:
        yield Invalid("start_to", "This day has passed. Write one that is still to come.")
    if weeks is not None and not 1 <= weeks <= MOST_WEEKS:
        yield Invalid("duration_weeks", f"Write a number of weeks from 1 to {MOST_WEEKS}.")


def check_places(
    sure: int | None, likely: int | None, most: int | None, fewest: int | None
) -> Iterator[Invalid]:
    """Sure of ≤ likely ≤ most, at least one, and never more needed to run than may come."""
    if likely is not None and not 1 <= likely <= MOST_PLACES:
        yield Invalid("capacity_likely", "Write at least 1. A placement needs a place.")
    if sure is not None and likely is not None and sure > likely:
        words = f"You are sure of {sure}, so likely is {sure} or more. Or lower the sure number."
        yield Invalid("capacity_min", words)
    if most is not None and likely is not None and most < likely:
        words = f"The most is at least the likely number, {likely}. Or lower the likely number."
        yield Invalid("capacity_max", words)
    if fewest is not None and (fewest < 1 or (most is not None and fewest > most)):
        words = "Write 1 or more, and not more than the most. Leave it empty if it always runs."
        yield Invalid("group_min", words)


def check_needs(needs: Sequence[str], dbs_reason: str | None) -> Iterator[Invalid]:
    """A DBS check is asked for only with the reason why the role allows it."""
    if DBS in needs and not (dbs_reason or "").strip():
        words = "Say why this role allows a DBS check. Without a reason the law does not allow it."
        yield Invalid("dbs_reason", words)


def list_breaches(shifts: Sequence[Sequence[int]], min_age: int | None) -> list[Breach]:
    """List the rules for people of 16 and 17 that these hours break and that stop a placement."""
    week: list[Shift] = [(day, start, end) for day, start, end in shifts]
    return [breach for breach in check_working_time(week, min_age or YOUNG) if breach.stops]


def list_contradictions(placement: Any, today: date) -> Iterator[Invalid]:
    """List what was said about a placement that does not fit together."""
    p = placement
    yield from check_window(p.start_from, p.start_to, p.duration_weeks, today)
    yield from check_places(p.capacity_min, p.capacity_likely, p.capacity_max, p.group_min)
    yield from check_needs(p.needs or [], p.dbs_reason)


def list_problems(placement: Any, today: date) -> Iterator[Invalid]:
    """List all that keeps a placement from being sent to be checked."""
    for name, words in MISSING.items():
        if not getattr(placement, name):
            yield Invalid(name, words)
    yield from list_contradictions(placement, today)
    if placement.site is not None:
        yield from check_site(placement.site, today)
    for breach in list_breaches(placement.shifts or [], placement.min_age):
        yield Invalid("shifts", f"{breach.rule}: {breach.words}")


def check_site(site: Any, today: date) -> Iterator[Invalid]:
    """Insurance is in date and the risk assessment thinks of young people, before anybody comes."""
    if site.insurance_expires_on is None or site.insurance_expires_on < today:
        yield Invalid("insurance", f"Employers' liability insurance of {site.name} is not in date.")
    if site.risk_assessed_on is None or site.risk_assessed_on > today:
        words = f"Tell us the day of the risk assessment for young people at {site.name}."
        yield Invalid("risk_assessment", words)
