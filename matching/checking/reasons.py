"""Why people have no place, checked: the count of open placements, and of refusals by rule."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from matching.checking.claims import ToldReasons
from matching.checking.eligible import SecondLook, broken_travel
from matching.columnar.columns import Ints

SHOWN = 20


def check_reasons(look: SecondLook, told: ToldReasons, match: Ints, open_to: Ints) -> Iterator[str]:
    """Everyone without a place has one reason, and it counts what is true."""
    names = look.market.candidates.ids
    if (told.rows < 0).any():
        yield "someone has a reason but is not in the market"
        return
    times = np.bincount(told.rows, minlength=len(match))
    for row in np.flatnonzero((match < 0) & (times == 0))[:SHOWN].tolist():
        yield f"{names[row]} is neither placed nor given a reason"
    for row in np.flatnonzero((match >= 0) & (times > 0))[:SHOWN].tolist():
        yield f"{names[row]} is placed and has a reason for not being placed"
    wrong = told.eligible != open_to[told.rows]
    for at in np.flatnonzero(wrong)[:SHOWN].tolist():
        row = told.rows[at]
        yield f"{names[row]}: {told.eligible[at]} placements are open, should be {open_to[row]}"
    if not wrong.any():
        yield from _check_refused(look, told)


def _check_refused(look: SecondLook, told: ToldReasons) -> Iterator[str]:
    """The refusals of people to whom nothing is open; others have none."""
    closed = np.flatnonzero(told.eligible == 0)
    order = closed[np.argsort(told.rows[closed])]
    people = told.rows[order]
    counts = _counts(look, people)
    said = {rule: told.refused[order, at] for at, rule in enumerate(told.rules)}
    wrong = np.zeros(len(people), dtype=bool)
    for rule in {*counts, *said}:
        zero = np.zeros(len(people), dtype=np.int64)
        wrong |= counts.get(rule, zero) != said.get(rule, zero)
    for row in people[wrong][:SHOWN].tolist():
        yield f"{look.market.candidates.ids[row]}: the refusals are not those of the rules"
    others = told.refused[told.eligible > 0]
    if others.any():
        yield "someone has refusals and placements that are open"


def _counts(look: SecondLook, people: Ints) -> dict[str, Ints]:
    """Placements by the rule that refuses them; one that travel rules out counts under it alone.

    By straight line a placement beyond the reach of every way of a person's, at its shortest
    wait, is too far, whenever its services run. Under ranked choices only, others are unranked.
    """
    counts: dict[str, Ints] = {}
    seen = np.zeros(len(people), dtype=np.int64)

    def add(rule: str, at: Ints) -> None:
        found = np.bincount(at, minlength=len(people))
        counts[rule.lower()] = counts.get(rule.lower(), 0) + found

    for block in look.blocks(people):
        rows, cols = look.pairs(block)
        trips = look.trips(rows, cols)
        near = np.ones(len(rows), dtype=bool)
        if look.grid is not None:
            near = trips.metres <= look.grid.reach[rows]
        at = np.searchsorted(people, rows)
        seen += np.bincount(at[near], minlength=len(people))
        stopped = ~near
        for rule, broken in broken_travel(look, rows, trips):
            add(rule, at[near & broken])
            stopped |= broken
        for rule, broken in look.rules.broken(rows, cols):
            add(rule, at[~stopped & broken])
    rest = look.width - seen
    if look.listed:
        counts["unranked"] = counts.get("unranked", 0) + rest
        return counts
    lost = int(np.isnan(look.market.sites).any(axis=1).sum())
    nowhere = np.isnan(look.market.homes[people]).any(axis=1)
    unknown = np.where(nowhere, rest, np.minimum(rest, lost))
    counts["travel_unknown"] = counts.get("travel_unknown", 0) + unknown
    counts["travel_too_long"] = counts.get("travel_too_long", 0) + rest - unknown
    return counts
