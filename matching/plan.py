"""What a solve returns: who goes where, who is in line, why not, and the proof, under one hash."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from matching.canonical import canonical_json, sha256_of_parts
from matching.columnar.listing import Listing, Placed, Placings
from matching.errors import PlanError

__all__ = ["Placed", "Plan"]


@dataclasses.dataclass(frozen=True)
class Plan:
    """The sealed answer for one market, which ``market_sha256`` names.

    ``mechanism`` is the policy's and ``method`` what it was done by; ``assignments`` hold one
    :class:`Placed` for everyone placed and ``totals`` their number and levels. ``reserves`` maps a
    placement to people in the order they would be offered a freed place; ``reasons`` maps each
    unplaced person to a code and the counts behind it; ``prices`` and ``certificate`` show that
    nothing better exists (``certificate['kind']`` is ``exact``, ``bound`` or ``none``). ``timings``
    are seconds by step and, as ``solver``, what ran and why; they are outside the hash, for they
    differ from one machine to another.

    The large parts may be arrays that read as what they stand for (``listing``).
    """

    market_sha256: str
    mechanism: str
    method: str
    assignments: Sequence[Placed]
    reserves: Mapping[str, list[str]]
    reasons: Mapping[str, dict[str, Any]]
    prices: Mapping[str, Any]
    certificate: dict[str, Any]
    totals: dict[str, int]
    timings: dict[str, Any] = dataclasses.field(default_factory=dict, compare=False)

    @functools.cached_property
    def sha256(self) -> str:
        """The hash of everything but the timings: that of their canonical JSON."""
        return sha256_of_parts(self._texts())

    @functools.cached_property
    def placement_of(self) -> dict[str, str]:
        """Candidate id to placement id."""
        held = self.assignments
        if isinstance(held, Placings):
            return dict(zip(held.candidate.tolist(), held.placement.tolist(), strict=True))
        return {a.candidate: a.placement for a in held}

    def _texts(self) -> Iterator[str]:
        names = sorted(f.name for f in dataclasses.fields(self) if f.name != "timings")
        for at, name in enumerate(names):
            yield f'{"," if at else "{"}"{name}":'
            yield from _texts_of(getattr(self, name))
        yield "}"

    def _sealed(self) -> dict[str, Any]:
        fields = {f.name: _plain(getattr(self, f.name)) for f in dataclasses.fields(self)}
        del fields["timings"]
        return fields

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


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, Placed):
        return dataclasses.asdict(value)
    return [_plain(part) for part in value] if isinstance(value, list | tuple | Placings) else value


def _texts_of(value: Any) -> Iterator[str]:
    """Canonical JSON of a part of a plan, piece by piece where it is large."""
    if isinstance(value, Placings | Listing):
        yield from value.texts()
    elif isinstance(value, Mapping) and any(isinstance(v, Listing) for v in value.values()):
        for at, name in enumerate(sorted(value)):
            yield f"{',' if at else '{'}{canonical_json(name)}:"
            yield from _texts_of(value[name])
        yield "}"
    else:
        yield canonical_json(_plain(value))
