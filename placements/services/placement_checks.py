"""What staff check before a placement opens: hours, insurance, risk, employer, plain words."""

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from placements import clock
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind
from placements.domain.working_time import ADULT_AGE, check_working_time, weekly_minutes
from placements.extensions import db
from placements.models.audit import History
from placements.models.placements import Placement
from placements.services.placements import get_placement, list_placements

YOUNG, LONG_SENTENCE, HARD_LETTERS = 16, 20, 13
WORKED = re.compile(r"[A-Za-z'’-]+")


@dataclass(frozen=True)
class Check:
    """One line of the checklist: what was looked at, whether it holds, and the fact."""

    name: str
    holds: bool
    fact: str


def list_to_check(actor: Actor) -> list[Placement]:
    """List the placements that wait to be checked, the longest wait first."""
    waiting = {p.id: p for p in list_placements(actor, ["submitted"])}
    sent = (
        select(History.record_id)
        .where(History.kind == Kind.PLACEMENT.value, History.to_state == "submitted")
        .order_by(History.id.desc())
    )
    newest_first = list(dict.fromkeys(i for i in db.session.scalars(sent) if i in waiting))
    return [waiting[placement_id] for placement_id in reversed(newest_first)]


def list_checks(actor: Actor, placement_id: int) -> list[Check]:
    """List what holds and what does not for a placement; staff read it before they approve."""
    placement, today = get_placement(actor, placement_id), clock.today()
    return [
        _employer(placement),
        *_hours(placement),
        _insurance(placement, today),
        _risk(placement, today),
        *([_dbs(placement)] if placement.dbs_reason or _asks_for_dbs(placement) else []),
        _plain_words(placement.summary or ""),
    ]


def was_open_before(actor: Actor, placement_id: int) -> bool:
    """Say whether a placement was live once, so that a check is of a change."""
    placement = get_placement(actor, placement_id)
    rows = select(History.id).where(
        History.kind == Kind.PLACEMENT.value,
        History.record_id == placement.id,
        History.to_state.in_(("live", "full")),
    )
    return db.session.scalar(rows.limit(1)) is not None


def _employer(placement: Placement) -> Check:
    holds = placement.employer.state == "verified"
    fact = "The employer is verified." if holds else "Verify the employer first."
    return Check("Employer", holds, fact)


def _hours(placement: Placement) -> list[Check]:
    min_age = placement.min_age or YOUNG
    weeks = placement.duration_weeks or 0
    breaches = check_working_time(placement.shifts, min_age, duration_weeks=weeks)
    if breaches:
        return [Check(f"Hours, rule {b.rule}", False, b.words) for b in breaches]
    hours = f"{weekly_minutes(placement.shifts) / 60:g} hours a week"
    if min_age >= ADULT_AGE:
        return [Check("Hours", True, f"{hours}. Only for people of 18 and over.")]
    return [Check("Hours, rules YW1 to YW9", True, f"{hours}, within the law for 16 and 17.")]


def _insurance(placement: Placement, today: date) -> Check:
    until = placement.site.insurance_expires_on if placement.site else None
    if until is None:
        return Check("Employers' liability insurance", False, "No date was given.")
    first_day = placement.start_from or today
    fact = f"Valid to {until.day} {until:%B %Y}."
    if today <= until < first_day:
        fact += " It ends before the placement starts: ask for the next one."
    return Check("Employers' liability insurance", until >= max(today, first_day), fact)


def _risk(placement: Placement, today: date) -> Check:
    day = placement.site.risk_assessed_on if placement.site else None
    fact = f"Made on {day.day} {day:%B %Y}." if day else "No date was given."
    return Check("Risk assessment for young people", day is not None and day <= today, fact)


def _asks_for_dbs(placement: Placement) -> bool:
    return any("dbs" in need.lower() for need in placement.needs)


def _dbs(placement: Placement) -> Check:
    reason = placement.dbs_reason
    return Check("Criminal record check", bool(reason), reason or "No reason was given for it.")


def _plain_words(summary: str) -> Check:
    sentences = [s for s in re.split(r"[.!?;\n]+", summary) if s.strip()]
    longest = max((len(WORKED.findall(s)) for s in sentences), default=0)
    hard = sorted({w.lower() for w in WORKED.findall(summary) if len(w) >= HARD_LETTERS})
    if longest <= LONG_SENTENCE and not hard:
        return Check("Plain words", True, f"Longest sentence: {longest} words.")
    facts = [f"Longest sentence: {longest} words."] if longest > LONG_SENTENCE else []
    facts += [f"Hard words: {', '.join(hard)}."] if hard else []
    return Check("Plain words", False, " ".join(facts))
