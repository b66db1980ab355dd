"""What to tell somebody a round did not place: the true reasons, and what comes next by when."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from placements import clock
from placements.domain.permissions import Actor
from placements.domain.refusal_words import FOR_STAFF, FOR_THE_PERSON
from placements.domain.vocabulary import (
    HELD_ASSIGNMENT_STATES,
    LOST_THROUGH_NO_DOING,
    OPEN_APPLICATION_STATES,
)
from placements.extensions import db
from placements.models.assignments import WAS_OFFERED, Assignment
from placements.models.candidates import Application
from placements.models.rounds import NextStep, Plan, PlanRow, Round, Skip
from placements.services.next_steps import Upcoming, find_upcoming
from placements.services.titles import find_titles

OUT = ("published", "settling", "final")
MOST_REASONS, MOST_CHOICES = 4, 3
LEFT = {
    "declined": "You said no to the place we offered you.",
    "lapsed": "The time to answer your offer ended before you answered.",
    "offer_withdrawn": "We had to take your offer back. It is not because of you.",
    "cancelled_by_employer": "The employer can no longer take you. It is not because of you.",
    "cancelled_by_staff": "We had to end your place before it began.",
    "cancelled_by_candidate": "You told us you could not take the place.",
    "did_not_start": "You did not start at the place you said yes to.",
    "released": "The place we held for you is gone. It is not because of you.",
    "left_early": "You left your placement before it ended.",
    "ended_by_employer": "The employer ended your placement early.",
}
SKIPPED = {words: FOR_THE_PERSON[rule] for rule, words in FOR_STAFF.items()} | {
    "the person is no longer ready": "You were not taking part on results day.",
    "the employer now takes fewer people": "The employer can now take fewer people than it said.",
}


@dataclass(frozen=True)
class NoPlace:
    """Why there is no place, whether one that comes free may still reach them, and what is next.

    `changes` are facts that would have given them a place, each worked out by the engine; where
    it could not, `untold` says why.
    """

    reasons: list[str]
    changes: list[str]
    untold: str
    still_in_line: bool
    next_step_words: str
    next_round_name: str | None
    next_dates: list[str]


def find_no_place(actor_or_application: Actor | Application) -> NoPlace | None:
    """Return what the newest published round tells somebody it left unplaced, else None.

    Takes a young person's actor, or an application the caller may see.
    """
    application = actor_or_application
    if isinstance(application, Actor):
        application = _find_own(application)
    if application is None or _holds_a_place(application):
        return None
    found = _find_row(application)
    if found is None:
        return None
    row, round_ = found
    last = _find_last_assignment(application, round_)
    upcoming = find_upcoming(round_, clock.now())
    return NoPlace(
        reasons=_list_reasons(row, last, round_),
        changes=_list_changes(row, last),
        untold=_told_first(row, last).get("untold", ""),
        still_in_line=_is_in_line(application, row, last, round_),
        next_step_words=_next_step_words(application, round_, upcoming),
        next_round_name=upcoming.name if upcoming else None,
        next_dates=_list_dates(upcoming),
    )


def _find_own(actor: Actor) -> Application | None:
    own = (
        Application.candidate_id == actor.candidate_id,
        Application.state.in_(OPEN_APPLICATION_STATES),
    )
    newest = select(Application).where(*own).order_by(Application.id.desc())
    return db.session.scalar(newest.limit(1)) if actor.candidate_id else None


def _holds_a_place(application: Application) -> bool:
    held = (
        Assignment.application_id == application.id,
        Assignment.state.in_(HELD_ASSIGNMENT_STATES),
    )
    return db.session.scalar(select(Assignment.id).where(*held).limit(1)) is not None


def _find_row(application: Application) -> tuple[PlanRow, Round] | None:
    """Return the person's line in the newest published round of the region, if it has one."""
    out = (Round.region_id == application.region_id, Round.state.in_(OUT))
    newest = select(Round).where(*out).order_by(Round.release_at.desc(), Round.id.desc())
    round_ = db.session.scalar(newest.limit(1))
    if round_ is None:
        return None
    chosen = (
        Plan.round_id == round_.id,
        Plan.chosen,
        Plan.snapshot_hash == round_.snapshot_hash,
        PlanRow.application_id == application.id,
    )
    row = db.session.scalar(select(PlanRow).join(Plan, PlanRow.plan_id == Plan.id).where(*chosen))
    return None if row is None else (row, round_)


def _find_last_assignment(application: Application, round_: Round) -> Assignment | None:
    same = (
        Assignment.application_id == application.id,
        Assignment.round_id == round_.id,
        WAS_OFFERED,
    )
    return db.session.scalar(
        select(Assignment).where(*same).order_by(Assignment.id.desc()).limit(1)
    )


def _list_reasons(row: PlanRow, last: Assignment | None, round_: Round) -> list[str]:
    if last is not None:
        return [LEFT[last.state]]
    if row.placement_id is not None:
        same = (Skip.round_id == round_.id, Skip.application_id == row.application_id)
        planned = select(Skip).where(*same, Skip.placement_id == row.placement_id)
        skip = db.session.scalar(planned.order_by(Skip.id).limit(1))
        why = SKIPPED.get(skip.reason, FOR_THE_PERSON["FULL"]) if skip else FOR_THE_PERSON["FULL"]
        return ["We had planned a place for you, but it was not right any more.", why]
    kept: dict[str, Any] = row.reasons[0] if row.reasons else {}
    chosen = kept.get("not_these", [])[:MOST_CHOICES]
    names = find_titles(entry["placement"] for entry in chosen)
    said = [f"{names[entry['placement']]}: {entry['words']}" for entry in chosen]
    return [*kept.get("because", [])[:MOST_REASONS], *said]


def _list_changes(row: PlanRow, last: Assignment | None) -> list[str]:
    """List what would have changed the answer, for somebody who was offered nothing."""
    changes = _told_first(row, last).get("changes", [])
    names = find_titles(change["placement"] for change in changes)
    return [one["words"].replace("{place}", names[one["placement"]]) for one in changes]


def _told_first(row: PlanRow, last: Assignment | None) -> dict[str, Any]:
    """Find what the plan kept for somebody it offered nothing, else nothing."""
    if last is not None or row.placement_id is not None or not row.reasons:
        return {}
    kept: dict[str, Any] = row.reasons[0]
    return kept


def _is_in_line(
    application: Application, row: PlanRow, last: Assignment | None, round_: Round
) -> bool:
    """Say whether a place that comes free in this round may still be offered to them."""
    if round_.state != "settling" or application.state != "ready":
        return False
    if last is not None:
        return last.state in LOST_THROUGH_NO_DOING
    return not row.reasons or row.reasons[0].get("code") != "no_eligible_place"


def _next_step_words(application: Application, round_: Round, upcoming: Upcoming | None) -> str:
    same = (NextStep.round_id == round_.id, NextStep.application_id == application.id)
    step = db.session.scalar(select(NextStep).where(*same))
    if step is not None and step.kind == "provider_talk":
        who = application.provider.name if application.provider else "We"
        return f"{who} will talk with you about what else you could do, by {_day(step.due_on)}."
    due_on = step.due_on if step else (upcoming.locks_on if upcoming else None)
    if due_on is None or due_on < clock.today():
        return "Ask who supports you what you could do next."
    return f"You are in the next round. You can change your choices until {_day(due_on)}."


def _list_dates(upcoming: Upcoming | None) -> list[str]:
    if upcoming is None:
        return []
    return [
        f"Change your choices until {_day(upcoming.locks_on)}.",
        f"Results come out on {_day(upcoming.release_on)}.",
    ]


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"
