"""The usual what-ifs about one person, each answered, whether it would change anything or not."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np

from matching import words
from matching.errors import PlanError
from matching.explaining.basis import Basis
from matching.explaining.cases import Case
from matching.explaining.later import when_later
from matching.explaining.options import Table
from matching.explaining.variants import half_hours, more_minutes, one_need, other_ways
from matching.explaining.what_ifs import LATER, other_people
from matching.explaining.worlds import worlds
from matching.facts import Fact, Proposal
from matching.market import Market
from matching.plan import Plan

MORE_MINUTES = 15
SAME, PLACE, NONE, UNCLEAR = "same", "place", "none", "unclear"


@dataclasses.dataclass(frozen=True, slots=True)
class WhatIf:
    """One fact supposed otherwise, and the answer then.

    ``rule`` is the kind of question and ``words`` put it plainly. ``outcome`` is ``same``,
    ``place`` (another one, named in ``placement``), ``none`` (no place) or ``unclear``, where a tie
    would decide. ``of``, ``field`` and ``value`` are the fact as :func:`with_change` takes it, of
    ``about`` where it is a placement's.
    """

    rule: str
    outcome: str
    placement: str | None
    about: str | None
    of: str
    field: str
    value: Any
    words: str


def what_ifs(market: Market, plan: Plan, candidate_id: str) -> list[WhatIf]:
    """Answer the usual questions about one person, each worked out exactly.

    Fifteen minutes longer to travel; free half an hour later or earlier; one more way to travel;
    each thing that some placement needs; and each of their choices starting half an hour later.

    Parameters
    ----------
    market : Market
    plan : Plan
        Of this market.
    candidate_id : str

    Returns
    -------
    list of WhatIf
        Empty for a pinned person, whose place no fact decides.

    Raises
    ------
    PlanError
        When the plan is of another market or the person is not in it.

    Examples
    --------
    >>> from matching.solve import solve
    >>> market = Market([{"id": "ann"}], [{"id": "shop", "needs": ["van"]}], {"travel": "none"})
    >>> [(one.rule, one.outcome) for one in what_ifs(market, solve(market), "ann")]
    [('NEEDS', 'place')]
    """
    if candidate_id not in market.row_of:
        raise PlanError(f"what if: {candidate_id} is not in the market")
    basis, row = Basis(market, plan), market.row_of[candidate_id]
    if row in basis.pinned:
        return []
    table = Table(market, np.array([row], dtype=np.int64))
    now = table.open_to(0)
    world = next((one for _, one in worlds(basis, {row: now})), None)
    if world is None:
        return []
    case = Case(table, 0, market.candidates[row], now, None, world)
    held = int(basis.held[row])
    own = [
        _told(basis, one.fact, world.outcome(one), held, None) for one in _proposals(basis, case)
    ]
    return [*own, *_later(basis, case, row)]


def _proposals(basis: Basis, case: Case) -> Iterator[Proposal]:
    person, row = case.person, int(case.table.rows[0])
    if basis.market.policy.travel != "none":
        yield more_minutes(case, MORE_MINUTES)
    if person.availability:
        yield from half_hours(case)
    if basis.market.policy.travel != "none":
        yield from other_people(basis, {row: other_ways(person)})[row]
    asked = {need for needs in case.table.needs for need in needs}
    for need in sorted(asked - set(person.has)):
        yield one_need(case, need)


def _told(basis: Basis, fact: Fact, col: int | None, held: int, about: str | None) -> WhatIf:
    outcome = _outcome(col, held)
    name = basis.name(col) if col is not None and col >= 0 else None
    said = _said(fact, outcome, name == about or about is None)
    return WhatIf(fact.rule, outcome, name, about, fact.of, fact.field, fact.value, said)


def _outcome(col: int | None, held: int) -> str:
    if col is None:
        return UNCLEAR
    if col == held:
        return SAME
    return PLACE if col >= 0 else NONE


def _said(fact: Fact, outcome: str, is_there: bool) -> str:
    endings = {SAME: words.SAME, NONE: words.WORSE, UNCLEAR: words.UNCLEAR, PLACE: words.OTHER}
    if outcome == PLACE and is_there:
        return words.change(fact.rule, fact.told)
    return words.supposed(fact.rule, fact.told, endings[outcome])


def _later(basis: Basis, case: Case, row: int) -> Iterator[WhatIf]:
    """Each choice above what the person has, if it started half an hour later."""
    col_of, held = basis.market.col_of, int(basis.held[row])
    above = [col_of[name] for name in case.person.choices if name in col_of]
    above = above[: above.index(held)] if held in above else above
    for later in when_later(basis, dict.fromkeys(above, ())):
        fact = Fact("LATER_START", None, "placement", "shifts", later.shifts, LATER)
        col = later.column_of(row)
        yield _told(basis, fact, col, held, basis.name(later.col))
