"""Receipts written from a table of people against all placements."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from matching import words
from matching.eligibility import Refusal
from matching.explaining.basis import Basis
from matching.explaining.envy import Holders
from matching.explaining.options import Table
from matching.explaining.what_ifs import changes_of, why_untold
from matching.plan import Placed

TRAVEL = (Refusal.TRAVEL_TOO_LONG, Refusal.TRAVEL_NO_SERVICE)


@dataclasses.dataclass(frozen=True, slots=True)
class Receipt:
    """One person's explanation: ``candidate``, and their ``placement``, if any.

    ``because`` says why they are where they are; ``not_these`` has one entry for each choice
    they would rather have had: ``placement``, ``choice``, ``rule``, ``fact`` and ``words``.
    ``changes`` has up to three smallest changes that would have changed the answer, each worked
    out again: ``placement`` (which they would have), ``rule``, ``fact``, ``words`` (in which
    ``{place}`` stands for the name of the placement) and, for anyone to try with
    :func:`with_change`, ``of``, ``field`` and ``value``; where none could be worked out,
    ``untold`` says why. ``estimate`` says that travel times in it are estimates.
    """

    candidate: str
    placement: str | None
    because: tuple[str, ...]
    not_these: tuple[dict[str, Any], ...]
    estimate: bool
    changes: tuple[dict[str, Any], ...] = ()
    untold: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The receipt as plain values."""
        return {
            "candidate": self.candidate,
            "placement": self.placement,
            "because": list(self.because),
            "not_these": [dict(entry) for entry in self.not_these],
            "estimate": self.estimate,
            "changes": [dict(entry) for entry in self.changes],
            **({"untold": self.untold} if self.untold else {}),
        }


class Receipts:
    """The receipts of the people of a table."""

    def __init__(self, basis: Basis, table: Table) -> None:
        self.basis, self.table, self.market = basis, table, basis.market
        self.holders = Holders(basis)
        self.changes, self.untold = changes_of(basis, table), why_untold(basis, table)
        self.placed = {one.candidate: one for one in basis.plan.assignments}

    def all(self) -> Iterator[Receipt]:
        """One receipt a line of the table."""
        for at, row in enumerate(self.table.rows.tolist()):
            yield self._of(at, row)

    def _of(self, at: int, row: int) -> Receipt:
        person = self.market.candidates[row]
        placed = self.placed.get(person.id)
        above = placed.choice - 1 if placed and placed.choice else len(person.choices)
        entries = [self._entry(at, row, rank) for rank in range(above)]
        return Receipt(
            person.id,
            placed.placement if placed else None,
            why_here(placed) if placed else why_none(self.basis.plan.reasons[person.id]),
            tuple(entries),
            self._tells_estimates(at, placed, entries),
            tuple(change.to_dict() for change in self.changes[row]),
            "" if self.changes[row] else self.untold.get(row, ""),
        )

    def _tells_estimates(
        self, at: int, placed: Placed | None, entries: list[dict[str, Any]]
    ) -> bool:
        """Whether any minutes of a receipt come from a straight line."""
        if self.market.policy.travel == "none":
            return False
        if placed and placed.estimate:
            return True
        rules = {str(rule.name) for rule in TRAVEL}
        told = [self.market.col_of[e["placement"]] for e in entries if e["rule"] in rules]
        refused = (self.table.bits[at] & int(TRAVEL[0] | TRAVEL[1])) > 0
        cols = np.array(told, dtype=np.int64) if placed else np.flatnonzero(refused)
        return bool(self.table.trips["estimate"][at, cols].any())

    def _entry(self, at: int, row: int, rank: int) -> dict[str, Any]:
        choice = self.market.candidates[row].choices[rank]
        rule, fact, said = self._against(at, row, choice)
        return {"placement": choice, "choice": rank + 1, "rule": rule, "fact": fact, "words": said}

    def _against(self, at: int, row: int, choice: str) -> tuple[str, Any, str]:
        if choice not in self.market.col_of:
            return "GONE", None, words.GONE
        col = self.market.col_of[choice]
        bits = int(self.table.bits[at, col])
        if not bits:
            return self._taken(at, row, col)
        rule = next(rule for rule in Refusal if bits & rule)
        person, place = self.market.candidates[row], self.market.placements[col]
        fact = words.refusal_fact(str(rule.name), person, place, int(self.table.minutes[at, col]))
        return str(rule.name), fact, words.refused(str(rule.name), fact, person.max_minutes)

    def _taken(self, at: int, row: int, col: int) -> tuple[str, Any, str]:
        """Eligible but not given: its people, and the levels on which they come first."""
        mechanism, seats = self.basis.plan.mechanism, int(self.market.capacities[col])
        held = len(self.holders.levels.get(col, ()))
        if held < seats:
            return self._kept_free(col, seats - held)
        mine = self._levels(at, row, col)
        fact: dict[str, Any] = {"places": seats}
        for name, level in mine.items():
            theirs = sorted(of_one[name] for of_one in self.holders.levels[col])
            fact[name] = {"you": level, "them": theirs}
        ahead = self.holders.is_ahead(row, col, int(self.table.minutes[at, col]))
        if mechanism == "optimal":
            fact["ahead"] = ahead
        only = mechanism == "optimal" and self.holders.have_no_other(col)
        ahead = ahead and self.market.placements[col].ranking is not None
        return "TAKEN", fact, words.taken(seats, mechanism, ahead=ahead, only=only)

    def _kept_free(self, col: int, free: int) -> tuple[str, Any, str]:
        cap = self.market.host_caps.get(self.market.placements[col].employer)
        if cap is not None and self.holders.employer_is_full(col):
            return "HOST_CAP", cap, words.host_cap(cap)
        if self.market.placements[col].id in self.basis.plan.certificate.get("closed", ()):
            least = self.market.placements[col].group_min
            return "TOO_FEW", least, words.too_few(least)
        return "FREE", free, words.kept_free(self.basis.plan.mechanism)

    def _levels(self, at: int, row: int, col: int) -> dict[str, int]:
        """A person's levels at a placement by objective, lower first."""
        return {
            "priority": int(self.holders.groups[row]),
            "choice": int(self.table.choice[at, col]),
            "travel": int(self.table.minutes[at, col]),
        }


def why_here(placed: Placed) -> tuple[str, ...]:
    """Why a person has the place they have."""
    if placed.pinned:
        said = [words.PINNED]
    elif placed.choice:
        said = [words.your_choice(placed.choice)]
    else:
        said = [words.FITS]
    if placed.minutes_there >= 0:
        longer = max(placed.minutes_there, placed.minutes_back)
        said.append(words.journey(longer, placed.mode, placed.estimate))
    return tuple(said)


def why_none(reason: Mapping[str, Any]) -> tuple[str, ...]:
    """Why a person has no place."""
    if reason["code"] == "places_taken":
        return (words.places_taken(reason["eligible"]),)
    facts = sorted(reason.get("refused", {}).items(), key=lambda item: (-item[1], item[0]))
    return (words.NOTHING_RIGHT, *(words.refused_many(name.upper(), n) for name, n in facts))
