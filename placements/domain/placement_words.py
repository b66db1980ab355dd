"""What a placement says, line by line in words, and which lines are new to who read it before."""

from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from placements.domain.needs import need_words
from placements.domain.plain_words import day_words, list_words, shift_words

NOTHING = "Nothing said"
DAYS = ("start_from", "start_to")
# What people chose a placement by: a change of one of these is checked again.
CHECKED = (
    *("title", "sector", "summary", "site_id", "start_from", "start_to", "duration_weeks"),
    *("shifts", "min_age", "needs", "dbs_reason"),
)
# The rest; who looks after them is not kept here, because it names somebody.
UNCHECKED = (
    *("capacity_min", "capacity_likely", "capacity_max", "group_min"),
    *("adjustments", "travel_support", "pay"),
)


@dataclass(frozen=True)
class Line:
    """One line of a description that changed: what it is called, how it read, how it reads."""

    name: str
    was: str
    new: str


def pack(placement: Any) -> dict[str, Any]:
    """Return what a placement says in a form that can be kept."""
    said = {name: getattr(placement, name) for name in (*CHECKED, *UNCHECKED)}
    for name in DAYS:
        said[name] = said[name].isoformat() if said[name] else None
    return {**said, "shifts": list(said["shifts"] or []), "needs": list(said["needs"] or [])}


def list_changes(packed: dict[str, Any], was_at: str, placement: Any, where: str) -> list[Line]:
    """List the lines that read differently now than what was packed; sites are given in words."""
    said = SimpleNamespace(**packed)
    for name in DAYS:
        value = getattr(said, name)
        setattr(said, name, date.fromisoformat(value) if value else None)
    was = dict(_list_lines(said, was_at))
    return [Line(n, was[n], new) for n, new in _list_lines(placement, where) if was[n] != new]


def _list_lines(p: Any, where: str) -> list[tuple[str, str]]:
    return [
        ("Title", p.title or NOTHING),
        ("Sector", p.sector.replace("_", " ").capitalize() if p.sector else NOTHING),
        ("What they do", p.summary or NOTHING),
        ("Where", where or NOTHING),
        ("First day", _window(p)),
        ("Weeks", str(p.duration_weeks or NOTHING)),
        ("Days and hours", "; ".join(shift_words(p.shifts or [])) or NOTHING),
        ("Youngest age", str(p.min_age or 16)),
        ("Must have", list_words([need_words(code) for code in p.needs or []]) or "Nothing"),
        ("Why a DBS check", p.dbs_reason or "No check"),
        ("Places", _places(p)),
        ("What can change for somebody", p.adjustments or NOTHING),
        ("Help with travel", p.travel_support or NOTHING),
        ("Pay or expenses", p.pay or NOTHING),
    ]


def _window(p: Any) -> str:
    if not p.start_from or not p.start_to:
        return NOTHING
    return f"{day_words(p.start_from)} to {day_words(p.start_to)}"


def _places(p: Any) -> str:
    if not p.capacity_likely:
        return NOTHING
    words = f"sure of {p.capacity_min or 0}, likely {p.capacity_likely}, most {p.capacity_max}"
    return f"{words}, at least {p.group_min} to run" if p.group_min else words
