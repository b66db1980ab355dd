"""What a person could take today, what would open more, and whether a pair is still right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from matching import Market, reach, reach_table, recheck_pairs
from placements import clock
from placements.domain.openers import list_changes, more_places, start_later
from placements.domain.refusal_words import FOR_THE_PERSON
from placements.models.candidates import Application
from placements.models.placements import Placement
from placements.services.ready_people import ReadyPeople, read_ready
from placements.services.snapshots import describe_person, describe_place, is_live_in, list_live
from placements.services.travel import find_straight_line, find_travel

Facts = dict[str, Any]
Bools = npt.NDArray[np.bool_]
MOST_OPENERS = 3
ORDINARY_DAYS = [[weekday, 540, 1020] for weekday in range(5)]


@dataclass(frozen=True)
class Reach:
    """One live placement and a person: the journey, and what stands in the way, or None."""

    placement: Placement
    minutes_there: int | None
    minutes_back: int | None
    mode: str | None
    is_estimate: bool
    obstacle: str | None
    words: str

    @property
    def longer_minutes(self) -> int | None:
        """The longer of the two journeys."""
        if self.minutes_there is None or self.minutes_back is None:
            return None
        return max(self.minutes_there, self.minutes_back)


@dataclass(frozen=True)
class Checked:
    """A pair checked by today's facts: the longer journey, and the rule it breaks, or None."""

    minutes: int
    is_estimate: bool
    rule: str | None


def list_reach(application: Application) -> list[Reach]:
    """List the live placements of the person's region: those they could take first, near first.

    Free places count as of now; the person's facts as they stand, ready or not. Journeys are
    estimates at the region's speeds; the timetable is asked when one pair is looked at.
    """
    live = {placement.reference: placement for placement in list_live(application.region_id)}
    person = describe_today(application, clock.today())
    travel = find_straight_line(application.region_id)
    market = _market([person], [describe_place(p) for p in live.values()], travel)
    found = [_line(live[one.placement], one) for one in reach(market, person["id"])]
    return sorted(found, key=_near_first)


def find_reach(application: Application, placement: Placement) -> Reach:
    """Return one person's reach of one placement as of now, live or not."""
    person = describe_today(application, clock.today())
    travel = find_travel(application.region_id)
    market = Market([person], [describe_place(placement)], travel=travel)
    return _line(placement, reach(market, person["id"])[0])


def find_live_reach(application: Application, placement: Placement) -> Reach | None:
    """Return as `find_reach` does for a placement with a free place, None for any other."""
    is_live = is_live_in(placement, application.region_id)
    return find_reach(application, placement) if is_live else None


def list_openers(application: Application) -> list[str]:
    """Say in up to three sentences what would open most free places, the most first.

    Each is reach worked out again with that one fact changed and nothing else.
    """
    person = describe_today(application, clock.today())
    places = [describe_place(placement) for placement in list_live(application.region_id)]
    later = [start_later(place) for place in places]
    changes = list_changes(person, places)
    travel = find_straight_line(application.region_id)
    n_now, *n_then = _count_seats([person, *(c.person for c in changes)], places, travel)
    n_later = _count_seats([person], later, travel)[0]
    gains = [
        ((n_later if change.starts_later else n) - n_now, change.words)
        for n, change in zip(n_then, changes, strict=True)
    ]
    best = sorted((gain for gain in gains if gain[0] > 0), key=lambda g: -g[0])[:MOST_OPENERS]
    return [f"{words}, {more_places(n)}." for n, words in best]


def count_reaching(placement: Placement) -> int:
    """Count the ready people of the region, without a place yet, who could take this placement."""
    return _count_reaching(placement.employer.region_id, [placement])[placement.id]


def count_reaching_each(region_id: int) -> dict[int, int]:
    """Count them for each live placement of the region, by its id."""
    return _count_reaching(region_id, list_live(region_id))


def _count_reaching(region_id: int, placements: Sequence[Placement]) -> dict[int, int]:
    people = read_ready(region_id, clock.today())
    table = _reach_of_all(people, [_as_if_open(one) for one in placements], region_id)
    return {one.id: int(n) for one, n in zip(placements, table.sum(axis=0), strict=True)}


def count_by_hours(placements: Sequence[Placement]) -> dict[int, tuple[int, int]]:
    """Count, by placement, the ready people who could travel for its hours, and for 9 to 5.

    When they are free is left aside, so that only the journey makes the difference.
    """
    people = read_ready(placements[0].employer.region_id, clock.today())
    own = [_as_if_open(one) for one in placements]
    by_day = [{**one, "id": f"{one['id']} by day", "shifts": _at_day(one)} for one in own]
    always = [[[weekday, 0, 2880] for weekday in range(7)]] * len(people)
    region_id = placements[0].employer.region_id
    table = _reach_of_all(people, [*own, *by_day], region_id, availability=always).sum(axis=0)
    pairs = zip(placements, table[: len(own)], table[len(own) :], strict=True)
    return {one.id: (int(now), int(then)) for one, now, then in pairs}


def _at_day(place: Facts) -> list[list[int]]:
    days = {weekday for weekday, _, _ in place["shifts"]}
    return [[weekday, 540, 1020] for weekday in sorted(days)]


def find_who_reaches(
    placements: Sequence[Placement], people: Sequence[Application]
) -> dict[int, list[Application]]:
    """Return, by placement, which of these people could take it as of now; ready or not."""
    if not placements or not people:
        return {placement.id: [] for placement in placements}
    today = clock.today()
    persons = [describe_today(application, today) for application in people]
    travel = find_straight_line(people[0].region_id)
    market = _market(persons, [describe_place(p) for p in placements], travel)
    references = [one.reference for one in people], [one.reference for one in placements]
    table = _who_takes_what(market, *references)
    return {
        placement.id: [people[row] for row in np.flatnonzero(table[:, col])]
        for col, placement in enumerate(placements)
    }


def find_who_comes_to(
    region_id: int, people: ReadyPeople, points: Mapping[str, tuple[float, float]]
) -> dict[str, Bools]:
    """Say, by name of a point, of each of these people if they could come for an ordinary day."""
    places = [
        {"id": name, "lat": lat, "lon": lon, "capacity": 1, "shifts": ORDINARY_DAYS}
        for name, (lat, lon) in points.items()
    ]
    table = _reach_of_all(people, places, region_id, never_sectors=[[]] * len(people))
    return {name: table[:, at] for at, name in enumerate(points)}


def _reach_of_all(
    people: ReadyPeople, places: Sequence[Facts], region_id: int, **instead: list
) -> Bools:
    """Say who of these people could take which place, in the orders given: bool[N, M]."""
    if not len(people) or not places:
        return np.zeros((len(people), len(places)), dtype=bool)
    travel = find_straight_line(region_id)
    market = Market.from_columns({**people.columns, **instead}, _in_columns(places), travel=travel)
    return _who_takes_what(market, people.columns["id"], [place["id"] for place in places])


def _market(people: Sequence[Facts], places: Sequence[Facts], travel: Any) -> Market:
    """Hold described people and places as a market, read a fact at a time."""
    if not people or not places:
        return Market(people, places, travel=travel)
    return Market.from_columns(_in_columns(people), _in_columns(places), travel=travel)


def _in_columns(records: Sequence[Facts]) -> dict[str, list[Any]]:
    return {name: [one.get(name) for one in records] for name in records[0]}


def _who_takes_what(market: Market, people: Sequence[str], places: Sequence[str]) -> Bools:
    """Say of each of these people, by reference, and each place if it could be theirs."""
    rows, cols = [market.row_of[one] for one in people], [market.col_of[one] for one in places]
    return (reach_table(market) == 0)[np.ix_(rows, cols)]


def recheck(pairs: Sequence[tuple[Application, Placement]], policy: Facts) -> list[Checked]:
    """Check pairs by today's facts with the verifier's code, in order (I-07, I-09).

    Whether a place is left is not asked here: the counter decides that when it is taken.
    """
    today = clock.today()
    people = {a.reference: {**describe_today(a, today), "choices": []} for a, _ in pairs}
    places = {p.reference: _as_if_open(p) for _, p in pairs}
    rules = {name: policy[name] for name in ("travel", "forbidden") if name in policy}
    travel = find_travel(pairs[0][0].region_id) if pairs else None
    market = Market(people.values(), places.values(), rules, travel=travel)
    checked = recheck_pairs(market, [(a.reference, p.reference) for a, p in pairs])
    return [Checked(max(pair.there, pair.back), pair.estimate, pair.rule) for pair in checked]


def find_obstacle(application: Application, placement: Placement) -> str | None:
    """Say to the person which fact now rules out this pair, or None if nothing does (I-09)."""
    rule = recheck([(application, placement)], {})[0].rule
    return FOR_THE_PERSON[rule] if rule else None


def describe_today(application: Application, today: date) -> Facts:
    """Describe a person as the engine reads them, who cannot start before today."""
    facts = describe_person(application)
    begins = facts["start_from"]
    facts["start_from"] = max(begins or "", today.isoformat())
    return facts


def _as_if_open(placement: Placement) -> Facts:
    facts = describe_place(placement)
    return {**facts, "capacity": max(facts["capacity"], 1)}


def _line(placement: Placement, one: Any) -> Reach:
    known = one.minutes_there >= 0
    return Reach(
        placement=placement,
        minutes_there=one.minutes_there if known else None,
        minutes_back=one.minutes_back if known else None,
        mode=one.mode,
        is_estimate=one.estimate,
        obstacle=one.rule.lower() if one.rule else None,
        words=one.words,
    )


def _near_first(one: Reach) -> tuple[bool, bool, int, str, int]:
    longer = one.longer_minutes
    title = one.placement.title or ""
    return (one.obstacle is not None, longer is None, longer or 0, title, one.placement.id)


def _count_seats(people: Sequence[Facts], places: Sequence[Facts], travel: Any) -> list[int]:
    """Count the free places that each described person could take, in the order given."""
    numbered = [{**person, "id": str(n)} for n, person in enumerate(people)]
    market = _market(numbered, places, travel)
    seats = np.where(reach_table(market) == 0, market.capacities, 0).sum(axis=1)
    return [int(seats[market.row_of[one["id"]]]) for one in numbered]
