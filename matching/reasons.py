"""Why people have no place: their places went to others, or which rules refused every placement."""

from __future__ import annotations

import numpy as np

from matching.columnar.columns import Ints
from matching.columnar.listing import Reasons
from matching.edges import in_turn
from matching.eligibility import Refusal, Rules, travel_bits
from matching.market import Market
from matching.near import Near
from matching.travel import journeys

RULES = tuple(sorted(str(rule.name).lower() for rule in Refusal))


def unplaced_reasons(market: Market, rows: Ints, match: Ints) -> Reasons:
    """For each unplaced person how many placements were open to them, or what refused them all.

    Parameters
    ----------
    market : Market
    rows : int[E]
        The person of each eligible pair.
    match : int64[N]

    Returns
    -------
    Reasons
        By id. A placement that travel rules out counts under that one rule alone, any other under
        every rule that refuses it; one beyond the reach of every way of a person's is too far.
    """
    open_to = np.bincount(rows, minlength=len(match))
    names, people = market.candidates.ids, market.candidates.by_id
    people = people[match[people] < 0]
    refused = np.zeros((len(people), len(RULES)), dtype=np.int32)
    closed = np.flatnonzero(open_to[people] == 0)
    order = np.argsort(people[closed])
    refused[closed[order]] = refused_counts(market, people[closed][order])
    return Reasons(names[people], open_to[people], RULES, refused)


def refused_counts(market: Market, people: Ints) -> Ints:
    """How many placements each rule refuses, by the names of ``RULES``, int32[K, R].

    ``people`` are rising positions.
    """
    near, rules = Near(market), Rules(market)
    blocks = near.blocks_of(people)
    parts = list(in_turn(lambda part: _counted(market, near, rules, part), blocks))
    return np.concatenate([np.zeros((0, len(RULES)), dtype=np.int32), *parts])


def _counted(market: Market, near: Near, rules: Rules, people: Ints) -> Ints:
    """The counts of one block of people: pairs nearby one by one, the rest by subtraction."""
    rows, cols = near.pairs_of(people)
    found = journeys(market, rows, cols)
    close = near.is_within(rows, found.metres)
    bits = travel_bits(market, rows, found)[close]
    rows, cols = rows[close], cols[close]
    bits = np.where(bits > 0, bits, rules.bits(rows, cols))
    at = np.searchsorted(people, rows)
    counts = np.zeros((len(people), len(RULES)), dtype=np.int32)
    for rule in Refusal:
        column = RULES.index(str(rule.name).lower())
        counts[:, column] = np.bincount(at[(bits & rule) > 0], minlength=len(people))
    beyond = len(market.placements) - np.bincount(at, minlength=len(people))
    return _with_beyond(market, people, counts, beyond)


def _with_beyond(market: Market, people: Ints, counts: Ints, beyond: Ints) -> Ints:
    """Add the placements that were not looked at one by one."""
    if market.policy.only_ranked:
        counts[:, RULES.index("unranked")] += beyond.astype(np.int32)
        return counts
    lost = int(np.isnan(market.sites[:, 0]).sum())
    nowhere = np.isnan(market.homes[people, 0])
    unknown = np.where(nowhere, beyond, np.minimum(beyond, lost))
    counts[:, RULES.index("travel_unknown")] += unknown.astype(np.int32)
    counts[:, RULES.index("travel_too_long")] += (beyond - unknown).astype(np.int32)
    return counts
