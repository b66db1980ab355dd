"""What a round would give if kinds of work after which more people stayed in work came first.

A what-if alone: it is made of the round's seal, shown beside how groups would do, and kept nowhere.
No plan can be chosen from it, for the past says what went together, not what this person needs.
Ranked choices still count first; "liked kinds of work" of everybody are replaced.
"""

from dataclasses import dataclass

from placements.domain.errors import GuardRefused
from placements.domain.fairness_gates import Gate
from placements.domain.figures import Figures
from placements.domain.measures import WHOLE
from placements.domain.permissions import Actor
from placements.domain.what_works import PERCENT
from placements.services.bundles import find_chosen_plan
from placements.services.open_data import publish_figures
from placements.services.plan_facts import read_groups
from placements.services.plan_figures import judge_plan, judge_tried
from placements.services.snapshots import read_snapshot
from placements.services.solver_process import Limits, SolveFailed
from placements.services.solving import policy_of, read_plan, solve_checked

TOP = 3


@dataclass(frozen=True)
class Side:
    """One side of the comparison: people, choices, and how many go to the kinds that did well."""

    n_placed: int
    n_first: int
    n_top3: int
    n_in_kinds: int
    gate: Gate


@dataclass(frozen=True)
class PastWhatIf:
    """The plan in use beside the what-if, and which kinds of work the past put first."""

    kinds: list[str]
    in_use: Side
    tried: Side
    n_otherwise: int


def try_past_outcomes(actor: Actor, round_id: int) -> PastWhatIf:
    """Solve the round's seal again with past outcomes among its aims, and keep nothing of it."""
    find_chosen_plan(actor, round_id)
    kinds = list_kinds(publish_figures(actor))
    if not kinds:
        raise GuardRefused(
            "No kind of work did clearly better than the region before. Nothing can be tried."
        )
    return try_kinds(actor, round_id, kinds)


def try_kinds(actor: Actor, round_id: int, kinds: list[str]) -> PastWhatIf:
    """Solve the round's seal again as if everybody liked these kinds of work; keep nothing."""
    round_, kept = find_chosen_plan(actor, round_id)
    facts, plan = read_snapshot(round_), read_plan(kept)
    people = [{**person, "sectors": kinds} for person in facts["candidates"]]
    changed = {**facts, "candidates": people}
    try:
        policy = policy_of(round_, kept.mechanism)
        groups = read_groups(round_)
        checked = solve_checked(changed, policy, Limits(), groups=groups, explains=False)
    except SolveFailed as failure:
        raise GuardRefused(f"This what-if could not be made. {failure}") from failure
    good = {place["id"] for place in facts["placements"] if place.get("sector") in kinds}
    tried = checked.plan
    old, new = plan.placement_of, tried.placement_of
    return PastWhatIf(
        kinds,
        _side(plan, good, judge_plan(actor, kept.id)),
        _side(tried, good, judge_tried(round_, checked.figures)),
        sum(old.get(name) != new.get(name) for name in {*old, *new}),
    )


def list_kinds(figures: Figures) -> list[str]:
    """Return the kinds of work whose published rate is above the whole region's."""
    rows = {table.by: table.rows for table in figures.tables}
    whole = rows[WHOLE][0].percents.get(PERCENT)
    if whole is None:
        return []
    rates = ((row.name, row.percents.get(PERCENT)) for row in rows["sector"])
    return sorted(name for name, rate in rates if rate is not None and rate > whole)


def _side(plan, good: set[str], gate: Gate) -> Side:
    ranks = [one.choice for one in plan.assignments]
    return Side(
        len(ranks),
        ranks.count(1),
        sum(rank is not None and rank <= TOP for rank in ranks),
        sum(name in good for name in plan.placement_of.values()),
        gate,
    )
