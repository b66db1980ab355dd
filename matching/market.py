"""A market: everyone and every place of one round, checked, in an order nobody can choose."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import hashlib
import itertools
import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.errors import MarketError, PolicyError
from matching.records import (
    MAX_CHOICES,
    MODES,
    Candidate,
    Placement,
    Policy,
    read_record,
    record_dict,
)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def canonical_json(value: Any) -> str:
    """One text for one value: sorted keys, no spaces, UTF-8, no NaN."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def sha256_of(value: Any) -> str:
    """The SHA-256 of the canonical JSON of ``value``."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def lottery_number(seed: int, record_id: str) -> int:
    """The 64-bit lottery number of an id: a keyed hash, the same on every machine.

    Examples
    --------
    >>> lottery_number(7, "ann") == lottery_number(7, "ann")
    True
    >>> lottery_number(7, "ann") == lottery_number(8, "ann")
    False
    """
    drawn = hashlib.blake2b(record_id.encode(), key=str(seed).encode(), digest_size=8)
    return int.from_bytes(drawn.digest(), "big")


class Market:
    """Candidates, placements and a policy, validated and frozen.

    Parameters
    ----------
    candidates : iterable of Candidate or mapping
    placements : iterable of Placement or mapping
    policy : Policy or mapping, optional
    host_caps : mapping of employer to int, optional
        The most places an employer can give over all its placements.

    Raises
    ------
    MarketError
        Naming the record and the field that cannot be used.

    Examples
    --------
    >>> market = Market([{"id": "ann", "choices": ["shop"]}], [{"id": "shop"}], {"travel": "none"})
    >>> market.candidates[0].choices
    ('shop',)
    """

    def __init__(
        self,
        candidates: Iterable[Candidate | Mapping[str, Any]],
        placements: Iterable[Placement | Mapping[str, Any]],
        policy: Policy | Mapping[str, Any] | None = None,
        host_caps: Mapping[str, int] | None = None,
    ) -> None:
        self.policy = read_record(Policy, policy or Policy())
        self.candidates = self._in_order([read_record(Candidate, c) for c in candidates])
        self.placements = self._in_order([read_record(Placement, p) for p in placements])
        self.host_caps = dict(sorted((host_caps or {}).items()))
        self.row_of = {c.id: i for i, c in enumerate(self.candidates)}
        self.col_of = {p.id: j for j, p in enumerate(self.placements)}
        self._check()

    def _in_order(self, records: list[Any]) -> tuple[Any, ...]:
        for record in records:
            if not isinstance(record.id, str) or not record.id:
                raise MarketError(f"{type(record).__name__}: id {record.id!r} is not a text")
        ordered = sorted(records, key=lambda r: (lottery_number(self.policy.seed, r.id), r.id))
        for one, two in itertools.pairwise(ordered):
            if one.id == two.id:
                raise MarketError(f"{type(one).__name__} {one.id}: the id is given twice")
        return tuple(ordered)

    def _check(self) -> None:
        for candidate in self.candidates:
            _check_candidate(candidate)
        for placement in self.placements:
            _check_placement(placement)
        for employer, cap in self.host_caps.items():
            _whole(f"host cap of {employer}", cap)
        self._check_pairs()

    def _check_pairs(self) -> None:
        for field, pairs in (("pins", self.policy.pins), ("forbidden", self.policy.forbidden)):
            for pair in pairs:
                if not isinstance(pair, tuple) or [type(x) for x in pair] != [str, str]:
                    raise PolicyError(f"policy: {field} {pair!r} is not (candidate, placement)")
        pinned = [candidate for candidate, _ in self.policy.pins]
        for candidate, placement in self.policy.pins:
            if candidate not in self.row_of or placement not in self.col_of:
                raise PolicyError(f"policy: pin {candidate} to {placement} names no such record")
            if pinned.count(candidate) > 1:
                raise PolicyError(f"policy: {candidate} is pinned twice")

    @functools.cached_property
    def capacities(self) -> Ints:
        """Free places of each placement, int64[M]."""
        return np.array([p.capacity for p in self.placements], dtype=np.int64)

    @functools.cached_property
    def homes(self) -> Floats:
        """Latitude and longitude of each candidate, float64[N, 2], NaN where unknown."""
        return _points(self.candidates)

    @functools.cached_property
    def sites(self) -> Floats:
        """Latitude and longitude of each placement, float64[M, 2], NaN where unknown."""
        return _points(self.placements)

    @functools.cached_property
    def sha256(self) -> str:
        """The hash of the whole market, whatever order its records came in."""
        return sha256_of(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """The market as plain values; the same market always gives the same canonical JSON."""
        return {
            "candidates": [record_dict(c) for c in sorted(self.candidates, key=lambda c: c.id)],
            "placements": [record_dict(p) for p in sorted(self.placements, key=lambda p: p.id)],
            "policy": record_dict(self.policy),
            "host_caps": self.host_caps,
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Market:
        """The market a dictionary of :meth:`to_dict` describes."""
        if not isinstance(given, Mapping):
            raise MarketError("a market is an object with candidates, placements and policy")
        unknown = sorted(set(given) - {"candidates", "placements", "policy", "host_caps"})
        if unknown:
            raise MarketError(f"market: unknown field {unknown[0]!r}")
        for field in ("candidates", "placements"):
            if not isinstance(given.get(field), list | tuple):
                raise MarketError(f"market: {field} must be a list")
            for at, record in enumerate(given[field]):
                if not isinstance(record, Mapping):
                    raise MarketError(f"market: {field}[{at}] must be an object")
        if not isinstance(given.get("host_caps") or {}, Mapping):
            raise MarketError("market: host_caps must be an object")
        return cls(
            given["candidates"], given["placements"], given.get("policy"), given.get("host_caps")
        )

    def with_policy(self, policy: Policy) -> Market:
        """The same people and places under another policy."""
        return Market(self.candidates, self.placements, policy, self.host_caps)

    def with_capacity(self, placement_id: str, capacity: int) -> Market:
        """The same market with another number of free places at one placement."""
        changed = [
            dataclasses.replace(p, capacity=capacity) if p.id == placement_id else p
            for p in self.placements
        ]
        return Market(self.candidates, changed, self.policy, self.host_caps)


def _points(records: tuple[Any, ...]) -> Floats:
    known = [
        (math.nan, math.nan) if r.lat is None or r.lon is None else (r.lat, r.lon) for r in records
    ]
    return np.array(known, dtype=np.float64).reshape(-1, 2)


def _whole(what: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise MarketError(f"{what}: {value!r} is not a whole number from 0 up")


def _check_candidate(candidate: Candidate) -> None:
    name = f"Candidate {candidate.id}"
    _check_place_and_dates(name, candidate)
    _whole(f"{name}: max_minutes", candidate.max_minutes)
    _check_date(f"{name}: born_on", candidate.born_on)
    _check_spans(f"{name}: availability", candidate.availability)
    for mode in candidate.modes:
        if mode not in MODES:
            raise MarketError(f"{name}: modes {mode!r} is not one of {', '.join(MODES)}")
    if len(candidate.choices) > MAX_CHOICES or len(set(candidate.choices)) < len(candidate.choices):
        raise MarketError(f"{name}: choices must be at most {MAX_CHOICES} different placements")


def _check_placement(placement: Placement) -> None:
    name = f"Placement {placement.id}"
    _check_place_and_dates(name, placement)
    _whole(f"{name}: capacity", placement.capacity)
    _whole(f"{name}: min_age", placement.min_age)
    _check_spans(f"{name}: shifts", placement.shifts)
    if placement.ranking is not None and len(set(placement.ranking)) < len(placement.ranking):
        raise MarketError(f"{name}: ranking names someone twice")


def _check_place_and_dates(name: str, record: Candidate | Placement) -> None:
    for field, value, limit in (("lat", record.lat, 90), ("lon", record.lon, 180)):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if value is not None and not (number and abs(value) <= limit):
            raise MarketError(f"{name}: {field} {value!r} is not a number within ±{limit}")
    _check_date(f"{name}: start_from", record.start_from)
    _check_date(f"{name}: start_to", record.start_to)


def _check_date(what: str, value: str | None) -> None:
    if value is None:
        return
    try:
        datetime.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise MarketError(f"{what}: {value!r} is not a date like 2026-09-01") from None


def _check_spans(what: str, spans: Any) -> None:
    for at, span in enumerate(spans):
        whole = isinstance(span, tuple) and len(span) == 3 and all(type(x) is int for x in span)
        if not whole or not (0 <= span[0] <= 6 and 0 <= span[1] < span[2] <= 2880):
            raise MarketError(f"{what}[{at}]: {span!r} is not [weekday 0-6, from, to] in minutes")
