"""Scheduled rounds, from their dates to the day they are final."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from placements import clock
from placements.clock import LONDON
from placements.domain.errors import GuardRefused, Invalid, NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.audit import Event
from placements.models.rounds import Round
from placements.services import transitions
from placements.services.notices import tell_people_coming, tell_round_opens
from placements.services.occurrences import add_occurrence
from placements.services.snapshots import get_snapshot, list_broken_records, take_snapshot
from placements.services.transactions import act, lock_row

EARLIEST_HOUR, LATEST_HOUR = 8, 20
STAFF = (Role.OPERATOR, Role.APPROVER, Role.SYSTEM)
PREPARING = ("lock", "solve", "solve_again", "choose_plan", "change_pins")


@dataclass(frozen=True)
class Seal:
    """What a round was sealed as; `broken` lists sealed records that were changed since."""

    snapshot_hash: str
    taken_at: datetime
    n_people: int
    n_placements: int
    broken: tuple[int, ...]


@act
def create_round(
    actor: Actor,
    name: str,
    dates: tuple[datetime, datetime, datetime],
    seed: int,
    policy: dict | None = None,
) -> int:
    """Plan a round that opens, locks and releases at `dates`; an operator may."""
    if actor.region_id is None:
        raise NotFound("A round belongs to a region; sign in as its staff.")
    opens_at, locks_at, release_at = dates
    _check_name(actor, name)
    _check_dates(opens_at, locks_at, release_at)
    round_ = Round(region_id=actor.region_id, name=name, seed=seed, policy=policy or {})
    round_.opens_at, round_.locks_at, round_.release_at = opens_at, locks_at, release_at
    transitions.begin(round_, Kind.ROUND, "plan", actor, clock.now())
    steps = {"open": opens_at, "lock": locks_at, "solve": locks_at, "release": release_at}
    for step, due_at in steps.items():
        add_occurrence(f"round.{step}", round_.id, due_at)
    return round_.id


def _check_name(actor: Actor, name: str) -> None:
    """Raise `Invalid` when the region has a round of that name already."""
    same = (Round.region_id == actor.region_id, Round.name == name)
    if db.session.scalar(select(Round.id).where(*same)) is not None:
        raise Invalid("name", "There is a round of that name already. Write another.")


def _check_dates(opens_at: datetime, locks_at: datetime, release_at: datetime) -> None:
    if not opens_at < locks_at < release_at:
        raise Invalid("locks_at", "A round opens first, then locks, then releases its results.")
    local = release_at.astimezone(LONDON)
    if not EARLIEST_HOUR <= local.hour < LATEST_HOUR:
        raise Invalid("release_at", "Results go out between 8am and 8pm.")


def get_round(actor: Actor, round_id: int) -> Round:
    """Return a round of the actor's region, or raise `NotFound`."""
    wanted = select(Round).where(Round.id == round_id)
    if actor.role is not Role.SYSTEM:
        wanted = wanted.where(Round.region_id == actor.region_id)
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound("There is no such round.")
    return found


def hold_round(actor: Actor, round_id: int) -> Round:
    """Return a round as `get_round` does, kept from every other writer until the act ends."""
    return lock_row(get_round(actor, round_id))


def check_seal(actor: Actor, round_id: int) -> Seal:
    """Return a round's seal and whether every sealed record still gives its hash; staff only."""
    if actor.role not in STAFF:
        raise NotFound("There is no such round.")
    round_ = get_round(actor, round_id)
    snapshot = get_snapshot(round_)
    counts = (snapshot.n_candidates, snapshot.n_placements)
    broken = tuple(list_broken_records(round_))
    return Seal(snapshot.snapshot_hash, snapshot.taken_at, *counts, broken)


def list_rounds(actor: Actor) -> list[Round]:
    """List the rounds of the actor's region, newest first."""
    wanted = select(Round).where(Round.region_id == actor.region_id)
    return list(db.session.scalars(wanted.order_by(Round.release_at.desc())))


@act
def open_round(actor: Actor, round_id: int) -> None:
    """Let people change their choices for this round."""
    round_ = get_round(actor, round_id)
    tell_round_opens(transitions.move(round_, Kind.ROUND, "open", actor, clock.now()), round_)


@act
def lock_round(actor: Actor, round_id: int) -> str:
    """Seal who and what the round is about; return the hash of the seal."""
    round_, at = get_round(actor, round_id), clock.now()
    tell_people_coming(transitions.move(round_, Kind.ROUND, "lock", actor, at), round_)
    round_.snapshot_hash = take_snapshot(round_, at).snapshot_hash
    round_.locked_by = actor.account_id
    return round_.snapshot_hash


@act
def approve_round(
    actor: Actor, round_id: int, plan_hash: str, snapshot_hash: str, override: str | None = None
) -> None:
    """Approve the chosen plan by its two hashes; whoever prepared it may not (I-20, I-21).

    Whether it is fair is asked before: `approvals.approve_plan`; `override` is why it may go out
    although a group falls short.
    """
    round_ = hold_round(actor, round_id)
    if actor.account_id is None or actor.account_id in list_preparers(round_):
        raise GuardRefused("Another approver must approve a round that you prepared.")
    if (plan_hash, snapshot_hash) != (round_.plan_hash, round_.snapshot_hash):
        raise GuardRefused("The plan changed since you read it. Read it again, then approve.")
    if list_broken_records(round_):
        raise GuardRefused("The sealed records were changed. Unlock the round and lock it again.")
    transitions.move(round_, Kind.ROUND, "approve", actor, clock.now(), reason=override)
    round_.approved_by, round_.approved_plan_hash = actor.account_id, plan_hash


def list_preparers(round_: Round) -> set[int | None]:
    """Return who locked, solved or chose in this round, the makers of plans not in use as well."""
    rows = select(Event.account_id).where(
        Event.kind == Kind.ROUND.value, Event.record_id == round_.id, Event.action.in_(PREPARING)
    )
    by_columns = {round_.locked_by, round_.solved_by, round_.chosen_by}
    return by_columns | set(db.session.scalars(rows))


@act
def unlock_round(actor: Actor, round_id: int, reason: str) -> None:
    """Open a locked round again; its seal, plans and approval stay on record but are void."""
    round_ = hold_round(actor, round_id)
    transitions.move(round_, Kind.ROUND, "unlock", actor, clock.now(), reason=reason)
    round_.snapshot_hash = round_.plan_hash = round_.approved_plan_hash = None
    round_.locked_by = round_.solved_by = round_.chosen_by = round_.approved_by = None


@act
def cancel_round(actor: Actor, round_id: int, reason: str) -> None:
    """Call a round off before it is published; everyone stays in for the next."""
    round_ = hold_round(actor, round_id)
    transitions.move(round_, Kind.ROUND, "cancel", actor, clock.now(), reason=reason)
