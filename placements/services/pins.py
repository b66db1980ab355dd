"""Pairs that staff fix or rule out in a round: each with a reason, and what it cost when made."""

import re
from dataclasses import dataclass
from typing import Any

from matching import Market, MatchingError
from matching.edges import eligible_edges
from matching.pins import take_pins
from placements import clock
from placements.domain.errors import GuardRefused, Invalid, NotFound
from placements.domain.permissions import Actor
from placements.domain.policy_words import PIN_REASONS
from placements.domain.refusal_words import FOR_STAFF
from placements.domain.vocabulary import Kind, Role
from placements.models.rounds import Round
from placements.services.bundles import find_chosen_plan
from placements.services.events import record_event
from placements.services.plan_facts import Groups, read_groups
from placements.services.plans import choose, find_twin, get_proposed
from placements.services.rounds import get_round
from placements.services.snapshots import Facts, read_snapshot
from placements.services.solver_process import Limits, SolveFailed
from placements.services.solving import (
    CheckedPlan,
    policy_of,
    read_plan,
    solve_checked,
    store_plan,
)
from placements.services.titles import find_titles
from placements.services.transactions import act

STAFF = (Role.OPERATOR, Role.APPROVER, Role.SYSTEM)
MUST, MUST_NOT = "pins", "forbidden"
LISTS = (MUST, MUST_NOT, "pin_notes")
Rules = dict[str, Any]


@dataclass(frozen=True)
class Pin:
    """One pair: what it is, why, and how many people fewer were placed by it when it was made."""

    person: str
    placement: str
    title: str
    is_must: bool
    reason: str
    n_fewer: int

    @property
    def words(self) -> str:
        """The pair and what holds of it, by reference."""
        way = "must go to" if self.is_must else "must not go to"
        return f"{self.person} {way} {self.placement}"


def list_pins(actor: Actor, round_id: int) -> list[Pin]:
    """List the pairs that staff fixed or ruled out in a round; staff only."""
    if actor.role not in STAFF:
        raise NotFound("There is no such round.")
    rules = get_round(actor, round_id).policy
    notes = {tuple(note[:2]): note[2:] for note in rules.get("pin_notes", ())}
    pairs = [(name, *pair) for name in (MUST, MUST_NOT) for pair in rules.get(name, ())]
    titles = find_titles(placement for _, _, placement in pairs)
    return [
        Pin(person, place, titles[place], name == MUST, *notes.get((person, place), ("", 0)))
        for name, person, place in pairs
    ]


def add_pin(
    actor: Actor, round_id: int, person: str, placement: str, is_must: bool, reason: str
) -> int:
    """Fix or rule out a pair, and put the plan that keeps it in use; return the people it costs.

    An operator may, while the round waits for approval. A pair that breaks a rule, or cannot be
    kept beside the others, is refused with the rule and nothing changes.
    """
    if reason not in PIN_REASONS:
        raise Invalid("reason", "Choose a reason.")
    facts, groups, rules, policy, before = _read(actor, round_id)
    person, placement = person.strip().upper(), placement.strip().upper()
    _check_named(facts, person, placement)
    held = [pair for name in (MUST, MUST_NOT) for pair in rules.get(name, ())]
    if [person, placement] in held:
        raise Invalid("person", "This pair is on the list already. Take it off first.")
    name = MUST if is_must else MUST_NOT
    new = {**rules, name: [*rules.get(name, ()), [person, placement]]}
    checked = _solve(facts, {**policy, name: new[name]}, groups)
    n_fewer = before - len(checked.plan.assignments)
    notes = [*rules.get("pin_notes", ()), [person, placement, reason, n_fewer]]
    _keep(actor, round_id, rules, {**new, "pin_notes": notes}, checked)
    return n_fewer


def remove_pin(actor: Actor, round_id: int, person: str, placement: str) -> int:
    """Take a pair off the list, and put the plan without it in use; return the people gained."""
    facts, groups, rules, policy, before = _read(actor, round_id)
    new = _without(rules, [person, placement])
    if new == rules:
        raise NotFound("This pair is not on the list.")
    pairs = {name: new.get(name, []) for name in (MUST, MUST_NOT)}
    checked = _solve(facts, {**policy, **pairs}, groups)
    _keep(actor, round_id, rules, new, checked)
    return len(checked.plan.assignments) - before


def _without(rules: Rules, pair: list[str]) -> Rules:
    """Return the rules without a pair; a list that is then empty is gone, as it was before."""
    lists = {n: [one for one in rules.get(n, ()) if one[:2] != pair] for n in LISTS}
    others = {name: rule for name, rule in rules.items() if name not in LISTS}
    return others | {name: kept for name, kept in lists.items() if kept}


@act
def _read(actor: Actor, round_id: int) -> tuple[Facts, Groups, Rules, Rules, int]:
    round_ = get_proposed(actor, round_id)
    _, kept = find_chosen_plan(actor, round_id)
    n_placed = len(read_plan(kept).assignments)
    policy = policy_of(round_, kept.mechanism)
    groups = read_groups(round_)
    return read_snapshot(round_), groups, dict(round_.policy), policy, n_placed


def _check_named(facts: Facts, person: str, placement: str) -> None:
    for field, kind, name in (("person", "candidates", person), ("place", "placements", placement)):
        if name not in {record["id"] for record in facts[kind]}:
            raise Invalid(field, f"{name} is not in the sealed records of this round.")


def _solve(facts: Facts, policy: Rules, groups: Groups) -> CheckedPlan:
    try:
        market = Market(**facts, policy=policy)
        take_pins(market, eligible_edges(market))
    except MatchingError as wrong:
        raise GuardRefused(_say(str(wrong))) from wrong
    try:
        return solve_checked(facts, policy, Limits(), groups=groups)
    except SolveFailed as failure:
        raise GuardRefused(f"This plan could not be made. {failure}") from failure


def _say(wrong: str) -> str:
    """Say in words which rule a pair breaks, or which pairs cannot stand together."""
    said = re.sub(r"[A-Z_]{3,}", lambda rule: FOR_STAFF.get(rule[0], rule[0]), wrong)
    return f"This cannot be kept. {said.removeprefix('policy: ').capitalize()}."


@act
def _keep(actor: Actor, round_id: int, seen: Rules, new: Rules, checked: CheckedPlan) -> None:
    round_: Round = get_proposed(actor, round_id)
    if dict(round_.policy) != seen:
        raise GuardRefused("The rules changed meanwhile. Look at the list again.")
    round_.policy = new
    states = (round_.state, round_.state)
    record_event(actor, "change_pins", Kind.ROUND, round_.id, states, clock.now())
    choose(round_, find_twin(round_, checked) or store_plan(round_, checked), actor)
