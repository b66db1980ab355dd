"""A number of the funnel: from a pledge to a sustained destination."""

from dataclasses import dataclass

from placements.domain.what_works import BAND_KEYS

REACHED_STAGES = ("matched", "accepted", "started", "completed")
JUDGED_STAGES = ("destination", "sustained")
KEYS = ("round", "provider", "employer", "sector", "district", "group", "year", *BAND_KEYS)
KEYS_WITH_PLACES = ("employer", "sector")
NO_GROUP = "none"


@dataclass(frozen=True)
class Stage:
    """One number of the funnel: what it counts, the ids behind it, and who is not known.

    Of who started, `no_ids` are known not to be counted, `unknown_ids` those whose time has come
    and of whom nobody has told enough, and `early_ids` those whose time has not come.
    """

    name: str
    counts: str
    n: int
    ids: tuple[int, ...]
    no_ids: tuple[int, ...] = ()
    unknown_ids: tuple[int, ...] = ()
    early_ids: tuple[int, ...] = ()

    @property
    def base(self) -> int | None:
        """How many started and are not early; None where nothing is judged."""
        known = self.n_known
        return None if known is None else known + len(self.unknown_ids)

    @property
    def n_known(self) -> int | None:
        """How many of those who started are known, one way or the other."""
        return len(self.ids) + len(self.no_ids) if self.name in JUDGED_STAGES else None

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
    """The funnel of one part by a key of `KEYS`, as a round, a provider or a band of hours."""

    key: str
    value: int | str | None
    name: str
    stages: list[Stage]
