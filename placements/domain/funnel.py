"""A number of the funnel: from a pledge to a sustained destination."""

from dataclasses import dataclass

REACHED_STAGES = ("matched", "accepted", "started", "completed")
JUDGED_STAGES = ("destination", "sustained")
KEYS = ("round", "provider", "employer", "sector", "district", "group")
KEYS_WITH_PLACES = ("employer", "sector")
NO_GROUP = "none"


@dataclass(frozen=True)
class Stage:
    """One number of the funnel: what it counts, the ids behind it, and who is not known.

    `unknown_ids` are those whose time has come and whom nobody has told of; `early_ids` those
    whose time has not come. `base` is how many started and are not early.
    """

    name: str
    counts: str
    n: int
    ids: tuple[int, ...]
    unknown_ids: tuple[int, ...] = ()
    early_ids: tuple[int, ...] = ()
    base: int | None = None

    @property
    def n_known(self) -> int | None:
        """How many of those who started are known, one way or the other."""
        return None if self.base is None else self.base - len(self.unknown_ids)

    @property
    def of_started(self) -> float | None:
        """The percentage of everybody who started and whose time has come."""
        return _percent(self.n, self.base)

    @property
    def of_known(self) -> float | None:
        """The percentage of everybody known."""
        return _percent(self.n, self.n_known)

    @property
    def unknown_rate(self) -> float | None:
        """The percentage of everybody who started that is not known."""
        return _percent(len(self.unknown_ids), self.base)


def _percent(n: int, of: int | None) -> float | None:
    return round(100 * n / of, 1) if of else None


@dataclass(frozen=True)
class Part:
    """The funnel of one round, provider, employer, sector, district or group."""

    key: str
    value: int | str | None
    name: str
    stages: list[Stage]
