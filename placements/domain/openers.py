"""One fact of a person or of the places changed at a time: what might open more to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Facts = dict[str, Any]
MORE_MINUTES, HALF_AN_HOUR = 15, 30
MOST_MINUTES, END_OF_SPAN = 180, 2880
BY = {"walk": "on foot", "cycle": "by bike", "bus": "by bus", "train": "by train", "car": "by car"}


@dataclass(frozen=True)
class Change:
    """What is supposed, in words that go on with "… n more places open.", and the facts then."""

    words: str
    person: Facts
    starts_later: bool = False


def list_changes(person: Facts, places: Sequence[Facts]) -> list[Change]:
    """List the changes worth asking about, each with the person's facts as they would be."""
    longer = person["max_minutes"] + MORE_MINUTES
    changes = [Change("If you could start half an hour later", person, starts_later=True)]
    if longer <= MOST_MINUTES:
        words = f"If you could travel for {longer} minutes each way"
        changes.append(Change(words, {**person, "max_minutes": longer}))
    if person["availability"]:
        early = [[d, max(start - HALF_AN_HOUR, 0), end] for d, start, end in _free(person)]
        late = [[d, start, min(end + HALF_AN_HOUR, END_OF_SPAN)] for d, start, end in _free(person)]
        changes.append(
            Change("If you could start half an hour earlier", {**person, "availability": early})
        )
        changes.append(
            Change("If you could finish half an hour later", {**person, "availability": late})
        )
    for mode in (m for m in BY if m not in person["modes"]):
        modes = [*person["modes"], mode]
        changes.append(Change(f"If you could also go {BY[mode]}", {**person, "modes": modes}))
    asked = {need for place in places for need in place["needs"]}
    for need in sorted(asked - set(person["has"])):
        has = [*person["has"], need]
        changes.append(Change(f"If you had {_thing(need)}", {**person, "has": has}))
    return changes


def start_later(place: Facts) -> Facts:
    """Return the place as it would be if each of its shifts started half an hour later."""
    moved = [[day, min(start + HALF_AN_HOUR, end - 1), end] for day, start, end in place["shifts"]]
    return {**place, "shifts": moved}


def more_places(n: int) -> str:
    """Say how many more places open."""
    return "1 more place opens" if n == 1 else f"{n} more places open"


def _free(person: Facts) -> list[list[int]]:
    return [list(span) for span in person["availability"]]


def _thing(need: str) -> str:
    words = need.replace("_", " ").replace("dbs", "DBS check")
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"
