"""What a solve returns: who goes where, who is in line, why not, and the proof, under one hash."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any

from matching.errors import PlanError
from matching.market import sha256_of


@dataclasses.dataclass(frozen=True, slots=True)
class Placed:
    """One person at one placement; minutes and metres are -1 where travel is not counted.

    ``choice`` is 1-6 for a ranked choice, else ``None``. ``estimate`` says that the travel
    figures come from a straight line and not from a timetable.
    """

    candidate: str
    placement: str
    choice: int | None
    minutes_there: int
    minutes_back: int
    metres: int
    mode: str | None
    estimate: bool
    pinned: bool = False

    @property
    def km(self) -> float:
        """Kilometres in a straight line."""
        return self.metres / 1000


@dataclasses.dataclass(frozen=True)
class Plan:
    """The sealed answer for one market.

    ``reserves`` maps a placement to people in the order they would be offered a freed place;
    ``reasons`` maps each unplaced person to a code and the counts behind it; ``prices`` and
    ``certificate`` show that nothing better exists (``certificate['kind']`` is ``exact``,
    ``bound`` or ``none``). ``timings`` are seconds by step, outside the hash.
    """

    market_sha256: str
    mechanism: str
    method: str
    assignments: tuple[Placed, ...]
    reserves: dict[str, list[str]]
    reasons: dict[str, dict[str, Any]]
    prices: dict[str, Any]
    certificate: dict[str, Any]
    totals: dict[str, int]
    timings: dict[str, float] = dataclasses.field(default_factory=dict, compare=False)

    @functools.cached_property
    def sha256(self) -> str:
        """The hash of everything but the timings."""
        return sha256_of(self._sealed())

    @functools.cached_property
    def placement_of(self) -> dict[str, str]:
        """Candidate id to placement id."""
        return {a.candidate: a.placement for a in self.assignments}

    def _sealed(self) -> dict[str, Any]:
        fields = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        del fields["timings"]
        return fields | {"assignments": [dataclasses.asdict(a) for a in self.assignments]}

    def to_dict(self) -> dict[str, Any]:
        """The plan as plain values, with its hash and, beside it, the timings."""
        return self._sealed() | {"sha256": self.sha256, "timings": self.timings}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Plan:
        """The plan a dictionary of :meth:`to_dict` describes.

        Raises
        ------
        PlanError
            When a field is missing or the hash does not fit what it seals.
        """
        try:
            values = {f.name: given[f.name] for f in dataclasses.fields(cls)}
            for name in ("reserves", "reasons", "prices", "certificate", "totals", "timings"):
                if not isinstance(values[name], Mapping):
                    raise PlanError(f"plan: {name} must be an object")
            values["assignments"] = tuple(Placed(**a) for a in values["assignments"])
            plan = cls(**values)
        except (KeyError, TypeError, AttributeError) as wrong:
            raise PlanError(f"plan: cannot be read, {wrong}") from None
        if given.get("sha256") != plan.sha256:
            raise PlanError("plan: its hash does not fit its contents")
        return plan
