"""What each person of a market could take: every pair, with the rule that refuses it."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

import numpy as np

from matching import words
from matching.eligibility import Refusal, refusals
from matching.market import Ints, Market
from matching.records import MODES, Candidate, Placement
from matching.travel import Journeys
from matching.travel import journeys as find_journeys


@dataclasses.dataclass(frozen=True, slots=True)
class Reached:
    """One ``candidate`` and ``placement``: the journey, and the first rule that refuses the pair.

    ``minutes_there`` and ``minutes_back``, by ``mode``, are -1 without one. ``rule`` is ``None``
    where the pair is eligible; ``fact`` and ``words`` say why not. ``estimate`` says that the
    minutes come from a straight line.
    """

    candidate: str
    placement: str
    minutes_there: int
    minutes_back: int
    mode: str | None
    rule: str | None
    fact: Any
    words: str
    estimate: bool = True


def reach(market: Market, candidate_id: str) -> list[Reached]:
    """One person against every placement of the market, in the market's order.

    Parameters
    ----------
    market : Market
    candidate_id : str

    Returns
    -------
    list of Reached
        One entry a placement.

    Examples
    --------
    >>> market = Market([{"id": "ann"}], [{"id": "shop", "needs": ["van"]}], {"travel": "none"})
    >>> reach(market, "ann")[0].words
    'It needs: van.'
    """
    cols = np.arange(len(market.placements), dtype=np.int64)
    rows = np.full(len(cols), market.row_of[candidate_id], dtype=np.int64)
    journeys = find_journeys(market, rows, cols)
    bits = refusals(market, rows, cols, journeys).tolist()
    person = market.candidates[market.row_of[candidate_id]]
    places = market.placements
    return [_reached(person, places[col], col, journeys, bits[col]) for col in cols.tolist()]


def reach_table(market: Market) -> Ints:
    """The refusal bits of every pair.

    Parameters
    ----------
    market : Market

    Returns
    -------
    int64[N, M]
        Rows and columns in the market's order; 0 where the pair is eligible. O(N × M).

    Examples
    --------
    >>> reach_table(Market([{"id": "ann"}], [{"id": "shop"}], {"travel": "none"})).tolist()
    [[0]]
    """
    n, m = len(market.candidates), len(market.placements)
    rows = np.repeat(np.arange(n, dtype=np.int64), m)
    cols = np.tile(np.arange(m, dtype=np.int64), n)
    return refusals(market, rows, cols).reshape(n, m)


@functools.cache
def _first_rule(bits: int) -> str:
    """The name of the first of the rules that these bits refuse by."""
    return next(str(rule.name) for rule in Refusal if bits & rule)


def _reached(
    person: Candidate, place: Placement, at: int, journeys: Journeys, bits: int
) -> Reached:
    there, back = int(journeys.there[at]), int(journeys.back[at])
    index = int(journeys.mode[at])
    mode = MODES[index] if index >= 0 else None
    guess = bool(journeys.estimate[at])
    if not bits:
        said = words.journey(max(there, back), mode, guess) if mode else "You can take this one."
        return Reached(person.id, place.id, there, back, mode, None, None, said, guess)
    rule = _first_rule(bits)
    fact = words.refusal_fact(rule, person, place, max(there, back))
    said = words.refused(rule, fact, person.max_minutes)
    return Reached(person.id, place.id, there, back, mode, rule, fact, said, guess)
