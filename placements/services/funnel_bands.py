"""In which band of hours, journey, delay, support or year each assignment of the funnel is."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import func, select

from placements.domain.vocabulary import Kind, Source
from placements.domain.what_works import ON_THEIR_OWN, band, band_of_days, year_of
from placements.domain.working_days import london_date
from placements.domain.working_time import weekly_minutes
from placements.extensions import db
from placements.models.assignments import Agreement, Assignment, Signature
from placements.models.audit import History
from placements.models.candidates import Application, Attendance
from placements.models.employers import Employer, Pledge
from placements.models.outcomes import Checkpoint, Outcome
from placements.models.placements import Placement

DURING = ("START", "MID", "END")
MINUTES = 60
Band = Callable[[Any], str]


def find_bands(region_id: int, key: str) -> Band | None:
    """Return what tells the band of a value of a key, or None where the value is its own part."""
    makers: dict[str, Callable[[int], Band]] = {
        "hours": lambda _: lambda shifts: band("hours", _hours(shifts)),
        "travel": lambda _: lambda minutes: band("travel", minutes),
        "year": lambda _: lambda at: year_of(london_date(at) if at else None),
        "delay": _read_delays,
        "support": _read_support,
    }
    return makers[key](region_id) if key in makers else None


def _hours(shifts: list | None) -> float | None:
    return weekly_minutes(shifts) / MINUTES if shifts else None


def _read_delays(region_id: int) -> Band:
    """By placement: the days from the employer's last yes before it to the day it first opened."""
    pledges: dict[int, list[date]] = defaultdict(list)
    rows = select(Pledge.employer_id, Pledge.made_at).join(Employer)
    rows = rows.where(Employer.region_id == region_id, Pledge.answer == "yes")
    for employer_id, made_at in db.session.execute(rows.order_by(Pledge.made_at)):
        pledges[employer_id].append(london_date(made_at))
    opened = select(Placement.id, Placement.employer_id, func.min(History.moved_at))
    opened = opened.join(History, History.record_id == Placement.id)
    opened = opened.where(History.kind == Kind.PLACEMENT.value, History.to_state == "live")
    found = {}
    for placement_id, employer_id, moved_at in db.session.execute(
        opened.group_by(Placement.id, Placement.employer_id)
    ):
        live_on = london_date(moved_at)
        made = pledges[employer_id]
        at = bisect_right(made, live_on)
        found[placement_id] = band_of_days(made[at - 1] if at else None, live_on)
    return lambda placement_id: found.get(placement_id) or band_of_days(None, None)


def _read_support(region_id: int) -> Band:
    """By assignment: signed the agreement, kept who came, and answered the questions during it."""
    here = select(Assignment.id).join(Application, Application.id == Assignment.application_id)
    here = here.where(Application.region_id == region_id)
    alone = set(db.session.scalars(here.where(Application.provider_id.is_(None))))
    signed = select(Agreement.assignment_id).join(Signature).where(Signature.party == "provider")
    kept = select(Attendance.assignment_id).distinct()
    answered = select(Outcome.checkpoint_id).where(Outcome.source == Source.PROVIDER.value)
    told = select(Checkpoint.assignment_id)
    told = told.where(Checkpoint.kind.in_(DURING), Checkpoint.id.in_(answered))
    n_things: Counter[int] = Counter()
    for rows in (signed, kept, told):
        n_things.update(one for one in db.session.scalars(rows) if one is not None)
    return lambda one: ON_THEIR_OWN if one in alone else band("support", n_things[one])
