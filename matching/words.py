"""The engine's sentences for a person, read at age nine; one for each rule that can refuse."""

from __future__ import annotations

import datetime
from typing import Any

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
    "NEEDS": "If you had what it needs ({fact}), you could take {place}.",
    "HOURS": "If you were free in its hours, you could take {place}.",
    "TRAVEL_TOO_LONG": "If you could travel for {fact} minutes each way, you could take {place}.",
    "ONE_MORE": "If {place} had one more place, it would have gone to you.",
}


def refused(rule: str, fact: Any, limit: int) -> str:
    """Why one place cannot be, in one sentence.

    Examples
    --------
    >>> refused("TRAVEL_TOO_LONG", 75, 60)
    'The journey takes about 75 minutes. Your limit is 60.'
    """
    return REFUSED[rule].format(fact=fact, limit=limit)


def journey(minutes: int, mode: str | None) -> str:
    """How long and how, said to be an estimate."""
    unit = "minute" if minutes == 1 else "minutes"
    return f"The journey takes about {minutes} {unit} {BY[mode or 'walk']} (an estimate)."


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
