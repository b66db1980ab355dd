"""The plain values a market is made of: candidates, placements and the policy of a round."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

from matching.errors import MarketError, PolicyError

MODES = ("walk", "cycle", "bus", "train", "car")
MECHANISMS = ("optimal", "stable", "serial", "nearest")
OBJECTIVES = ("priority", "choice", "travel", "lottery")
TRAVEL_MODELS = ("straight_line", "none")
MAX_CHOICES = 6

Spans = tuple[tuple[int, int, int], ...]
Pair = tuple[str, str]
Weight = tuple[str, int]
Share = tuple[str, int, int]
Tier = tuple[Weight, ...]
Record = TypeVar("Record", "Candidate", "Placement", "Policy")


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """One person: where they live, how far and when they can travel, what they would like.

    Parameters
    ----------
    id : str
    lat, lon : float, optional
        Home in degrees. Without one, journeys are unknown and refuse every placement, unless
        the policy counts no travel.
    born_on : str, optional
        ISO date, as all dates here. Without it every least age refuses.
    modes : tuple of str
        Ways of travelling: some of ``walk``, ``cycle``, ``bus``, ``train``, ``car``.
    max_minutes : int
        The longest journey, of the one there and the one back.
    availability : tuple of (weekday 0-6, from_minute, to_minute)
        When they are free, Monday first; an empty one means that no shift suits.
    start_from, start_to : str, optional
        First and last day they can start; ``None`` leaves that end open.
    has : tuple of str
        What placements may need and they have.
    sectors : tuple of str
        Those they like.
    choices : tuple of str
        Up to six placements by id, the first choice first.
    never_placements, never_employers, never_sectors : tuple of str
        Where they are never placed.
    priority : tuple of str
        Groups they belong to, as the policy names them.

    Examples
    --------
    >>> Candidate("ann", modes=("bus",), max_minutes=45, choices=("shop",)).choices
    ('shop',)
    """

    id: str
    lat: float | None = None
    lon: float | None = None
    born_on: str | None = None
    modes: tuple[str, ...] = ("walk", "bus")
    max_minutes: int = 60
    availability: Spans = ()
    start_from: str | None = None
    start_to: str | None = None
    has: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    never_placements: tuple[str, ...] = ()
    never_employers: tuple[str, ...] = ()
    never_sectors: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Placement:
    """One opportunity at one site.

    Parameters
    ----------
    id : str
    employer, sector : str
    lat, lon : float, optional
        The site in degrees. Without one, nobody's journey is known.
    capacity : int
        Free places.
    min_age : int
        Age in whole years on the first day both can start; 0 for any.
    needs : tuple of str
        What everyone there must have.
    shifts : tuple of (weekday 0-6, start_minute, end_minute)
        Monday first; an end above 1440 is after midnight.
    start_from, start_to : str, optional
        First and last day one can start, ISO dates; ``None`` leaves that end open.
    ranking : tuple of str, optional
        The employer's own order of candidates by id, the best first; for ``stable`` and for
        blocking pairs.
    group_min : int
        Above 1, the placement runs only if so many people come.
    capacity_min : int, optional
        How many of the places are certain; ``None`` says that all are.

    Examples
    --------
    >>> Placement("shop", capacity=2, shifts=((0, 540, 1020),)).capacity
    2
    """

    id: str
    employer: str = ""
    sector: str = ""
    lat: float | None = None
    lon: float | None = None
    capacity: int = 1
    min_age: int = 0
    needs: tuple[str, ...] = ()
    shifts: Spans = ()
    start_from: str | None = None
    start_to: str | None = None
    ranking: tuple[str, ...] | None = None
    group_min: int = 0
    capacity_min: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Policy:
    """The rules of one round: the mechanism, what counts first, and the seed of the lottery.

    Parameters
    ----------
    mechanism : {"optimal", "stable", "serial", "nearest"}
        Most people, then by ``objectives``; nobody and no placement would both rather have each
        other; one person after another by lottery; the shortest journeys first.
    objectives : tuple of str
        Each outweighs all after it, but those in ``weights``.
    priority_groups : tuple of str
        Groups that come first, in order; a person counts in the first they belong to.
    only_ranked : bool
        Whether people go to their ranked choices only.
    travel : {"straight_line", "none"}
        ``none`` leaves travel out altogether.
    seed : int
        The lottery is drawn from it and from each id.
    pins, forbidden : tuple of (candidate id, placement id)
        Pairs that must be, and that must not be.
    weights : tuple of (objective, int)
        Those named, which must stand next to one another, count together as one weighted sum.
    shares : tuple of (group, least percent, most percent)
        Of all places: so many are kept for people of the group as long as any of them can take
        one, and more are not given to it; a person counts in the first group they belong to.
    uncertain_places : bool
        If not, only the certain places of every placement are given.
    seconds, steps : int
        Bounds of the search for which placements run (steps are placements decided), 0 for none;
        cut short by ``steps`` it gives the same plan everywhere.

    Raises
    ------
    PolicyError
        Naming the field and the value that cannot be.

    Examples
    --------
    >>> Policy(mechanism="stable", seed=7).objectives
    ('priority', 'choice', 'travel', 'lottery')
    """

    mechanism: str = "optimal"
    objectives: tuple[str, ...] = OBJECTIVES
    priority_groups: tuple[str, ...] = ()
    only_ranked: bool = False
    travel: str = "straight_line"
    seed: int = 0
    pins: tuple[Pair, ...] = ()
    forbidden: tuple[Pair, ...] = ()
    weights: tuple[Weight, ...] = ()
    shares: tuple[Share, ...] = ()
    uncertain_places: bool = True
    seconds: int = 0
    steps: int = 0

    def __post_init__(self) -> None:
        _one_of("mechanism", self.mechanism, MECHANISMS)
        _one_of("travel", self.travel, TRAVEL_MODELS)
        for name in self.objectives:
            _one_of("objectives", name, OBJECTIVES)
        if len(set(self.objectives)) != len(self.objectives):
            raise PolicyError("policy: objectives names one objective twice")
        if isinstance(self.seed, bool) or not isinstance(self.seed, int):
            raise PolicyError(f"policy: seed must be a whole number, not {self.seed!r}")
        if abs(self.seed) >= 2**63:
            raise PolicyError("policy: seed must fit 64 bits")
        _check_weights(self.weights, self.objectives)
        _check_shares(self.shares)
        if self.shares and self.mechanism != "optimal":
            raise PolicyError(f"policy: shares need the optimal mechanism, not {self.mechanism}")
        for name in ("only_ranked", "uncertain_places"):
            if not isinstance(getattr(self, name), bool):
                raise PolicyError(f"policy: {name} {getattr(self, name)!r} is not a bool")
        for name, value in (("seconds", self.seconds), ("steps", self.steps)):
            if not _is_whole(value, 0, 10**6):
                raise PolicyError(f"policy: {name} {value!r} is not within 0..1000000")

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The objectives in order, those that are traded against each other in one tier.

        Examples
        --------
        >>> Policy(objectives=("choice", "travel"), weights=(("choice", 9), ("travel", 1))).tiers
        ((('choice', 9), ('travel', 1)),)
        """
        weight = dict(self.weights)
        tiers: list[Tier] = []
        for name in self.objectives:
            one = ((name, weight.get(name, 1)),)
            if name in weight and tiers and tiers[-1][0][0] in weight:
                tiers[-1] += one
            else:
                tiers.append(one)
        return tuple(tiers)


def _is_whole(value: object, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _check_weights(weights: tuple[Weight, ...], objectives: tuple[str, ...]) -> None:
    for entry in weights:
        fits = isinstance(entry, tuple) and len(entry) == 2 and _is_whole(entry[1], 1, 10**6)
        if not fits or entry[0] not in objectives or entry[0] == "lottery":
            raise PolicyError(f"policy: weights {entry!r} is not (objective, 1..1000000)")
    places = sorted(objectives.index(name) for name, _ in weights)
    if places != list(range(places[0], places[0] + len(places)) if places else []):
        raise PolicyError("policy: weights names objectives that do not follow one another")


def _check_shares(shares: tuple[Share, ...]) -> None:
    for entry in shares:
        fits = isinstance(entry, tuple) and len(entry) == 3 and isinstance(entry[0], str)
        if not fits or not all(_is_whole(n, 0, 100) for n in entry[1:]) or entry[1] > entry[2]:
            raise PolicyError(f"policy: shares {entry!r} is not (group, least, most) in percent")
    if len({entry[0] for entry in shares}) < len(shares):
        raise PolicyError("policy: shares names one group twice")
    if sum(least for _, least, _ in shares) > 100:
        raise PolicyError("policy: shares keeps more than all the places")


def _one_of(field: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise PolicyError(f"policy: {field} {value!r} is not one of {', '.join(allowed)}")


def read_record(kind: type[Record], given: Record | Mapping[str, Any]) -> Record:
    """A record from a mapping or a record, with every list frozen to a tuple."""
    if dataclasses.is_dataclass(given) and not isinstance(given, kind):
        raise MarketError(f"expected a {kind.__name__}, not {type(given).__name__}")
    fields = {f.name for f in dataclasses.fields(kind)}
    if isinstance(given, Mapping):
        unknown = sorted(set(given) - fields)
        if unknown:
            raise MarketError(f"{kind.__name__}: unknown field {unknown[0]!r}")
        values = dict(given)
    elif isinstance(given, kind):
        values = {name: getattr(given, name) for name in fields}
    else:
        raise MarketError(f"{kind.__name__}: {given!r} is not an object")
    try:
        values = {name: _frozen(value) for name, value in values.items()}
        _check_lists(kind, values)
        return kind(**values)
    except TypeError as wrong:
        raise MarketError(f"{kind.__name__}: {wrong}") from None


def _is_list(annotation: str) -> bool:
    return annotation.startswith("tuple") or annotation == "Spans"


def _check_lists(kind: type[Any], values: Mapping[str, Any]) -> None:
    """Every list is a list, and every list of names holds texts."""
    for field in dataclasses.fields(kind):
        if field.name not in values or not _is_list(str(field.type)):
            continue
        value = values[field.name]
        if value is None and "None" in str(field.type):
            continue
        named = f"{kind.__name__} {values.get('id', '')}: {field.name}".replace(" :", ":")
        if not isinstance(value, tuple):
            raise MarketError(f"{named} {value!r} is not a list")
        if "str" in str(field.type) and not all(isinstance(item, str) for item in value):
            raise MarketError(f"{named} holds something that is not a text")


def _frozen(value: Any) -> Any:
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return tuple(_frozen(item) for item in items)
    return value


def record_dict(record: Candidate | Placement | Policy) -> dict[str, Any]:
    """The record as plain lists, numbers and texts, ready for JSON."""
    return {f.name: _plain(getattr(record, f.name)) for f in dataclasses.fields(record)}


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
