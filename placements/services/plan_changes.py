"""Who is placed otherwise by another plan of a round, or by a dry run that nobody keeps."""

from dataclasses import dataclass

from placements.domain.errors import GuardRefused
from placements.domain.permissions import Actor
from placements.services.bundles import find_chosen_plan
from placements.services.plans import get_plan_rows
from placements.services.snapshots import read_snapshot
from placements.services.solver_process import Limits, SolveFailed
from placements.services.solving import policy_of, read_plan, solve_checked
from placements.services.titles import find_titles


@dataclass(frozen=True)
class Change:
    """One person who is placed otherwise; no title stands for no place."""

    reference: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class DryRun:
    """What a round would give if only the places were filled that employers are sure of."""

    n_placed: int
    n_unplaced: int
    changes: list[Change]


def list_changes(actor: Actor, round_id: int, plan_id: int) -> list[Change]:
    """List who is placed otherwise by a plan than by the one in use; authority only."""
    _, kept = find_chosen_plan(actor, round_id)
    before = {line.reference: line for line in get_plan_rows(actor, kept.id)}
    pairs = [(before[line.reference], line) for line in get_plan_rows(actor, plan_id)]
    return [
        Change(old.reference, old.placement_title, new.placement_title)
        for old, new in pairs
        if old.placement_id != new.placement_id
    ]


def try_certain_places(actor: Actor, round_id: int) -> DryRun:
    """Solve the round's seal again without the uncertain places, and keep nothing of it."""
    round_, kept = find_chosen_plan(actor, round_id)
    policy = {**policy_of(round_, kept.mechanism), "uncertain_places": False}
    facts, plan = read_snapshot(round_), read_plan(kept)
    try:
        tried = solve_checked(facts, policy, Limits(), explains=False).plan
    except SolveFailed as failure:
        raise GuardRefused(f"This dry run could not be made. {failure}") from failure
    old, new = plan.placement_of, tried.placement_of
    moved = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
    titles = find_titles({*old.values(), *new.values()})
    changes = [
        Change(name, titles.get(old.get(name, "")), titles.get(new.get(name, ""))) for name in moved
    ]
    return DryRun(len(new), len(facts["candidates"]) - len(new), changes)
