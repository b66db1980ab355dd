"""What a market is given beside its records, checked: its shape, pins, caps, lottery and travel."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, Protocol

from matching.errors import MarketError, PolicyError
from matching.policy import Policy


class Travel(Protocol):
    """How people travel in a market, given with it; what it does is in ``travel``."""

    @property
    def sha256(self) -> str:
        """The hash of everything it knows."""

    def to_dict(self) -> dict[str, Any]:
        """What it knows, as plain values."""


def check_shape(given: Any, travel: Travel | None) -> None:
    """Refuse a dictionary that cannot be a market's, naming the field."""
    if not isinstance(given, Mapping):
        raise MarketError("a market is an object with candidates, placements and policy")
    fields = {"candidates", "placements", "policy", "host_caps", "travel", "lottery"}
    unknown = sorted(str(field) for field in set(given) - fields)
    if unknown:
        raise MarketError(f"market: unknown field {unknown[0]!r}")
    for field in ("candidates", "placements"):
        if not isinstance(given.get(field), list | tuple):
            raise MarketError(f"market: {field} must be a list")
        for at, record in enumerate(given[field]):
            if not isinstance(record, Mapping):
                raise MarketError(f"market: {field}[{at}] must be an object")
    for field in ("host_caps", "lottery"):
        if not isinstance(given.get(field), Mapping | None):
            raise MarketError(f"market: {field} must be an object")
    if given.get("travel") is not None and travel is None:
        raise MarketError("market: its model of travel must be read first")


def check_pairs(policy: Policy, row_of: Mapping[str, int], col_of: Mapping[str, int]) -> None:
    """Refuse pins and forbidden pairs that are no pairs, and pins that name nobody or one twice."""
    for field, pairs in (("pins", policy.pins), ("forbidden", policy.forbidden)):
        for pair in pairs:
            if not isinstance(pair, tuple) or [type(x) for x in pair] != [str, str]:
                raise PolicyError(f"policy: {field} {pair!r} is not (candidate, placement)")
    for candidate, placement in policy.pins:
        if candidate not in row_of or placement not in col_of:
            raise PolicyError(f"policy: pin {candidate} to {placement} names no such record")
    for one, two in itertools.pairwise(sorted(candidate for candidate, _ in policy.pins)):
        if one == two:
            raise PolicyError(f"policy: {one} is pinned twice")


def read_caps(caps: Mapping[str, int]) -> dict[str, int]:
    """The most places of each employer, by name."""
    for employer, cap in caps.items():
        if not isinstance(employer, str):
            raise MarketError(f"host_caps: {employer!r} is not an employer")
        check_whole(f"host cap of {employer}", cap)
    return dict(sorted(caps.items()))


def read_lottery(lottery: Mapping[str, int]) -> dict[str, int]:
    """Lottery numbers of 64 bits, by id."""
    for name, number in lottery.items():
        if type(number) is not int or not 0 <= number < 2**64:
            raise MarketError(f"lottery: {number!r} of {name} is not a whole number of 64 bits")
    return dict(sorted(lottery.items()))


def check_whole(what: str, value: Any) -> None:
    """Refuse what is not a whole number of 31 bits."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise MarketError(f"{what}: {value!r} is not a whole number from 0 up")
