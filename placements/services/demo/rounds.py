"""The demo's present: one round settling today, one open, and one plan that waits for approval."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import select

from placements import clock
from placements.domain.invented.calendar import (
    Dates,
    dates_locking_on,
    dates_released_by,
    name_round,
)
from placements.domain.permissions import Actor
from placements.domain.postcodes import Gazetteer
from placements.domain.region import Region as Rules
from placements.domain.region import RoundCalendar
from placements.domain.round_dates import at_london
from placements.domain.vocabulary import Role
from placements.domain.working_days import add_working_days, is_working_day
from placements.extensions import db
from placements.models.placements import Placement
from placements.models.rounds import Round
from placements.services import assignments, messages, placements, plans, rounds
from placements.services.demo.days import Deed, RunDue, approve, live, run_until
from placements.services.demo.history import drop_old_messages
from placements.services.demo.people import answer_offer, list_in_state
from placements.services.demo.seed import DAY, Seeded, Sizes, is_seeded, seed_region
from placements.services.placements import PlacementFacts
from placements.services.transactions import together
from placements.settings import Settings

JAYDEN = "AP-00001"
LOCKS_IN_DAYS = 6
SAYS_YES, SAYS_NO = 0.10, 0.03
FIRST_EMPLOYER, N_STALE, N_PARTS = "EM-001", 2, 3
COPY_EVERY, N_TO_CHECK, COPIED_FOR = 5, 4, timedelta(weeks=3)
SECOND_ROUND, SECOND_POLICY = "Care leavers", {"priority_groups": ["care_leaver"]}
LATER, MINUTE, N_TAKEN_BACK = timedelta(minutes=30), timedelta(minutes=1), 2


@dataclass(frozen=True)
class _Stage:
    """What the deeds of the demo act on."""

    operator: Actor
    approver: Actor
    calendar: RoundCalendar
    seeded: Seeded
    now: datetime
    seed: int


def make_demo(rules: Rules, gazetteer: Gazetteer, sizes: Sizes, run_due: RunDue) -> bool:
    """Seed a region whose scheduled round went out on the last working day; False if it is here.

    The region is seeded as on the day before that round opened; then the days up to now are
    lived: the round opens, locks and solves by its schedule, the second member of staff approves
    it, and it is released. All of it is kept, or none.
    """
    if is_seeded(rules):
        return False
    now = clock.now()
    dates = dates_released_by(rules.calendar, _last_release(rules.calendar, now))
    with together():
        with clock.held_at(dates.opens_at - DAY):
            seeded = seed_region(rules, gazetteer, sizes, run_due)
        staff = seeded.here.staff
        stage = _Stage(
            staff["operator"], staff["approver"], rules.calendar, seeded, now, sizes.seed
        )
        live(_deeds(stage), run_due)
        run_until(now, run_due)
        drop_old_messages(seeded.dates.release_at)
    return True


def deliver_results(settings: Settings) -> int:
    """Send the results as they left, at the release and not at whatever hour the demo is made."""
    release_at = db.session.scalar(select(Round.release_at).where(Round.state == "settling"))
    if release_at is None:
        return 0
    with clock.held_at(release_at + timedelta(minutes=1)):
        return messages.deliver_due(settings)


def _last_release(calendar: RoundCalendar, now: datetime) -> datetime:
    """Return the last release of a working day, long enough ago for the plan that follows it."""
    day = now.astimezone(clock.LONDON).date()
    while not is_working_day(day) or at_london(day, calendar.release_time) + 2 * LATER > now:
        day -= DAY
    return at_london(day, calendar.release_time)


def _deeds(stage: _Stage) -> list[Deed]:
    dates, open_round = stage.seeded.dates, _dates_of_open_round(stage)
    since = stage.now - dates.release_at
    deeds: list[Deed] = [
        (open_round.opens_at - DAY, lambda: _plan_open_round(stage, open_round)),
        (dates.release_at - 33 * DAY, lambda: _still_true(stage, early=True)),
        (dates.release_at - 20 * DAY, lambda: _still_true(stage, early=False)),
        (dates.locks_at + DAY, lambda: _compare_with_nearest(stage)),
        (dates.locks_at + 2 * DAY, lambda: approve(stage.approver, stage.seeded.round_id)),
        (dates.release_at - 9 * DAY, lambda: _plan_second_round(stage)),
        (dates.release_at - 10 * DAY, lambda: _describe_more(stage)),
        (dates.release_at + 0.2 * since, lambda: _answer(0)),
        (dates.release_at + 0.5 * since, lambda: _answer(1)),
        (dates.release_at + 0.8 * since, lambda: _answer(2)),
        (dates.release_at + 0.9 * since, lambda: _say_yes_to_the_first_employer(stage)),
        (stage.now - MINUTE, lambda: _take_two_places_back(stage)),
    ]
    return deeds


def _compare_with_nearest(stage: _Stage) -> None:
    """Keep a plan beside the one in use that gives everybody the nearest place."""
    plans.solve_again(stage.operator, stage.seeded.round_id, "nearest")


def _dates_of_open_round(stage: _Stage) -> Dates:
    today = stage.now.astimezone(clock.LONDON).date()
    return dates_locking_on(stage.calendar, today + LOCKS_IN_DAYS * DAY)


def _plan_open_round(stage: _Stage, dates: Dates) -> None:
    """Plan the round after the one that settles; people who hold a place are not in it."""
    name = name_round(stage.calendar, stage.seeded.dates.opens_at.date(), n_later=1)
    instants = (dates.opens_at, dates.locks_at, dates.release_at)
    rounds.create_round(stage.operator, name, instants, stage.seed)


def _plan_second_round(stage: _Stage) -> None:
    """Plan a round for who is left once the offers are out, so that no two plans share a person."""
    released_at = stage.seeded.dates.release_at
    today = stage.now.astimezone(clock.LONDON).date()
    release_at = at_london(add_working_days(today, 3), stage.calendar.release_time)
    instants = (released_at - 8 * DAY, released_at + LATER, release_at)
    rounds.create_round(stage.operator, SECOND_ROUND, instants, stage.seed, dict(SECOND_POLICY))


def _still_true(stage: _Stage, *, early: bool) -> None:
    """Let employers say that their placements are still true; a few said so long ago."""
    first = stage.seeded.here.employers[FIRST_EMPLOYER].id
    n_stale = 0
    for n, placement in enumerate(_list_live(), start=1):
        is_stale = n % 12 == 0
        if placement.employer_id == first and n_stale < N_STALE:
            is_stale, n_stale = True, n_stale + 1
        if is_stale == early:
            actor = Actor(Role.EMPLOYER, organisation_id=placement.employer_id)
            placements.confirm_still_true(actor, placement.id)


def _describe_more(stage: _Stage) -> None:
    """Let employers copy placements for a later start, once the round is locked.

    Its places will all be taken; these are what people can choose for the rounds that follow.
    The last few still wait to be checked.
    """
    copied = _list_live()[::COPY_EVERY]
    for n, placement in enumerate(copied, start=1):
        actor = Actor(Role.EMPLOYER, organisation_id=placement.employer_id)
        facts = {f.name: getattr(placement, f.name) for f in fields(PlacementFacts)}
        facts |= {"start_from": placement.start_from + COPIED_FOR}
        facts |= {"start_to": placement.start_to + COPIED_FOR}
        copy_id = placements.describe_placement(actor, placement.site_id, PlacementFacts(**facts))
        placements.submit_placement(actor, copy_id)
        if n <= len(copied) - N_TO_CHECK:
            placements.approve_placement(stage.operator, copy_id)


def _list_live() -> Sequence[Placement]:
    rows = select(Placement).where(Placement.state == "live").order_by(Placement.id)
    return db.session.scalars(rows).all()


def _answer(part: int) -> None:
    """Let a part of the people with an offer answer; the demo's own young person never does.

    Who says no does so in one part: each hour of freed places is one more plan to make.
    """
    says_no = SAYS_NO * N_PARTS if part == 1 else 0.0
    for offer in list_in_state("offered"):
        if offer.id % N_PARTS == part:
            answer_offer(offer, SAYS_YES, says_no, JAYDEN)


def _take_two_places_back(stage: _Stage) -> None:
    """Let two employers cancel a minute ago, so that staff have somebody to find a place for."""
    own, taken = stage.seeded.here.employers[FIRST_EMPLOYER].id, set()
    for offer in list_in_state("accepted"):
        employer_id = offer.placement.employer_id
        if employer_id != own and employer_id not in taken and len(taken) < N_TAKEN_BACK:
            taken.add(employer_id)
            actor = Actor(Role.EMPLOYER, organisation_id=employer_id)
            assignments.cancel_assignment(actor, offer.id, "The site is closed for repairs.")


def _say_yes_to_the_first_employer(stage: _Stage) -> None:
    """Give the demo's own employer somebody to confirm."""
    first = stage.seeded.here.employers[FIRST_EMPLOYER].id
    offers = [offer for offer in list_in_state("offered") if offer.placement.employer_id == first]
    for offer in [o for o in offers if o.application.reference != JAYDEN][:1]:
        answer_offer(offer, says_yes=1.0, says_no=0.0)
