"""What an approver reads before two hashes are approved, and how a plan is sent back."""

from dataclasses import dataclass

from sqlalchemy import select

from placements import clock
from placements.domain.errors import GuardRefused, IllegalMove, Invalid, NotAllowed
from placements.domain.fairness_gates import Gate
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.accounts import Account, AuthorityMember
from placements.models.rounds import Plan, PlanRow
from placements.services import transitions
from placements.services.events import record_event
from placements.services.notices import tell_unfair_plan
from placements.services.plan_figures import judge_plan
from placements.services.rounds import approve_round, get_round, hold_round, list_preparers
from placements.services.transactions import act


@dataclass(frozen=True)
class Changes:
    """What is different in the chosen plan from the plan before it, in people."""

    before_id: int
    before_mechanism: str
    n_same: int
    n_moved: int
    n_newly_placed: int
    n_no_longer_placed: int


def list_approvers(actor: Actor, round_id: int) -> list[str]:
    """Name the approvers of the region who did not prepare the round (I-21)."""
    round_ = get_round(actor, round_id)
    rows = (
        select(Account.name)
        .join(AuthorityMember, AuthorityMember.account_id == Account.id)
        .where(AuthorityMember.region_id == round_.region_id)
        .where(AuthorityMember.power == Role.APPROVER.value)
        .where(Account.id.not_in([a for a in list_preparers(round_) if a]))
    )
    return [name or "An approver" for name in db.session.scalars(rows.order_by(Account.name))]


def prepared(actor: Actor, round_id: int) -> bool:
    """Say whether the actor locked the round, or made or chose its plan."""
    return actor.account_id in list_preparers(get_round(actor, round_id))


def find_changes(actor: Actor, round_id: int) -> Changes | None:
    """Compare the chosen plan with the one made or chosen before it; None if it is the only one."""
    round_ = get_round(actor, round_id)
    same = (Plan.round_id == round_.id, Plan.snapshot_hash == round_.snapshot_hash)
    plans = select(Plan).where(*same, ~Plan.is_cascade).order_by(Plan.id.desc())
    found = list(db.session.scalars(plans))
    chosen = next((plan for plan in found if plan.chosen), None)
    before = next((plan for plan in found if not plan.chosen), None)
    if chosen is None or before is None:
        return None
    then, now = _places_of(before.id), _places_of(chosen.id)
    pairs = [(then.get(person), place) for person, place in now.items()]
    return Changes(
        before.id,
        before.mechanism,
        n_same=sum(old == new for old, new in pairs),
        n_moved=sum(bool(old and new and old != new) for old, new in pairs),
        n_newly_placed=sum(bool(new and not old) for old, new in pairs),
        n_no_longer_placed=sum(bool(old and not new) for old, new in pairs),
    )


def _places_of(plan_id: int) -> dict[int, int | None]:
    rows = select(PlanRow.application_id, PlanRow.placement_id).where(PlanRow.plan_id == plan_id)
    return dict(tuple(row) for row in db.session.execute(rows))


def approve_plan(
    actor: Actor, round_id: int, plan_hash: str, snapshot_hash: str, override: str | None = None
) -> None:
    """Approve the chosen plan if its round's fairness gate passes, or for a reason if it does not.

    The gate is read before the act, because the hash holds the plan to what was judged.
    """
    gate = find_gate(actor, round_id, anew=True)
    reason = (override or "").strip() or None
    if gate is not None and not gate.passes and reason is None:
        raise Invalid("override", "A group falls short. Write why the plan may still go out.")
    needed = reason if gate is not None and not gate.passes else None
    approve_round(actor, round_id, plan_hash, snapshot_hash, needed)


def find_gate(actor: Actor, round_id: int, *, anew: bool = False) -> Gate | None:
    """Return how the chosen plan stands to the fairness gate; None where no plan is chosen."""
    round_ = get_round(actor, round_id)
    chosen = (Plan.round_id == round_.id, Plan.snapshot_hash == round_.snapshot_hash, Plan.chosen)
    plan_id = db.session.scalar(select(Plan.id).where(*chosen, ~Plan.is_cascade))
    return None if plan_id is None else judge_plan(actor, plan_id, anew=anew)


def tell_if_unfair(round_id: int) -> None:
    """Tell the operators at once that the plan that was just made does not pass the gate."""
    gate = find_gate(SYSTEM, round_id)
    if gate is not None and not gate.passes:
        _tell_unfair(round_id)


@act
def _tell_unfair(round_id: int) -> None:
    round_ = get_round(SYSTEM, round_id)
    fails = ("proposed", "proposed")
    told = record_event(SYSTEM, "fail_gate", Kind.ROUND, round_.id, fails, clock.now())
    tell_unfair_plan(told, round_)


@act
def send_back(actor: Actor, round_id: int, reason: str) -> None:
    """Send a plan back to who prepared it, with a reason; an approval already given is void."""
    round_, at = hold_round(actor, round_id), clock.now()
    if actor.role is not Role.APPROVER:
        raise NotAllowed("Only an approver sends a plan back.")
    if not reason.strip():
        raise GuardRefused("Give a reason. Who prepared the plan will read it.")
    if round_.state == "proposed":
        record_event(actor, "send_back", Kind.ROUND, round_.id, ("proposed", "proposed"), at)
        round_.reason = reason.strip()
        return
    if round_.state != "approved":
        raise IllegalMove("There is no plan to send back now. Nothing changed.")
    transitions.move(round_, Kind.ROUND, "send_back", actor, at, reason=reason)
    round_.approved_by = round_.approved_plan_hash = None
