"""What a policy and its records ask of several people at once, after pinned people have places."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from matching.columnar.columns import Ints
from matching.market import Market


@dataclasses.dataclass(frozen=True)
class Rules:
    """The side rules of a market, for everyone who is not pinned.

    ``seats`` int64[M] are the places left; ``low`` int64[M] the people that a placement with a
    pinned person still needs; ``floor`` int64[M] the least group of a placement that may run or
    not, 0 where any number will do. ``host_of`` int64[M] and ``host_left`` int64[H] are the
    employers with a cap and what they can still give; ``group_of`` int64[N], ``kept`` int64[G]
    and ``group_left`` int64[G] the groups with a share, the places kept for each and its most.
    """

    seats: Ints
    low: Ints
    floor: Ints
    hosts: tuple[str, ...]
    host_of: Ints
    host_left: Ints
    groups: tuple[str, ...]
    group_of: Ints
    kept: Ints
    group_left: Ints

    @property
    def bind_single(self) -> bool:
        """Whether any rule could ever bind."""
        rules = (self.low.any(), self.floor.any(), len(self.hosts), self.kept.any())
        return any(rules) or bool(len(self.groups))

    def broken_by(self, match: Ints) -> bool:
        """Whether a match of the people who are not pinned breaks a rule, the seats aside."""
        held = np.bincount(match[match >= 0], minlength=len(self.seats))
        short = (held < self.low) | ((held > 0) & (held < self.floor))
        hosts, groups = self.count(match)
        over = (hosts > self.host_left).any() or (groups > self.group_left).any()
        return bool(short.any() or over or (groups < self.kept).any())

    def count(self, match: Ints) -> tuple[Ints, Ints]:
        """People placed by employer and by group."""
        placed = np.flatnonzero(match >= 0)
        hosts, groups = self.host_of[match[placed]], self.group_of[placed]
        return (
            np.bincount(hosts[hosts >= 0], minlength=len(self.hosts)),
            np.bincount(groups[groups >= 0], minlength=len(self.groups)),
        )


def read_rules(market: Market, pinned: Mapping[int, int]) -> Rules:
    """The rules of a market once the pinned people (row to column) sit where they are pinned.

    Parameters
    ----------
    market : Market
    pinned : mapping of row to column

    Returns
    -------
    Rules
        A count below 0 says that the pins alone go beyond a rule.

    Examples
    --------
    >>> market = Market([{"id": "ann"}], [{"id": "shop", "capacity": 4, "group_min": 3}])
    >>> read_rules(market, {}).floor.tolist(), read_rules(market, {0: 0}).low.tolist()
    ([3], [2])
    """
    cols = np.array(list(pinned.values()), dtype=np.int64)
    rows = np.array(list(pinned), dtype=np.int64)
    there = np.bincount(cols, minlength=len(market.placements))
    least = market.placements.wholes("group_min")
    least = np.where(least > 1, least, 0)
    hosts, host_of = _hosts(market)
    of_pins = host_of[cols]
    taken = np.bincount(of_pins[of_pins >= 0], minlength=len(hosts))
    groups, group_of = _groups(market)
    of_rows = group_of[rows]
    seated = np.bincount(of_rows[of_rows >= 0], minlength=len(groups))
    kept, most = _shares(market)
    return Rules(
        market.capacities - there,
        np.where(there > 0, np.maximum(least - there, 0), 0),
        np.where(there > 0, 0, least),
        hosts,
        host_of,
        np.array([market.host_caps[host] for host in hosts], dtype=np.int64) - taken,
        groups,
        group_of,
        np.maximum(kept - seated, 0),
        most - seated,
    )


def _hosts(market: Market) -> tuple[tuple[str, ...], Ints]:
    employers = market.placements.kinds("employer")
    at = {host: i for i, host in enumerate(market.host_caps)}
    known = np.array([at.get(name, -1) for name in employers.values], dtype=np.int64)
    return tuple(at), known[employers.codes] if len(known) else np.zeros(0, dtype=np.int64)


def _groups(market: Market) -> tuple[tuple[str, ...], Ints]:
    groups = tuple(group for group, _, _ in market.policy.shares)
    told = market.candidates.kinds("priority")
    first = [next((i for i, g in enumerate(groups) if g in has), -1) for has in told.values]
    known = np.array(first, dtype=np.int64)
    return groups, known[told.codes] if len(known) else np.zeros(0, dtype=np.int64)


def _shares(market: Market) -> tuple[Ints, Ints]:
    """Places kept for each group, rounded up, and the most it may have, rounded down."""
    places = int(market.capacities.sum())
    kept = [-(-places * least // 100) for _, least, _ in market.policy.shares]
    most = [places * top // 100 for _, _, top in market.policy.shares]
    return np.array(kept, dtype=np.int64), np.array(most, dtype=np.int64)
