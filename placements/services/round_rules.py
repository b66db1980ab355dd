"""The rules of a round, set by an operator until the round is sealed."""

from collections.abc import Sequence
from dataclasses import dataclass

from placements import clock
from placements.domain.errors import GuardRefused, Invalid, NotAllowed, Stale
from placements.domain.permissions import Actor
from placements.domain.policy_words import AIMS, MECHANISM_NAMES
from placements.domain.vocabulary import Kind, Role
from placements.models.rounds import Round
from placements.services.events import record_event
from placements.services.rounds import hold_round
from placements.services.snapshots import canonical, hash_records
from placements.services.transactions import act

UNSEALED = ("planned", "open")
LARGEST_SEED = 2**31 - 1


@dataclass(frozen=True)
class Rules:
    """What staff decide about a round before it is sealed."""

    mechanism: str
    aims: Sequence[str]
    priority_groups: Sequence[str]
    fairness_gate: int
    seed: int


@act
def set_rules(actor: Actor, round_id: int, rules: Rules, seen: str) -> None:
    """Set the rules of a round that is not sealed yet; an operator may.

    `seen` is the mark of the rules that were read. Raises `Invalid` at the field that is wrong,
    and `Stale` if somebody changed the rules since.
    """
    if actor.role is not Role.OPERATOR:
        raise NotAllowed("Only an operator sets the rules. Nothing changed.")
    round_ = hold_round(actor, round_id)
    if round_.state not in UNSEALED:
        raise GuardRefused("The round is sealed, so its rules stand. Nothing changed.")
    if mark_rules(round_) != seen:
        raise Stale("These rules changed since you opened them. Look at them again, then decide.")
    _check(rules)
    kept = {n: r for n, r in round_.policy.items() if n not in ("mechanism", "objectives")}
    round_.policy = {
        **kept,
        "mechanism": rules.mechanism,
        "objectives": list(rules.aims),
        "priority_groups": list(rules.priority_groups),
        "fairness_gate": rules.fairness_gate,
    }
    round_.seed = rules.seed
    states = (round_.state, round_.state)
    record_event(actor, "change_rules", Kind.ROUND, round_.id, states, clock.now())


def mark_rules(round_: Round) -> str:
    """Return a mark that another set of rules does not have; a form carries it."""
    return hash_records([canonical({**round_.policy, "seed": round_.seed})])


def _check(rules: Rules) -> None:
    if rules.mechanism not in MECHANISM_NAMES:
        raise Invalid("mechanism", "Choose one.")
    if sorted(rules.aims) != sorted(AIMS) or rules.aims[-1] != "lottery":
        raise Invalid("first", "Choose three different aims. What is equal is drawn by lot.")
    if not 0 <= rules.fairness_gate <= 100:
        raise Invalid("gate", "Write a whole number from 0 to 100.")
    if not 0 <= rules.seed <= LARGEST_SEED:
        raise Invalid("seed", f"Write a whole number from 0 to {LARGEST_SEED:,}.")
