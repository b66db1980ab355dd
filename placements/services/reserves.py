"""The line for a placement: who a freed place goes to, in order n; only staff see it (I-12).

A row in line is written when results go out. Before freed places are offered, the plan that was
just solved again rewrites the order, so offers go out from the front. A number that was offered
is not given again. Who is passed over keeps their row behind, and the reason is kept.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import selectinload

from placements.domain.errors import NotFound
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.refusal_words import FOR_STAFF
from placements.domain.vocabulary import HELD_ASSIGNMENT_STATES, Kind
from placements.extensions import db
from placements.models.assignments import WAS_OFFERED, Assignment
from placements.models.candidates import Application
from placements.models.placements import Placement
from placements.models.rounds import Plan, PlanRow, Round
from placements.services import skips, transitions
from placements.services.edges import keep_edges
from placements.services.reach import Checked, recheck
from placements.services.rounds import get_round
from placements.services.skips import add_skip
from placements.services.snapshots import find_record_ids
from placements.services.solving import read_plan

GONE = ("withdrawn", "closed")
AT_ONCE = 5_000
Pair = tuple[int, int]
Line = list[int]


def form_lines(round_: Round, plan: Plan, at: datetime) -> int:
    """Write the lines of the plan that is published; return how many rows. Part of an act."""
    lines = read_lines(round_, plan)
    return _join(round_, _number(lines, {}), at)


def read_lines(round_: Round, plan: Plan) -> dict[int, Line]:
    """Return the applications in line for each placement, as the plan orders them."""
    ids = find_record_ids(round_)
    return {
        ids["placement", place]: [
            ids["application", one] for one in people if ("application", one) in ids
        ]
        for place, people in read_plan(plan).reserves.items()
        if ("placement", place) in ids
    }


def list_sealed_lines(actor: Actor, plan_id: int) -> list[tuple[Placement, list[str]]]:
    """List who is next for each placement of a plan, by reference, as the plan orders them."""
    plan = db.session.get(Plan, plan_id)
    if plan is None:
        raise NotFound("There is no such plan.")
    lines = read_lines(get_round(actor, plan.round_id), plan)
    rows = select(Application.id, Application.reference)
    rows = rows.join(PlanRow, PlanRow.application_id == Application.id)
    named = dict(tuple(row) for row in db.session.execute(rows.where(PlanRow.plan_id == plan_id)))
    found = select(Placement).where(Placement.id.in_(lines)).order_by(Placement.title, Placement.id)
    places = db.session.scalars(found).all()
    return [(p, [named[one] for one in lines[p.id] if one in named]) for p in places if lines[p.id]]


def _number(lines: dict[int, Line], last: dict[int, int]) -> dict[Pair, int]:
    """Return the number of each pair, counting on from `last` at each placement."""
    return {
        (one, place): n
        for place, line in lines.items()
        for n, one in enumerate(line, last.get(place, 0) + 1)
    }


def _join(round_: Round, numbers: dict[Pair, int], at: datetime) -> int:
    """Put people in line under their numbers, each pair checked by today's facts."""
    pairs = _load(numbers)
    checks = recheck(pairs, round_.policy)
    rows, kept = [], []
    for (application, placement), checked in zip(pairs, checks, strict=True):
        pair = (application.id, placement.id)
        reason = _find_obstacle(application, checked)
        if reason:
            add_skip(round_.id, pair, reason, at)
            continue
        row = Assignment(round_id=round_.id, position=numbers[pair], receipt={})
        row.application_id, row.candidate_id = application.id, application.candidate_id
        row.placement_id = placement.id
        rows.append(row)
        kept.append((application, placement.id, checked))
    keep_edges(kept, at)
    transitions.begin_all(rows, Kind.ASSIGNMENT, "reserve", SYSTEM, at)
    return len(rows)


def _find_obstacle(application: Application, checked: Checked) -> str | None:
    if application.state != "ready":
        return skips.NOT_READY
    return FOR_STAFF[checked.rule] if checked.rule else None


def _load(numbers: dict[Pair, int]) -> list[tuple[Application, Placement]]:
    """Load both records of each pair, placement by placement, without those that are gone."""
    wanted = {place for _, place in numbers}
    places = select(Placement).where(Placement.id.in_(wanted), Placement.state.not_in(GONE))
    whole = (selectinload(Placement.employer), selectinload(Placement.site))
    open_now = {p.id: p for p in db.session.scalars(places.options(*whole))}
    rows = select(Application).where(Application.id.in_({one for one, _ in numbers}))
    rows = rows.options(selectinload(Application.candidate))
    people = {a.id: a for a in db.session.scalars(rows)}
    in_order = sorted(numbers, key=lambda pair: (pair[1], numbers[pair]))
    return [(people[one], open_now[place]) for one, place in in_order if place in open_now]


def rewrite_lines(
    round_: Round, plan: Plan, at: datetime
) -> tuple[dict[Pair, int], dict[Pair, int]]:
    """Order the lines of the plan's placements anew; return the old numbers and the new ones.

    First whom the plan places there, then who still waits as it orders them, then the others.
    Part of an act.
    """
    given, waiting = _read_given(plan), read_lines(round_, plan)
    rows = _list_in_line(round_.id, given)
    old = {(row.application_id, row.placement_id): row.position or 0 for row in rows}
    order = {}
    for place, placed in given.items():
        here = [one for one, at_place in old if at_place == place]
        first = [*(one for one in here if one in placed), *sorted(placed - set(here))]
        order[place] = list(dict.fromkeys([*first, *waiting.get(place, []), *here]))
    numbers = _number(order, _last_numbers(round_.id, given))
    for row in rows:
        row.position = numbers[row.application_id, row.placement_id]
    db.session.flush()
    joining = {(one, at_place) for one, at_place in numbers if one not in given[at_place]}
    _join(round_, {pair: numbers[pair] for pair in joining - set(old)}, at)
    return old, numbers


def _read_given(plan: Plan) -> dict[int, set[int]]:
    given: dict[int, set[int]] = {}
    placed = (PlanRow.plan_id == plan.id, PlanRow.placement_id.is_not(None))
    rows = select(PlanRow.placement_id, PlanRow.application_id).where(*placed)
    for place, one in db.session.execute(rows.order_by(PlanRow.placement_id)):
        given.setdefault(place, set()).add(one)
    return given


def _last_numbers(round_id: int, places: Iterable[int]) -> dict[int, int]:
    """Return the highest number of each placement that was already offered."""
    rows = select(Assignment.placement_id, func.max(Assignment.position)).where(
        Assignment.round_id == round_id, Assignment.placement_id.in_(places), WAS_OFFERED
    )
    found = db.session.execute(rows.group_by(Assignment.placement_id))
    return {place: number or 0 for place, number in found}


def _list_in_line(round_id: int, places: Iterable[int]) -> Sequence[Assignment]:
    here = (Assignment.round_id == round_id, Assignment.placement_id.in_(places))
    rows = select(Assignment).where(*here, Assignment.state == "reserve")
    return db.session.scalars(
        rows.order_by(Assignment.placement_id, Assignment.position, Assignment.id)
    ).all()


def list_lines(round_id: int, places: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Return the references of who is in line for each placement, in order; for staff alone."""
    lines: dict[int, tuple[str, ...]] = dict.fromkeys(places, ())
    for row in _list_in_line(round_id, places):
        lines[row.placement_id] += (row.application.reference,)
    return lines


def find_in_line(round_id: int, places: Iterable[int]) -> dict[Pair, Assignment]:
    """Return the rows in line at these placements, by application and placement."""
    rows = _list_in_line(round_id, places)
    return {(row.application_id, row.placement_id): row for row in rows}


def keep_reasons(
    round_: Round, plan: Plan, old: dict[Pair, int], told: set[Pair], at: datetime
) -> None:
    """Keep why each person in line was passed over for one from behind; part of an act.

    `old` holds the numbers before the plan; pairs in `told` have their reason already.
    """
    given = _read_given(plan)
    offered = {place: _list_offered(round_.id, place, given[place]) for place in given}
    why = _find_whys([one for one, _ in old], given)
    for (one, place), number in sorted(old.items()):
        taken = offered.get(place, set())
        from_behind = any(old.get((other, place), number + 1) > number for other in taken)
        if from_behind and one not in taken and (one, place) not in told:
            add_skip(round_.id, (one, place), why[one], at)


def _list_offered(round_id: int, place: int, placed: set[int]) -> set[int]:
    rows = select(Assignment.application_id).where(
        Assignment.round_id == round_id,
        Assignment.placement_id == place,
        Assignment.application_id.in_(placed),
        WAS_OFFERED,
    )
    return set(db.session.scalars(rows))


def _find_whys(people: list[int], given: dict[int, set[int]]) -> dict[int, str]:
    states = select(Application.id, Application.state).where(Application.id.in_(people))
    of_people = (Assignment.application_id.in_(people), WAS_OFFERED)
    held = select(Assignment.application_id, Assignment.state).where(*of_people)
    placed = set().union(*given.values())
    asked = dict(tuple(row) for row in db.session.execute(held.order_by(Assignment.id)))
    whys = {}
    for one, state in db.session.execute(states):
        if state != "ready":
            whys[one] = skips.NOT_READY
        elif one in placed:
            whys[one] = skips.PLACED_ELSEWHERE
        elif one not in asked:
            whys[one] = skips.ANOTHER_FIRST
        else:
            is_held = asked[one] in HELD_ASSIGNMENT_STATES
            whys[one] = skips.HOLDS_ANOTHER if is_held else skips.ANSWERED
    return whys


def release_lines(at: datetime, *where: ColumnElement[bool]) -> int:
    """Let go of the rows in line that `where` picks; return how many. Part of an act.

    Nobody is told: nobody but staff ever saw them.
    """
    rows = select(Assignment).where(Assignment.state == "reserve", *where)
    found = db.session.scalars(rows.order_by(Assignment.id).with_for_update()).all()
    for begin in range(0, len(found), AT_ONCE):
        some = found[begin : begin + AT_ONCE]
        transitions.move_all(some, Kind.ASSIGNMENT, "release", SYSTEM, at)
    return len(found)
