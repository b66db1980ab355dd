"""What anybody may know: the next rounds, and how many places, employers and starts there are."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from placements import clock
from placements.domain.errors import NotFound
from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.audit import History
from placements.models.employers import Employer
from placements.models.placements import Placement
from placements.models.regions import Region
from placements.models.rounds import Round

FEW = 5


@dataclass(frozen=True)
class RoundDates:
    """When choices close and when answers come out."""

    name: str
    opens_at: datetime
    locks_at: datetime
    release_at: datetime
    is_open: bool


@dataclass(frozen=True)
class Total:
    """One number and what it counts; small numbers are not told, they could point at somebody."""

    n: int
    words: str

    @property
    def shown(self) -> str:
        """The number as anybody may read it."""
        return f"{self.n:,}" if self.n == 0 or self.n >= FEW else f"fewer than {FEW}"


def list_next_rounds(region_code: str) -> list[RoundDates]:
    """List the rounds of a region whose answers are still to come, the next one first."""
    at = clock.now()
    rows = select(Round).join(Region, Round.region_id == Region.id)
    coming = ("planned", "open", "locked", "simulating", "proposed", "approved", "failed")
    rows = rows.where(Region.code == region_code, Round.state.in_(coming), Round.release_at > at)
    return [
        RoundDates(r.name, r.opens_at, r.locks_at, r.release_at, r.state == "open")
        for r in db.session.scalars(rows.order_by(Round.release_at))
    ]


def list_released(region_code: str, until: datetime | None = None) -> list[Round]:
    """List the rounds of a region whose results are out, or were by an instant, newest first."""
    rows = select(Round).join(Region, Round.region_id == Region.id)
    out = ("published", "settling", "final")
    rows = rows.where(Region.code == region_code, Round.state.in_(out))
    rows = rows.where(Round.release_at < until if until else Round.release_at <= clock.now())
    return list(db.session.scalars(rows.order_by(Round.release_at.desc())))


def get_released(region_code: str, round_id: int) -> Round:
    """Return a round whose results are out; `NotFound` for any other, the same as for none."""
    for round_ in list_released(region_code):
        if round_.id == round_id:
            return round_
    raise NotFound("There is no such page.")


def list_totals(region_code: str) -> list[Total]:
    """Return the three live totals of a region."""
    here = select(Employer.id).join(Region, Employer.region_id == Region.id)
    here = here.where(Region.code == region_code)
    live = (Placement.employer_id.in_(here), Placement.state.in_(("live", "full")))
    places, employers = db.session.execute(
        select(
            func.coalesce(func.sum(Placement.capacity - Placement.held), 0),
            func.count(Placement.employer_id.distinct()),
        ).where(*live)
    ).one()
    started = (
        select(func.count())
        .select_from(History)
        .join(Assignment, Assignment.id == History.record_id)
        .join(Placement, Placement.id == Assignment.placement_id)
        .where(History.kind == Kind.ASSIGNMENT.value, History.to_state == "started")
        .where(Placement.employer_id.in_(here))
    )
    return [
        Total(int(places), "free places now"),
        Total(int(employers), "employers with places"),
        Total(int(db.session.scalar(started) or 0), "placements started so far"),
    ]


def next_opening(openings: tuple[tuple[str, int, int], ...], today: date) -> date:
    """Return the day on which the next round of the usual year opens."""
    days = [date(year, m, d) for year in (today.year, today.year + 1) for _, m, d in openings]
    return min(day for day in days if day > today)
