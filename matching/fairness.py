"""What each group of people got in a plan: rates with their uncertainty, small numbers kept back.

Groups come from outside and are joined by id here and nowhere else: no market, plan or receipt
knows them, so no answer about oneself can change a place.
"""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Iterable, Mapping
from typing import Any

from matching.errors import PlanError
from matching.market import Market
from matching.plan import Placed, Plan
from matching.policy import Policy
from matching.records import read_record, record_dict
from matching.solve import solve
from matching.suppression import LEAST, hidden_groups

Z = 1.959963984540054
FOUR_FIFTHS = 0.8
NOT_SAID = "not_said"
FEW_RANKS = 3
Groups = Mapping[str, Mapping[str, str]]


@dataclasses.dataclass(frozen=True, slots=True)
class Rate:
    """A share of a group: count, people, share, and its 95 % Wilson interval.

    All are ``None`` where the numbers are too small to show.
    """

    count: int | None
    share: float | None
    low: float | None
    high: float | None


HIDDEN = Rate(None, None, None, None)


@dataclasses.dataclass(frozen=True, slots=True)
class GroupFigures:
    """One group in one plan.

    ``placed`` and ``top_three`` (one of the first three choices) are shares of all its people;
    ``median_minutes`` is the longer journey of those placed; ``ratio`` is its placed share over
    that of the group with the highest, and ``below_four_fifths`` whether that is under 0.8.
    ``None`` is a number kept back, or one there is not.
    """

    people: int | None
    placed: Rate
    top_three: Rate
    median_minutes: int | None
    ratio: float | None = None
    below_four_fifths: bool | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class PlanFigures:
    """One policy: everyone together, then ``groups[question][answer]``."""

    policy: Policy
    plan_sha256: str
    everyone: GroupFigures
    groups: dict[str, dict[str, GroupFigures]]

    def to_dict(self) -> dict[str, Any]:
        """The figures as plain values."""
        return {
            "policy": record_dict(self.policy),
            "plan_sha256": self.plan_sha256,
            "everyone": dataclasses.asdict(self.everyone),
            "groups": {
                question: {answer: dataclasses.asdict(one) for answer, one in answers.items()}
                for question, answers in self.groups.items()
            },
        }


@dataclasses.dataclass(frozen=True, slots=True)
class Fairness:
    """The figures of the ``chosen`` plan, and in ``others`` what each policy would have given."""

    chosen: PlanFigures
    others: tuple[PlanFigures, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "chosen": self.chosen.to_dict(),
            "others": [other.to_dict() for other in self.others],
        }


def fairness(
    market: Market,
    plan: Plan,
    groups: Groups,
    policies: Iterable[Policy | Mapping[str, Any]] = (),
) -> Fairness:
    """Compare how groups of people did in a plan, and would have done under other policies.

    Parameters
    ----------
    market : Market
    plan : Plan
        Of this market.
    groups : mapping of question to mapping of candidate id to answer
        People without an answer to a question are counted as ``not_said``.
    policies : iterable of Policy or mapping, optional
        Each is solved on the same market.

    Returns
    -------
    Fairness

    Raises
    ------
    PlanError
        When the plan is of another market, or a group names somebody who is not in it.

    Notes
    -----
    Intervals are Wilson's, doi:10.1080/01621459.1927.10502953. A ratio below four fifths is the
    rule of thumb of 29 CFR 1607.4(D): a reason to look, not a verdict. Counts below five are kept
    back, with the counts that would give them away. Solving each policy takes as long as ever; the
    figures are O(N) a question.

    Examples
    --------
    >>> people = [{"id": str(n), "choices": ["shop"]} for n in range(24)]
    >>> market = Market(people, [{"id": "shop", "capacity": 12}], {"travel": "none"})
    >>> report = fairness(market, solve(market), {"all": {str(n): "yes" for n in range(24)}})
    >>> report.chosen.groups["all"]["yes"].placed.share
    0.5
    """
    if plan.market_sha256 != market.sha256:
        raise PlanError("fairness: the plan was made for another market")
    for question, answers in groups.items():
        for person in answers:
            if person not in market.row_of:
                raise PlanError(f"fairness: {question} names {person}, who is not in the market")
    others = [read_record(Policy, policy) for policy in policies]
    return Fairness(
        _figures(market, market.policy, plan, groups),
        tuple(_figures(market, one, solve(market.with_policy(one)), groups) for one in others),
    )


def wilson(count: int, people: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a share, four decimals.

    Examples
    --------
    >>> wilson(8, 10)
    (0.4902, 0.9433)
    """
    if not people:
        return 0.0, 1.0
    share, spread = count / people, Z * Z / people
    middle = (share + spread / 2) / (1 + spread)
    half = Z * math.sqrt(share * (1 - share) / people + spread / (4 * people)) / (1 + spread)
    return round(max(middle - half, 0.0), 4), round(min(middle + half, 1.0), 4)


def _figures(market: Market, policy: Policy, plan: Plan, groups: Groups) -> PlanFigures:
    placed = {one.candidate: one for one in plan.assignments}
    everyone = [_Person(name, placed.get(name)) for name in market.row_of]
    return PlanFigures(
        policy,
        plan.sha256,
        _group(everyone, frozenset()),
        {question: _question(everyone, answers) for question, answers in groups.items()},
    )


class _Person:
    """What one person got, as a report counts it."""

    def __init__(self, name: str, placed: Placed | None) -> None:
        self.name, self.is_placed = name, placed is not None
        self.is_top = bool(placed and placed.choice and placed.choice <= FEW_RANKS)
        longer = max(placed.minutes_there, placed.minutes_back) if placed else -1
        self.minutes = longer if longer >= 0 else None


def _question(everyone: list[_Person], answers: Mapping[str, str]) -> dict[str, GroupFigures]:
    members: dict[str, list[_Person]] = {}
    for person in everyone:
        members.setdefault(answers.get(person.name, NOT_SAID), []).append(person)
    members = dict(sorted(members.items()))
    no_size = hidden_groups({name: (len(group),) for name, group in members.items()})
    hidden = {"people": no_size}
    for mark in ("is_placed", "is_top"):
        counts = {name: _split(group, mark) for name, group in members.items()}
        hidden[mark] = hidden_groups(counts, no_size)
    figures = {
        name: _group(group, frozenset(mark for mark, names in hidden.items() if name in names))
        for name, group in members.items()
    }
    return _with_ratios(figures)


def _split(group: list[_Person], mark: str) -> tuple[int, int]:
    yes = sum(getattr(person, mark) for person in group)
    return yes, len(group) - yes


def _group(group: list[_Person], hidden: frozenset[str]) -> GroupFigures:
    minutes = [person.minutes for person in group if person.minutes is not None]
    tells_minutes = len(minutes) >= LEAST and "is_placed" not in hidden
    return GroupFigures(
        None if "people" in hidden else len(group),
        HIDDEN if "is_placed" in hidden else _rate(group, "is_placed"),
        HIDDEN if "is_top" in hidden else _rate(group, "is_top"),
        statistics.median_low(minutes) if tells_minutes else None,
    )


def _rate(group: list[_Person], mark: str) -> Rate:
    count, rest = _split(group, mark)
    people = count + rest
    share = round(count / people, 4) if people else None
    return Rate(count, share, *wilson(count, people))


def _with_ratios(figures: dict[str, GroupFigures]) -> dict[str, GroupFigures]:
    shares = [
        one.placed.share
        for name, one in figures.items()
        if name != NOT_SAID and one.placed.share is not None
    ]
    best = max(shares, default=0.0)
    return {
        name: one if name == NOT_SAID or not best else _with_ratio(one, best)
        for name, one in figures.items()
    }


def _with_ratio(one: GroupFigures, best: float) -> GroupFigures:
    if one.placed.share is None:
        return one
    ratio = one.placed.share / best
    return dataclasses.replace(one, ratio=round(ratio, 4), below_four_fifths=ratio < FOUR_FIFTHS)
