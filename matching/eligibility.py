"""Which pairs can be: every hard rule over arrays of pairs; a refused pair keeps why."""

from __future__ import annotations

import enum
from collections.abc import Callable

import numpy as np

from matching.market import Ints, Market
from matching.predicates import (
    Bools,
    Refuses,
    has_other_dates,
    is_busy,
    is_forbidden,
    is_full,
    is_never_wanted,
    is_unranked,
    lacks_needs,
    refuses_nobody,
    too_young,
)
from matching.travel import Journeys
from matching.travel import journeys as find_journeys


class Refusal(enum.IntFlag):
    """Why a pair cannot be; several may hold at once."""

    AGE = 1
    NEEDS = 2
    HOURS = 4
    DATES = 8
    NEVER = 16
    FULL = 32
    FORBIDDEN = 64
    UNRANKED = 128
    TRAVEL_UNKNOWN = 256
    TRAVEL_NO_SERVICE = 512
    TRAVEL_TOO_LONG = 1024


RULES: dict[Refusal, Callable[[Market], Refuses]] = {
    Refusal.AGE: too_young,
    Refusal.NEEDS: lacks_needs,
    Refusal.HOURS: is_busy,
    Refusal.DATES: has_other_dates,
    Refusal.NEVER: is_never_wanted,
    Refusal.FULL: is_full,
    Refusal.FORBIDDEN: is_forbidden,
    Refusal.UNRANKED: is_unranked,
}


def refusals(market: Market, rows: Ints, cols: Ints, journeys: Journeys | None = None) -> Ints:
    """The refusal bits of each pair, 0 where it is eligible.

    Parameters
    ----------
    market : Market
    rows, cols : int64[E]
    journeys : Journeys, optional
        Those of the same pairs, if already known.

    Returns
    -------
    int64[E]

    Examples
    --------
    >>> import numpy as np
    >>> market = Market([{"id": "ann"}], [{"id": "shop", "needs": ["van"]}], {"travel": "none"})
    >>> zero = np.zeros(1, dtype=np.int64)
    >>> Refusal(int(refusals(market, zero, zero)[0])).name
    'NEEDS'
    """
    if not len(rows):
        return np.zeros(0, dtype=np.int64)
    found = find_journeys(market, rows, cols) if journeys is None else journeys
    return Rules(market).bits(rows, cols) | travel_bits(market, rows, found)


class Rules:
    """Every rule but travel, ready to be asked about one array of pairs after another."""

    def __init__(self, market: Market) -> None:
        self.rules = {bit: rule(market) for bit, rule in RULES.items()}

    def bits(self, rows: Ints, cols: Ints) -> Ints:
        """The refusal bits of each pair, int64[E]."""
        found = np.zeros(len(rows), dtype=np.int64)
        for bit, refuses in self.rules.items():
            found[refuses(rows, cols)] |= int(bit)
        return found

    def open(self, rows: Ints, cols: Ints) -> Bools:
        """Which pairs no rule refuses, bool[E]."""
        refused = np.zeros(len(rows), dtype=bool)
        for refuses in self.rules.values():
            if refuses is not refuses_nobody:
                refused |= refuses(rows, cols)
        return ~refused


def travel_bits(market: Market, rows: Ints, found: Journeys) -> Ints:
    """The refusal bits of the journeys of pairs, int64[E]; both ways must be within the limit."""
    limit = market.candidates.wholes("max_minutes")
    bits = np.zeros(len(rows), dtype=np.int64)
    bits[~found.known] |= int(Refusal.TRAVEL_UNKNOWN)
    bits[found.known & ~found.served] |= int(Refusal.TRAVEL_NO_SERVICE)
    longer = np.maximum(found.there, found.back)
    bits[found.served & (longer > limit[rows])] |= int(Refusal.TRAVEL_TOO_LONG)
    return bits


def is_too_young(market: Market, rows: Ints, cols: Ints) -> Bools:
    """Below the least age on the first day both can start, or of an age nobody can tell."""
    return too_young(market)(rows, cols)


def choice_ranks(market: Market, rows: Ints, cols: Ints) -> Ints:
    """Place of each pair in the person's ranked choices, 0 first, -1 when not ranked, int64[E]."""
    keys, ranks = market.ranked
    found = np.full(len(rows), -1, dtype=np.int64)
    if not len(keys) or not len(rows):
        return found
    width = max(len(market.placements), 1)
    wanted = rows.astype(np.int64) * width + cols
    if len(wanted) > len(keys) and (wanted[1:] > wanted[:-1]).all():
        first, last = np.searchsorted(keys, (wanted[0], wanted[-1] + 1))
        keys, ranks = keys[first:last], ranks[first:last]
        at = np.searchsorted(wanted, keys)
        hit = wanted[np.minimum(at, len(wanted) - 1)] == keys
        found[at[hit]] = ranks[hit]
        return found
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, ranks[at], found)
