"""The rules of one round: its mechanism, what counts first, and what may not be."""

from __future__ import annotations

import dataclasses

from matching.errors import PolicyError

MECHANISMS = ("optimal", "stable", "serial", "nearest")
OBJECTIVES = ("priority", "choice", "travel", "lottery")
TRAVEL_MODELS = ("straight_line", "none")

Pair = tuple[str, str]
Weight = tuple[str, int]
Share = tuple[str, int, int]
Tier = tuple[Weight, ...]


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
