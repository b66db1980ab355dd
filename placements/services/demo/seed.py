"""An invented region in the database: real postcodes, invented people, the moves people make.

Today's young people and placements stand ready for a round that opens tomorrow; behind them lies
an earlier round, lived to its outcomes. All of it is kept, or none.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from placements import clock
from placements.domain.errors import Refusal
from placements.domain.invented import InventedPast, InventedRegion, invent_past, invent_region
from placements.domain.invented.calendar import (
    Dates,
    dates_from,
    dates_released_by,
    name_round,
)
from placements.domain.postcodes import Gazetteer
from placements.domain.region import Region as Rules
from placements.extensions import db
from placements.models.candidates import Application
from placements.models.placements import Placement
from placements.models.regions import Region
from placements.services import rounds
from placements.services.demo import records as demo_records
from placements.services.demo.days import RunDue
from placements.services.demo.history import live_through
from placements.services.demo.records import Here
from placements.services.transactions import together

# From here the latest end of the earlier round lies more than six months and a window back.
PAST_RELEASE_BEFORE = timedelta(days=360)
DAY = timedelta(days=1)
PAST_PEOPLE, PAST_PLACEMENTS = 400 / 3000, 100 / 350


@dataclass(frozen=True)
class Sizes:
    """What to invent: the same sizes on the same day give the same region."""

    seed: int = 7
    n_people: int = 3000
    n_placements: int = 350
    canaries: bool = False


@dataclass(frozen=True)
class Seeded:
    """What was written."""

    here: Here
    past_round_id: int
    round_id: int
    dates: Dates


class AlreadySeeded(Refusal):
    """The region is in the database; nothing was changed."""


def is_seeded(rules: Rules) -> bool:
    """Say whether the region is in this database already."""
    return db.session.scalar(select(Region.id).where(Region.code == rules.code)) is not None


def count_records() -> tuple[int, int]:
    """Return how many applications and placements there are."""
    kinds = (Application, Placement)
    n_people, n_placements = (db.session.scalar(select(func.count(kind.id))) or 0 for kind in kinds)
    return n_people, n_placements


def seed_region(rules: Rules, gazetteer: Gazetteer, sizes: Sizes, run_due: RunDue) -> Seeded:
    """Write an invented region with its history, and plan the round that opens tomorrow.

    `run_due` runs the schedule as a worker does. Raises `AlreadySeeded`.
    """
    if is_seeded(rules):
        n_people, n_placements = count_records()
        words = f"{rules.name} is here already: {n_people} people, {n_placements} placements."
        raise AlreadySeeded(f"{words} Nothing was changed.")
    with together():
        return _seed(rules, gazetteer, sizes, run_due)


def _seed(rules: Rules, gazetteer: Gazetteer, sizes: Sizes, run_due: RunDue) -> Seeded:
    now = clock.now()
    dates = dates_from(rules.calendar, clock.today() + DAY)
    past_dates = dates_released_by(rules.calendar, now - PAST_RELEASE_BEFORE)
    made = _invent(rules, gazetteer, sizes, dates)
    past = _invent_past(rules, gazetteer, sizes, past_dates, made)
    with clock.held_at(past_dates.opens_at - 3 * DAY):
        here = demo_records.write_organisations(rules, made, past)
        demo_records.write_round_takers(here, past.placements, past.people, sizes.seed, None)
    past_id = live_through(here, rules.calendar, past_dates, sizes.seed, run_due, until=now)
    demo_records.renew_papers(here, made)
    demo_records.write_round_takers(here, made.placements, made.people, sizes.seed)
    name = name_round(rules.calendar, dates.opens_at.date())
    instants = (dates.opens_at, dates.locks_at, dates.release_at)
    operator = here.staff["operator"]
    policy = {"priority_groups": [group.code for group in rules.priority_groups]}
    round_id = rounds.create_round(operator, name, instants, sizes.seed, policy)
    return Seeded(here, past_id, round_id, dates)


def _invent(rules: Rules, gazetteer: Gazetteer, sizes: Sizes, dates: Dates) -> InventedRegion:
    return invent_region(
        sizes.seed,
        sizes.n_people,
        sizes.n_placements,
        rules,
        gazetteer,
        dates.release_at.date(),
        sizes.canaries,
    )


def _invent_past(
    rules: Rules, gazetteer: Gazetteer, sizes: Sizes, dates: Dates, made: InventedRegion
) -> InventedPast:
    return invent_past(
        sizes.seed,
        max(1, round(sizes.n_people * PAST_PEOPLE)),
        max(1, round(sizes.n_placements * PAST_PLACEMENTS)),
        rules,
        gazetteer,
        dates.release_at.date(),
        sizes.canaries,
        now=made,
    )
