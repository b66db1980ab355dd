"""What goes with work or learning that lasts: bands of what was known before, and honest words.

Two things that are seen together may both come of a third. So nothing here says that one brings
the other: it "goes with" it, and only where chance alone would hardly show as much.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, Protocol

BAND_KEYS = ("hours", "travel", "delay", "support")
WORKS_KEYS = ("sector", *BAND_KEYS)
TITLES = {
    "sector": "Kind of work",
    "hours": "Hours a week of the placement",
    "travel": "Minutes of the longer journey",
    "delay": "Days from the employer's pledge to an open placement",
    "support": "What the provider recorded during the placement",
}
NOT_KNOWN = "Not known"
NO_PLEDGE = "No pledge before"
ON_THEIR_OWN = "No provider"
BOUNDS: dict[str, Sequence[tuple[int, str]]] = {
    "hours": ((16, "Under 16"), (24, "16 to 23"), (30, "24 to 29"), (1000, "30 and over")),
    "travel": ((16, "Up to 15"), (31, "16 to 30"), (46, "31 to 45"), (10_000, "46 and over")),
    "delay": ((15, "Up to 14"), (31, "15 to 30"), (61, "31 to 60"), (100_000, "61 and over")),
    "support": ((1, "Nothing"), (3, "1 or 2 things"), (1000, "3 things or more")),
}
"""The bands of each key, in order: below which number, and how it is called."""
ORDER = {
    key: [*(words for _, words in bounds), NO_PLEDGE, ON_THEIR_OWN, NOT_KNOWN]
    for key, bounds in BOUNDS.items()
}
PERCENT, LOW, HIGH = (
    "sustained_percent_of_known",
    "sustained_percent_low",
    "sustained_percent_high",
)


def band(key: str, n: float | None) -> str:
    """Return the band of a number."""
    if n is None:
        return NOT_KNOWN
    return next(words for below, words in BOUNDS[key] if n < below)


def band_of_days(pledged_on: date | None, live_at: date | None) -> str:
    """Return the band of the days from a pledge to an open placement."""
    if live_at is None:
        return NOT_KNOWN
    return NO_PLEDGE if pledged_on is None else band("delay", (live_at - pledged_on).days)


def year_of(at: datetime | None) -> str:
    """Return the year of an offer, as a row is called."""
    return str(at.year) if at else NOT_KNOWN


class Rate(NamedTuple):
    """One row: of the people known, how many were in work or learning that lasted."""

    name: str
    started: int | None
    known: int | None
    sustained: int | None
    percent: float | None
    low: float | None
    high: float | None


def read_rate(
    name: str, counts: Mapping[str, int | None], percents: Mapping[str, float | None]
) -> Rate:
    """Return a published row as a rate; what is kept back stays kept back."""
    told = [counts.get(n) for n in ("started", "known_sustained", "sustained")]
    return Rate(name, *told, *[percents.get(n) for n in (PERCENT, LOW, HIGH)])


def say_what_goes_with(rates: Sequence[Rate]) -> str:
    """Say in one sentence which rows a higher rate goes with, or that none clearly does."""
    told = [rate for rate in rates if rate.low is not None and rate.high is not None]
    if len(told) < 2:
        return "Too few people are known to compare."
    most = max(told, key=lambda rate: (rate.low or 0, rate.name))
    least = min(told, key=lambda rate: (rate.high or 0, rate.name))
    if (most.low or 0) <= (least.high or 0):
        return "No clear difference: chance alone may show as much."
    return (
        f"A higher rate goes with “{most.name}” ({most.percent:.0f} in 100) than with "
        f"“{least.name}” ({least.percent:.0f} in 100). That does not say that one brings the other."
    )


class Works(NamedTuple):
    """One table of what goes with work or learning that lasts."""

    key: str
    title: str
    rates: list[Rate]
    words: str


class PublishedRow(Protocol):
    """A row as it is published."""

    name: str
    counts: dict[str, int | None]
    percents: dict[str, float | None]


class PublishedTable(Protocol):
    """A table as it is published."""

    by: str

    @property
    def rows(self) -> Sequence[PublishedRow]:
        """Its rows."""


def list_works(
    tables: Sequence[PublishedTable], names: Mapping[str, str] | None = None
) -> list[Works]:
    """Return what goes with it, of published tables alone: nothing here can tell of few people.

    `names` are those of the kinds of work by their codes, for whoever reads words.
    """
    found, named = {table.by: table.rows for table in tables}, names or {}
    works = []
    for key in WORKS_KEYS:
        rates = [
            read_rate(named.get(row.name, row.name), row.counts, row.percents)
            for row in found.get(key, ())
        ]
        works.append(Works(key, TITLES[key], rates, say_what_goes_with(rates)))
    return works


HEADER = ["what", "row", "started", "known", "sustained", "percent_of_known", "low", "high"]


def list_works_lines(works: Sequence[Works]) -> list[tuple[str | float | None, ...]]:
    """Return the tables as lines of a file; empty where a number is kept back."""
    return [(one.key, *rate) for one in works for rate in one.rates]
