"""A market: everyone and every place of one round, checked, in an order nobody can choose."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

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
from matching.errors import MarketError, PolicyError
from matching.records import Candidate, Placement, Policy, read_record, record_dict


class Travel(Protocol):
    """How people travel in a market, given with it; what it does is in ``travel``."""

    @property
    def sha256(self) -> str:
        """The hash of everything it knows."""

    def to_dict(self) -> dict[str, Any]:
        """What it knows, as plain values."""


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
        self.lottery = None if lottery is None else _read_lottery(lottery)
        self.candidates = candidates.ordered(policy.seed, self.lottery)
        self.placements = placements.ordered(policy.seed, self.lottery)
        self.host_caps = _read_caps(host_caps or {})
        self._check_pairs()

    def with_parts(self, **parts: Any) -> Market:
        """This market with some parts replaced, its records as columns all the way."""
        market = type(self).__new__(type(self))
        names = ("candidates", "placements", "policy", "host_caps", "travel", "lottery")
        market._set(**{name: parts.get(name, getattr(self, name)) for name in names})
        return market

    def _check_pairs(self) -> None:
        for field, pairs in (("pins", self.policy.pins), ("forbidden", self.policy.forbidden)):
            for pair in pairs:
                if not isinstance(pair, tuple) or [type(x) for x in pair] != [str, str]:
                    raise PolicyError(f"policy: {field} {pair!r} is not (candidate, placement)")
        for candidate, placement in self.policy.pins:
            if candidate not in self.row_of or placement not in self.col_of:
                raise PolicyError(f"policy: pin {candidate} to {placement} names no such record")
        for one, two in itertools.pairwise(sorted(candidate for candidate, _ in self.policy.pins)):
            if one == two:
                raise PolicyError(f"policy: {one} is pinned twice")

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
        return _points(self.candidates)

    @functools.cached_property
    def sites(self) -> Floats:
        """Latitude and longitude of each placement, float64[M, 2], NaN where unknown."""
        return _points(self.placements)

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
        return sha256_of_parts(self._texts())

    def _texts(self) -> Iterator[str]:
        yield '{"candidates":['
        yield from self.candidates.texts()
        yield f'],"host_caps":{canonical_json(self.host_caps)},'
        if self.lottery is not None:
            yield f'"lottery":{canonical_json(self.lottery)},'
        yield '"placements":['
        yield from self.placements.texts()
        yield f'],"policy":{canonical_json(record_dict(self.policy))}'
        yield "}" if self.travel is None else f',"travel":{canonical_json(self.travel.sha256)}}}'

    def to_dict(self) -> dict[str, Any]:
        """The market as plain values; the same market always gives the same canonical JSON."""
        given = {
            "candidates": self.candidates.to_list(),
            "placements": self.placements.to_list(),
            "policy": record_dict(self.policy),
            "host_caps": self.host_caps,
        }
        if self.lottery is not None:
            given["lottery"] = self.lottery
        return given if self.travel is None else given | {"travel": self.travel.to_dict()}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any], travel: Travel | None = None) -> Market:
        """The market a dictionary of :meth:`to_dict` describes, its travel model read before."""
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
        rest = (given.get("policy"), given.get("host_caps"), travel, given.get("lottery"))
        return cls(given["candidates"], given["placements"], *rest)

    def with_policy(self, policy: Policy) -> Market:
        """The same people and places under another policy."""
        return self.with_parts(policy=policy)

    def with_capacity(self, placement_id: str, capacity: int) -> Market:
        """The same market with another number of free places at one placement."""
        _whole(f"Placement {placement_id}: capacity", capacity)
        changed = {"capacity": self.placements.wholes("capacity").copy()}
        if not self.policy.uncertain_places:
            changed["capacity_min"] = self.placements.wholes("capacity_min").copy()
        for column in changed.values():
            column[self.col_of[placement_id]] = capacity
        columns = {name: Wholes(column) for name, column in changed.items()}
        return self.with_parts(placements=self.placements.replaced(**columns))


def _points(records: Records[Any]) -> Floats:
    points = np.column_stack([records.numbers("lat"), records.numbers("lon")])
    points[np.isnan(points).any(axis=1)] = np.nan
    return points


def _read_caps(caps: Mapping[str, int]) -> dict[str, int]:
    for employer, cap in caps.items():
        if not isinstance(employer, str):
            raise MarketError(f"host_caps: {employer!r} is not an employer")
        _whole(f"host cap of {employer}", cap)
    return dict(sorted(caps.items()))


def _read_lottery(lottery: Mapping[str, int]) -> dict[str, int]:
    for name, number in lottery.items():
        if type(number) is not int or not 0 <= number < 2**64:
            raise MarketError(f"lottery: {number!r} of {name} is not a whole number of 64 bits")
    return dict(sorted(lottery.items()))


def _whole(what: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise MarketError(f"{what}: {value!r} is not a whole number from 0 up")
