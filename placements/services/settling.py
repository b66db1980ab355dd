"""How a published round settles: answers so far, what ends today, and the places free again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from placements import clock
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind
from placements.domain.working_days import deadline_day
from placements.extensions import db
from placements.models.assignments import WAS_OFFERED, Assignment
from placements.models.audit import History
from placements.models.operations import Occurrence
from placements.models.placements import Placement
from placements.models.rounds import Plan, PlanRow, Round
from placements.services.reserves import list_lines
from placements.services.rounds import get_round

YES_STATES = (
    "accepted",
    "confirmed",
    "started",
    "completed",
    "did_not_start",
    "left_early",
    "ended_by_employer",
)
ANSWERS = {"accept": "yes", "decline": "no", "lapse": "no_answer"}
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Freed:
    """A placement of the round with places that nobody holds, and who is in line, by reference."""

    placement_id: int
    reference: str
    title: str
    employer: str
    n_free: int
    line: tuple[str, ...] = ()


@dataclass(frozen=True)
class Moment:
    """The offers of a round at one hour since its release."""

    hour: int
    yes: int
    no: int
    no_answer: int
    waiting: int


@dataclass(frozen=True)
class Settling:
    """A round between its release and its end."""

    n_offers: int
    n_yes: int
    n_no: int
    n_no_answer: int
    n_other: int
    n_waiting: int
    due_today: list[tuple[str, str, datetime]]
    freed: list[Freed]
    n_in_line: int
    next_cascade_at: datetime | None
    moments: list[Moment]

    @property
    def n_free(self) -> int:
        """How many places are free again or were never filled."""
        return sum(place.n_free for place in self.freed)


def get_settling(actor: Actor, round_id: int) -> Settling:
    """Return how far the answers of a round are; staff of its region may read it."""
    round_ = get_round(actor, round_id)
    rows = select(Assignment).where(Assignment.round_id == round_.id, WAS_OFFERED)
    offers = list(db.session.scalars(rows.order_by(Assignment.id)))
    n_yes, n_no = _count(offers, YES_STATES), _count(offers, ("declined",))
    n_no_answer, n_waiting = _count(offers, ("lapsed",)), _count(offers, ("offered",))
    n_other = len(offers) - n_yes - n_no - n_no_answer - n_waiting
    return Settling(
        n_offers=len(offers),
        n_yes=n_yes,
        n_no=n_no,
        n_no_answer=n_no_answer,
        n_other=n_other,
        n_waiting=n_waiting,
        due_today=_due_today(offers),
        freed=_list_freed(round_),
        n_in_line=_count_in_line(round_, offers),
        next_cascade_at=_find_next_cascade(round_),
        moments=_list_moments(round_, offers),
    )


def _count(offers: Iterable[Assignment], states: tuple[str, ...]) -> int:
    return sum(offer.state in states for offer in offers)


def _due_today(offers: list[Assignment]) -> list[tuple[str, str, datetime]]:
    today = clock.today()
    return [
        (offer.application.reference, offer.placement.title or "", offer.deadline_at)
        for offer in offers
        if offer.state == "offered"
        and offer.deadline_at
        and deadline_day(offer.deadline_at) == today
    ]


def _list_freed(round_: Round) -> list[Freed]:
    """Places of the round's placements that nobody holds now."""
    of_round = select(Assignment.placement_id).where(Assignment.round_id == round_.id, WAS_OFFERED)
    free = (Placement.id.in_(of_round), Placement.state == "live")
    rows = select(Placement).where(*free, Placement.held < Placement.capacity)
    found = db.session.scalars(rows.order_by(Placement.id)).all()
    lines = list_lines(round_.id, [place.id for place in found])
    return [
        Freed(p.id, p.reference, p.title or "", p.employer.name, p.capacity - p.held, lines[p.id])
        for p in found
    ]


def _count_in_line(round_: Round, offers: list[Assignment]) -> int:
    """Count who the plan left unplaced and who was not offered anything since."""
    asked = {offer.application_id for offer in offers}
    rows = (
        select(PlanRow.application_id)
        .join(Plan, PlanRow.plan_id == Plan.id)
        .where(Plan.round_id == round_.id, Plan.chosen, PlanRow.placement_id.is_(None))
    )
    return len(set(db.session.scalars(rows)) - asked)


def _find_next_cascade(round_: Round) -> datetime | None:
    waiting = (Occurrence.schedule == "round.cascade", Occurrence.subject_id == round_.id)
    rows = select(Occurrence.due_at).where(*waiting, Occurrence.state == "due")
    return db.session.scalar(rows.order_by(Occurrence.due_at).limit(1))


def _list_moments(round_: Round, offers: list[Assignment]) -> list[Moment]:
    """Return the offers by hour since the release, one line for each hour with a change."""
    if not offers:
        return []
    moves = _first_moves([offer.id for offer in offers])
    counts = {"waiting": 0, "yes": 0, "no": 0, "no_answer": 0, "other": 0}
    moments: dict[int, Moment] = {}
    for at, before, after in moves:
        counts[after] += 1
        if before:
            counts[before] -= 1
        hour = max(0, (at - round_.release_at) // HOUR)
        moments[hour] = Moment(
            hour, counts["yes"], counts["no"], counts["no_answer"], counts["waiting"]
        )
    return list(moments.values())


def _first_moves(ids: list[int]) -> list[tuple[datetime, str, str]]:
    """Return when each offer went out and when it stopped waiting, in order of time."""
    rows = (
        select(History.moved_at, History.from_state, History.action)
        .where(History.kind == Kind.ASSIGNMENT.value, History.record_id.in_(ids))
        .order_by(History.moved_at, History.id)
    )
    moves = []
    for at, from_state, action in db.session.execute(rows):
        if action == "offer":
            moves.append((at, "", "waiting"))
        elif from_state == "offered":
            moves.append((at, "waiting", ANSWERS.get(action, "other")))
    return moves
