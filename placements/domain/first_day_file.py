"""A first day as a calendar file that a phone can take in; the same day again replaces itself."""

from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar, Event

MAKER = "-//Placements//First day//EN"


@dataclass(frozen=True)
class FirstDay:
    """What goes into the file; `uid` stays the same for ever and `sequence` only grows."""

    uid: str
    sequence: int
    title: str
    begins: datetime
    ends: datetime
    where: str
    notes: str
    written_at: datetime


def write_first_day(day: FirstDay) -> bytes:
    """Return the file (RFC 5545): one event, with times in London."""
    calendar, event = Calendar(), Event()
    calendar.add("prodid", MAKER)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event.add("uid", day.uid)
    event.add("sequence", day.sequence)
    event.add("dtstamp", day.written_at)
    event.add("dtstart", day.begins)
    event.add("dtend", day.ends)
    event.add("summary", day.title)
    event.add("location", day.where)
    if day.notes:
        event.add("description", day.notes)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())
