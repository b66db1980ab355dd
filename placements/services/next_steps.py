"""Nobody a round did not place is left without a dated next step."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from sqlalchemy import exists, insert, select

from placements.domain.region import Region as RegionRules
from placements.domain.region import load_region
from placements.domain.vocabulary import HELD_ASSIGNMENT_STATES
from placements.domain.working_days import add_working_days, london_date
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application
from placements.models.regions import Region
from placements.models.rounds import NextStep, Plan, PlanRow, Round
from placements.settings import ROOT

TALK_WITHIN_DAYS = 10
TAKING_PART = ("ready", "on_hold")


@dataclass(frozen=True)
class Upcoming:
    """The next round: its name, the last day to change choices, the day results go out."""

    name: str
    locks_on: date
    release_on: date


def give_next_steps(round_: Round, at: datetime) -> int:
    """Give a step to each unplaced person of the round who has none; part of an act.

    Who could take no place at all would meet the same answer again, so the provider talks to
    them; so does whoever is taking a break. For everyone else it is the next round.
    """
    missing = list_without_next_step(round_.id)
    if not missing:
        return 0
    talk_on = add_working_days(london_date(at), TALK_WITHIN_DAYS)
    upcoming = find_upcoming(round_, at)
    rows = []
    for application_id, state, has_provider, reasons in missing:
        code = reasons[0].get("code") if reasons else None
        talk = has_provider and (code == "no_eligible_place" or state == "on_hold")
        if talk or upcoming is None:
            step = {"kind": "provider_talk", "due_on": talk_on}
        else:
            step = {"kind": "next_round", "due_on": upcoming.locks_on}
        rows.append({"round_id": round_.id, "application_id": application_id, **step})
    db.session.execute(insert(NextStep), rows)
    return len(rows)


def list_without_next_step(round_id: int) -> list[tuple[int, str, bool, list]]:
    """List who the round left unplaced, still takes part, and has no next step yet.

    Each with the state of the application, whether a provider holds it, and the plan's reasons.
    """
    held = exists().where(
        Assignment.application_id == Application.id,
        Assignment.state.in_(HELD_ASSIGNMENT_STATES),
    )
    has_step = exists().where(
        NextStep.round_id == round_id, NextStep.application_id == Application.id
    )
    rows = (
        select(
            Application.id,
            Application.state,
            Application.provider_id.is_not(None),
            PlanRow.reasons,
        )
        .join(PlanRow, PlanRow.application_id == Application.id)
        .join(Plan, PlanRow.plan_id == Plan.id)
        .join(Round, Plan.round_id == Round.id)
        .where(
            Round.id == round_id,
            Plan.chosen,
            Plan.snapshot_hash == Round.snapshot_hash,
            Application.state.in_(TAKING_PART),
            ~held,
            ~has_step,
        )
    )
    return [tuple(row) for row in db.session.execute(rows.order_by(Application.id))]


def find_upcoming(round_: Round, at: datetime) -> Upcoming | None:
    """Return the region's next round: one that is planned, else by the region's usual year."""
    later = (
        Round.region_id == round_.region_id,
        Round.id != round_.id,
        Round.state.in_(("planned", "open")),
        Round.locks_at > at,
    )
    planned = db.session.scalar(select(Round).where(*later).order_by(Round.locks_at).limit(1))
    if planned is not None:
        locks_on, release_on = london_date(planned.locks_at), london_date(planned.release_at)
        return Upcoming(planned.name, locks_on, release_on)
    rules = _find_rules(db.session.get_one(Region, round_.region_id).code)
    return usual_round(rules, london_date(at)) if rules else None


def usual_round(rules: RegionRules, today: date) -> Upcoming:
    """Return the round of the region's usual year that locks first after `today`."""
    year = rules.calendar
    rounds = []
    for n in range(today.year - 1, today.year + 2):
        for name, month, day in year.openings:
            opens = add_working_days(date(n, month, day), 0)
            locks = add_working_days(opens + timedelta(year.lock_after_days), 0)
            out = add_working_days(locks + timedelta(year.release_after_lock_days), 0)
            rounds.append(Upcoming(name, locks, out))
    return min((one for one in rounds if one.locks_on > today), key=lambda one: one.locks_on)


@lru_cache(maxsize=8)
def _find_rules(code: str) -> RegionRules | None:
    folder = ROOT / "config" / "regions" / code
    return load_region(folder) if folder.is_dir() else None
