"""One seeded source of choices, contacts and places; every draw of a region comes from it."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from placements.domain.invented import words
from placements.domain.invented.records import Contact, Home
from placements.domain.postcodes import Gazetteer, outward_code
from placements.domain.region import Region

T = TypeVar("T")
Homes = tuple[list[Home], list[Home]]
N_SAFE_MOBILES = 1000
_sorted_homes: WeakKeyDictionary[Gazetteer, dict[str, Homes]] = WeakKeyDictionary()


class Draw:
    """Draws by the seed alone: the same seed, region and sizes give the same region."""

    def __init__(
        self, seed: int, region: Region, gazetteer: Gazetteer, canaries: bool, *, past: bool = False
    ) -> None:
        """Sort the real postcodes by whether they are in the region or in its travel area.

        A draw of the past has keys of its own, and leaves the numbers kept for drama alone.
        """
        self.rng = np.random.default_rng([seed, 1] if past else seed)
        self.region = region
        self.past = past
        self._canaries = canaries
        self._mobiles = iter(range(0 if past else N_SAFE_MOBILES))
        self._inside, self._nearby = _homes(region, gazetteer)

    def key(self, prefix: str, at: int, width: int) -> str:
        """Give the key of the record at a position, counted from 0."""
        return f"{'H' if self.past else ''}{prefix}-{at + 1:0{width}d}"

    def one(self, options: Sequence[T]) -> T:
        """Draw one of some options, each as likely."""
        return options[int(self.rng.integers(len(options)))]

    def weighted(self, options: Sequence[tuple[float, T]]) -> T:
        """Draw one of (chance, option); chances need not add up to 1."""
        chances = np.array([chance for chance, _ in options])
        return options[int(self.rng.choice(len(options), p=chances / chances.sum()))][1]

    def chance(self, share: float) -> bool:
        """True in a share of draws."""
        return bool(self.rng.random() < share)

    def between(self, low: int, high: int) -> int:
        """Draw a whole number from low to high, both possible."""
        return int(self.rng.integers(low, high + 1))

    def day(self, start: date, low: int, high: int) -> date:
        """Draw a day between low and high days after a start."""
        return start + timedelta(days=self.between(low, high))

    def monday(self, start: date, low: int, high: int) -> date:
        """Draw a Monday in the week of a day between low and high days after a start."""
        day = self.day(start, low, high)
        return day - timedelta(days=day.weekday())

    def home(self, nearby_share: float = 0.0) -> Home:
        """Draw a real postcode, denser places more often; a share from the travel area."""
        nearby = bool(self._nearby) and self.chance(nearby_share)
        return self.one(self._nearby if nearby else self._inside)

    def home_in(self, place: str) -> Home:
        """Draw a postcode in a district or outward code; anywhere if there is no such place."""
        found = [
            home for home in self._inside if place in (home.district, outward_code(home.postcode))
        ]
        return self.one(found or self._inside)

    def personal(self, field: str, key: str, text: str) -> str:
        """Give a personal text, or a unique marker in its place when canaries are asked for."""
        return f"CANARY-{key}-{field}" if self._canaries and text else text

    def email(self, key: str, name: str, host: str) -> str:
        """Give an address that can never be delivered, different for each key."""
        if self._canaries:
            return f"canary-{key.lower()}-email@{host}.example"
        number = key.rsplit("-", maxsplit=1)[-1].lstrip("0")
        number = f"h{number}" if self.past else number
        return f"{name.lower().replace(' ', '.')}.{number}@{host}.example"

    def mobile(self) -> str | None:
        """Give the next number kept for drama, once each; None when the thousand are given out."""
        number = next(self._mobiles, None)
        return None if number is None else f"07700 900{number:03d}"

    def person_name(self) -> str:
        """Draw a first and a last name."""
        return f"{self.one(words.FIRST_NAMES)} {self.one(words.LAST_NAMES)}"

    def contact(self, key: str, name: str, role: str, host: str) -> Contact:
        """Invent someone who acts for an organisation."""
        marked_name = self.personal("name", key, marked(name))
        return Contact(marked_name, role, self.email(key, name, host), self.mobile())


def marked(name: str) -> str:
    """Mark a name so that nobody takes it for a real one."""
    return f"{name} (invented)"


def _homes(region: Region, gazetteer: Gazetteer) -> Homes:
    """Return the homes inside the region and in its travel area, sorted once for a gazetteer."""
    known = _sorted_homes.setdefault(gazetteer, {})
    if region.code not in known:
        known[region.code] = _sort_homes(region, gazetteer)
    return known[region.code]


def _sort_homes(region: Region, gazetteer: Gazetteer) -> Homes:
    inside, nearby = [], []
    # Post office boxes share one point by the hundred; a point is taken once.
    for postcode, latitude, longitude in _one_a_point(gazetteer):
        district = region.district_of(postcode)
        if district:
            inside.append(Home(postcode, latitude, longitude, district))
        elif region.travel_area_of(postcode):
            nearby.append(Home(postcode, latitude, longitude, None))
    if not inside:
        raise ValueError(f"{region.code}: the gazetteer has no postcode in the region")
    return inside, nearby


def _one_a_point(gazetteer: Gazetteer) -> Iterator[tuple[str, float, float]]:
    seen = set()
    for postcode, latitude, longitude in sorted(gazetteer):
        if (latitude, longitude) not in seen:
            seen.add((latitude, longitude))
            yield postcode, latitude, longitude
