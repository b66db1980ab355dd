"""The engine's sentences for a person, read at age nine; one for each rule that can refuse."""

from __future__ import annotations

import datetime
from typing import Any

from matching.records import Candidate, Placement, Spans
from matching.sealing.given import BEYOND

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
BY = {"walk": "on foot", "cycle": "by bike", "bus": "by bus", "train": "by train", "car": "by car"}
REFUSED = {
    "AGE": "You need to be {fact} or over on the first day.",
    "NEEDS": "It needs: {fact}.",
    "HOURS": "Its hours are outside the times you gave.",
    "DATES": "It starts {fact}. That does not fit your dates.",
    "NEVER": "You asked us not to offer you this one.",
    "FULL": "It has no free place.",
    "FORBIDDEN": "Staff ruled this one out for you.",
    "UNRANKED": "It is not one of your choices.",
    "TRAVEL_UNKNOWN": "We could not work out the journey.",
    "TRAVEL_NO_SERVICE": "No way you can travel runs for all of its hours.",
    "TRAVEL_TOO_LONG": "The journey takes about {fact} minutes. Your limit is {limit}.",
}
REFUSED_MANY = {
    "AGE": "you are not old enough yet, or we do not know your age",
    "NEEDS": "they need something you have not told us you have",
    "HOURS": "their hours are outside the times you gave",
    "DATES": "they start on days that do not fit your dates",
    "NEVER": "you asked us not to offer you these",
    "FULL": "they have no free place",
    "FORBIDDEN": "staff ruled them out for you",
    "UNRANKED": "they are not among your choices",
    "TRAVEL_UNKNOWN": "we could not work out the journey",
    "TRAVEL_NO_SERVICE": "no way you can travel runs for all of their hours",
    "TRAVEL_TOO_LONG": "the journey is longer than your limit",
}
CHANGES = {
    "TRAVEL_TOO_LONG": "If you could travel {fact} minutes each way, you would have got {place}.",
    "NEEDS": "If you had what it needs ({fact}), you would have got {place}.",
    "HOURS": "If you were free {fact}, you would have got {place}.",
    "FINISH_LATER": "If you could finish half an hour later, you would have got {place}.",
    "START_EARLIER": "If you could start half an hour earlier, you would have got {place}.",
    "DATES": "If you could start on {fact}, you would have got {place}.",
    "MODE": "If you could also go {fact}, you would have got {place}.",
    "CHOICE": "If {place} had been one of your choices, you would have got it.",
    "ONE_MORE": "If {place} had one more place, it would have gone to you.",
    "LATER_START": "If {place} started half an hour later, it would have gone to you.",
}
UNTOLD = (
    "In this round places hang together: some employers take only so many people in all, or some "
    "places are kept for a group, or run only with enough people. What would have changed your "
    "answer can then be found only by working out the whole round again for each change. That was "
    "not done for everybody, so none is named here."
)
UNTOLD_IN_TIME = (
    "This round was worked out within a time limit, and places in it hang together. Working it out "
    "again could end elsewhere, so what would have changed your answer cannot be said for certain."
)
FARTHER = "The journey is longer than your limit of {limit} minutes."
GONE = "It is not in this round."
PINNED = "Staff kept this place for you."
FITS = "You can get there, and you meet everything it asks for."
NOTHING_RIGHT = "No placement in this round was right for you yet."
RULES = {
    "optimal": "We find places for as many people as we can, then follow this round's rules.",
    "stable": "The order set for this placement put them first.",
    "serial": "The lottery order decided who chose first.",
    "nearest": "The shortest journeys came first.",
}
FEWER = "giving it to you would have left fewer people with a place, or gone against the rules"
CONTENT = {
    "nearest": "shorter journeys came first",
    "serial": "people earlier in the lottery chose",
}
SAME = " Your answer would be the same."
WORSE = " You would not have a place then."
OTHER = " You would have another place then."
UNCLEAR = " It could then go either way."
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NOON, MIDNIGHT = 720, 1440


def change(rule: str, fact: Any) -> str:
    """What would have changed the answer; ``{place}`` stands for the name of the placement.

    Examples
    --------
    >>> change("MODE", "by bike")
    'If you could also go by bike, you would have got {place}.'
    """
    return CHANGES[rule].replace("{fact}", str(fact))


def supposed(rule: str, fact: Any, ending: str) -> str:
    """What is supposed, and that it would not give another place, for whoever asks.

    Examples
    --------
    >>> supposed("TRAVEL_TOO_LONG", 75, SAME)
    'Suppose you could travel 75 minutes each way. Your answer would be the same.'
    """
    first = CHANGES[rule].replace("{fact}", str(fact)).split(",")[0]
    return f"Suppose {first.removeprefix('If ')}.{ending}"


def refused(rule: str, fact: Any, limit: int) -> str:
    """Why one place cannot be, in one sentence.

    Examples
    --------
    >>> refused("TRAVEL_TOO_LONG", 75, 60)
    'The journey takes about 75 minutes. Your limit is 60.'
    """
    if rule == "TRAVEL_TOO_LONG" and fact >= BEYOND:
        return FARTHER.format(limit=limit)
    return REFUSED[rule].format(fact=fact, limit=limit)


def refused_many(rule: str, count: int) -> str:
    """How many placements one rule kept from a person.

    Examples
    --------
    >>> refused_many("FULL", 2)
    '2 placements: they have no free place.'
    """
    return f"{count} {'placement' if count == 1 else 'placements'}: {REFUSED_MANY[rule]}."


def places_taken(count: int) -> str:
    """Some placements were right, and other people have them."""
    were = "1 placement was" if count == 1 else f"{count} placements were"
    return f"{were} right for you. This time all their places went to other people."


def your_choice(choice: int) -> str:
    """Which choice a placement was."""
    return f"This is your {ORDINALS[choice - 1]} choice."


def taken(seats: int, mechanism: str, *, ahead: bool, only: bool) -> str:
    """Where the places of a placement went, and by which rule.

    Examples
    --------
    >>> taken(1, "serial", ahead=False, only=False)
    'It had 1 place and it went to someone else. The lottery order decided who chose first.'
    """
    one = seats == 1
    went = "place and it went to someone else" if one else "places and they went to other people"
    said = f"It had {seats} {went}."
    alone = f"{'they' if one else 'each of them'} could not take any other placement."
    if ahead and mechanism == "optimal":
        why = alone if only else f"{FEWER}."
        return f"{said} In its own order you came before someone there. But {why}"
    if only:
        return f"{said} {alone.capitalize()}"
    return f"{said} {RULES.get(mechanism, '')}".rstrip()


def kept_free(mechanism: str) -> str:
    """A place was left, and was not given."""
    return f"It kept a place free: {CONTENT.get(mechanism, FEWER)}."


def host_cap(cap: int) -> str:
    """The employer has all the people it can take."""
    people = "person" if cap == 1 else "people"
    return f"The employer can take {cap} {people} in all, and has {'one' if cap == 1 else 'them'}."


def too_few(least: int) -> str:
    """A placement that runs only with a group, and had too few people."""
    return f"It only runs with {least} people or more. Too few could go this time."


def refusal_fact(rule: str, person: Candidate, place: Placement, longer: int) -> Any:
    """The fact behind a refusal, as its sentence says it."""
    if rule == "AGE":
        return place.min_age
    if rule == "NEEDS":
        return needs(set(place.needs) - set(person.has))
    if rule == "TRAVEL_TOO_LONG":
        return longer
    if rule == "DATES":
        return dates(place.start_from, place.start_to)
    return None


def journey(minutes: int, mode: str | None, estimate: bool = True) -> str:
    """How long and how, and whether it is an estimate.

    Examples
    --------
    >>> journey(1, "walk", estimate=False)
    'The journey takes 1 minute on foot.'
    """
    unit = "minute" if minutes == 1 else "minutes"
    how = f"{minutes} {unit} {BY[mode or 'walk']}"
    if estimate:
        return f"The journey takes about {how} (an estimate)."
    return f"The journey takes {how}."


def dates(first: str | None, last: str | None) -> str:
    """From when to when a placement starts, as people read dates.

    Examples
    --------
    >>> dates("2026-07-06", "2026-07-20")
    'between 6 July 2026 and 20 July 2026'
    """
    if first and last:
        return f"between {day(first)} and {day(last)}"
    if first:
        return f"on {day(first)} or later"
    return f"on {day(last)} or before" if last else "on any day"


def day(iso: str) -> str:
    """One date in words."""
    found = datetime.date.fromisoformat(iso)
    return f"{found.day} {found:%B %Y}"


def needs(codes: set[str]) -> str:
    """What a placement needs, in words."""
    return ", ".join(sorted(codes)).replace("_", " ").replace("dbs", "DBS check")


def hours(shifts: Spans) -> str:
    """The hours of a week as people say them.

    Examples
    --------
    >>> hours(((0, 540, 1020), (1, 540, 1020), (2, 540, 1020), (5, 1320, 1560)))
    'Monday to Wednesday 9am to 5pm, Saturday 10pm to 2am'
    """
    days: dict[tuple[int, int], list[int]] = {}
    for weekday, start, end in sorted(set(shifts)):
        days.setdefault((start, end), []).append(weekday)
    return ", ".join(
        f"{_days(weekdays)} {clock(start)} to {clock(end)}"
        for (start, end), weekdays in sorted(days.items(), key=lambda item: item[1])
    )


def _days(weekdays: list[int]) -> str:
    names = [WEEKDAYS[day] for day in weekdays]
    in_a_row = weekdays == list(range(weekdays[0], weekdays[0] + len(weekdays)))
    if in_a_row and len(names) > 2:
        return f"{names[0]} to {names[-1]}"
    return " and ".join(", ".join(names).rsplit(", ", 1))


def clock(minute: int) -> str:
    """A time of day.

    Examples
    --------
    >>> [clock(minute) for minute in (540, 810, 720, 1440, 1560)]
    ['9am', '1:30pm', 'midday', 'midnight', '2am']
    """
    of_day = minute % MIDNIGHT
    if of_day in (0, NOON):
        return "midday" if of_day else "midnight"
    hour, past = of_day // 60 % 12 or 12, of_day % 60
    return f"{hour}{f':{past:02}' if past else ''}{'pm' if of_day > NOON else 'am'}"
