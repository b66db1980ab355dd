"""A market: everyone and every place of one round, checked, in an order nobody can choose."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.canonical import canonical_json as canonical_json
from matching.canonical import lottery_number as lottery_number
from matching.canonical import sha256_of as sha256_of
from matching.canonical import sha256_of_parts
from matching.columnar.columns import Floats as Floats
from matching.columnar.columns import Ints as Ints
from matching.columnar.columns import Wholes
from matching.columnar.table import Records, read_columns, read_records
from matching.given import Travel, check_pairs, check_shape, check_whole, read_caps, read_lottery
from matching.market_text import market_dict, market_texts
from matching.policy import Policy
from matching.records import Candidate, Placement, read_record


class Market:
    """Candidates, placements and a policy, validated, frozen and kept as columns.

    Parameters
    ----------
    candidates : iterable of Candidate or mapping
    placements : iterable of Placement or mapping
    policy : Policy or mapping, optional
    host_caps : mapping of employer to int, optional
        The most places an employer can give over all its placements.
    travel : Travel, optional
        A model of travel in place of the one the policy names.
    lottery : mapping of id to int, optional
        64-bit lottery numbers drawn under other names, where ids are pseudonyms; without it they
        are drawn from the seed and the id.

    Raises
    ------
    MarketError
        Naming the record, the field and the value that cannot be used.

    Notes
    -----
    ``candidates`` and ``placements`` are :class:`Records`: sequences in the order of the lottery
    whose records are made when asked for, over columns. ``row_of`` and ``col_of`` are positions
    by id.

    Examples
    --------
    >>> market = Market([{"id": "ann", "choices": ["shop"]}], [{"id": "shop"}], {"travel": "none"})
    >>> market.candidates[0].choices
    ('shop',)
    >>> market.candidates.wholes("max_minutes").tolist()
    [60]
    """

    policy: Policy
    candidates: Records[Candidate]
    placements: Records[Placement]
    host_caps: dict[str, int]
    travel: Any
    lottery: dict[str, int] | None

    def __init__(
        self,
        candidates: Iterable[Candidate | Mapping[str, Any]],
        placements: Iterable[Placement | Mapping[str, Any]],
        policy: Policy | Mapping[str, Any] | None = None,
        host_caps: Mapping[str, int] | None = None,
        travel: Travel | None = None,
        lottery: Mapping[str, int] | None = None,
    ) -> None:
        self._set(
            read_records(Candidate, candidates),
            read_records(Placement, placements),
            read_record(Policy, policy or Policy()),
            host_caps,
            travel,
            lottery,
        )

    @classmethod
    def from_columns(
        cls,
        candidates: Mapping[str, Any],
        placements: Mapping[str, Any],
        policy: Policy | Mapping[str, Any] | None = None,
        host_caps: Mapping[str, int] | None = None,
        travel: Travel | None = None,
        lottery: Mapping[str, int] | None = None,
    ) -> Market:
        """The same market from one array a field instead of one object a record.

        Parameters
        ----------
        candidates, placements : mapping of field to array or column
            ``id`` as texts; numbers and whole numbers as arrays; dates as ``datetime64`` (NaT for
            none), day numbers or ISO texts; any other field as :class:`Kinds`, as :class:`Lists`
            (``choices``, ``never_placements``) or as one value a record. A field left out has the
            default of its record.
        policy, host_caps, travel, lottery
            As for :class:`Market`.

        Returns
        -------
        Market
            With the hash of the market made of the same records.

        Raises
        ------
        MarketError
            Naming the record, the field and the value that cannot be used.

        Examples
        --------
        >>> import numpy as np
        >>> market = Market.from_columns(
        ...     {"id": ["ann", "bob"], "max_minutes": np.array([30, 45])}, {"id": ["shop"]}
        ... )
        >>> market.candidates[market.row_of["bob"]].max_minutes
        45
        """
        market = cls.__new__(cls)
        market._set(
            read_columns(Candidate, candidates),
            read_columns(Placement, placements),
            read_record(Policy, policy or Policy()),
            host_caps,
            travel,
            lottery,
        )
        return market

    def _set(
        self,
        candidates: Records[Candidate],
        placements: Records[Placement],
        policy: Policy,
        host_caps: Mapping[str, int] | None,
        travel: Travel | None,
        lottery: Mapping[str, int] | None,
    ) -> None:
        self.policy, self.travel = policy, travel
        self.lottery = None if lottery is None else read_lottery(lottery)
        self.candidates = candidates.ordered(policy.seed, self.lottery)
        self.placements = placements.ordered(policy.seed, self.lottery)
        self.host_caps = read_caps(host_caps or {})
        check_pairs(policy, self.row_of, self.col_of)

    def with_parts(self, **parts: Any) -> Market:
        """This market with some parts replaced, its records as columns all the way."""
        market = type(self).__new__(type(self))
        names = ("candidates", "placements", "policy", "host_caps", "travel", "lottery")
        market._set(**{name: parts.get(name, getattr(self, name)) for name in names})
        return market

    @property
    def row_of(self) -> dict[str, int]:
        """Position of each candidate by id."""
        return self.candidates.at

    @property
    def col_of(self) -> dict[str, int]:
        """Position of each placement by id."""
        return self.placements.at

    @functools.cached_property
    def draws(self) -> npt.NDArray[np.uint64]:
        """The lottery number of each candidate, uint64[N], rising."""
        return self.candidates.draws(self.policy.seed, self.lottery)

    @functools.cached_property
    def capacities(self) -> Ints:
        """Free places of each placement, int64[M]; the certain ones if the policy says so."""
        places, certain = (self.placements.wholes(f) for f in ("capacity", "capacity_min"))
        if self.policy.uncertain_places:
            return places
        return np.where(certain < 0, places, np.minimum(places, certain))

    @functools.cached_property
    def homes(self) -> Floats:
        """Latitude and longitude of each candidate, float64[N, 2], NaN where unknown."""
        return self.candidates.points()

    @functools.cached_property
    def sites(self) -> Floats:
        """Latitude and longitude of each placement, float64[M, 2], NaN where unknown."""
        return self.placements.points()

    @functools.cached_property
    def choices(self) -> tuple[Ints, Ints, Ints]:
        """Every ranked choice that is in the market: rows, cols and ranks from 0, int64[K].

        By row, then rank.
        """
        lists = self.candidates.lists("choices")
        rows, ranks = lists.positions()
        known = np.array([self.col_of.get(str(name), -1) for name in lists.names], dtype=np.int64)
        cols = known[lists.codes]
        inside = cols >= 0
        return rows[inside], cols[inside], ranks[inside]

    @functools.cached_property
    def ranked(self) -> tuple[Ints, Ints]:
        """Keys ``row * M + col`` of the ranked choices, rising, and their ranks, int64[K]."""
        rows, cols, ranks = self.choices
        keys = rows * max(len(self.placements), 1) + cols
        order = np.argsort(keys)
        return keys[order], ranks[order]

    @functools.cached_property
    def sha256(self) -> str:
        """The hash of the whole market, whatever order its records came in.

        That of the canonical JSON of :meth:`to_dict`, where a model of travel counts by its own
        hash.
        """
        return sha256_of_parts(market_texts(self))

    def to_dict(self) -> dict[str, Any]:
        """The market as plain values; the same market always gives the same canonical JSON."""
        return market_dict(self)

    @classmethod
    def from_dict(cls, given: Mapping[str, Any], travel: Travel | None = None) -> Market:
        """The market a dictionary of :meth:`to_dict` describes, its travel model read before."""
        check_shape(given, travel)
        rest = (given.get("policy"), given.get("host_caps"), travel, given.get("lottery"))
        return cls(given["candidates"], given["placements"], *rest)

    def with_policy(self, policy: Policy) -> Market:
        """The same people and places under another policy."""
        return self.with_parts(policy=policy)

    def with_capacity(self, placement_id: str, capacity: int) -> Market:
        """The same market with another number of free places at one placement."""
        check_whole(f"Placement {placement_id}: capacity", capacity)
        changed = {"capacity": self.placements.wholes("capacity").copy()}
        if not self.policy.uncertain_places:
            changed["capacity_min"] = self.placements.wholes("capacity_min").copy()
        for column in changed.values():
            column[self.col_of[placement_id]] = capacity
        columns = {name: Wholes(column) for name, column in changed.items()}
        return self.with_parts(placements=self.placements.replaced(**columns))
