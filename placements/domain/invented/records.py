"""What is invented, as plain values; a key such as ``PL-0001`` joins one record to another."""

from dataclasses import dataclass
from datetime import date

Spans = tuple[tuple[int, int, int], ...]
"""(weekday 0-6, from, to) in minutes after midnight; a ``to`` over 1440 is the next day."""


@dataclass(frozen=True)
class Contact:
    """A person who acts for an organisation."""

    name: str
    role: str
    email: str
    mobile: str | None


@dataclass(frozen=True)
class Home:
    """A real postcode and where it is."""

    postcode: str
    latitude: float
    longitude: float
    district: str | None


@dataclass(frozen=True)
class Site:
    """A workplace people travel to."""

    key: str
    name: str
    place: Home
    access_notes: str
    step_free: bool


@dataclass(frozen=True)
class Employer:
    """An organisation that gives placements."""

    key: str
    name: str
    sector: str
    members: tuple[Contact, ...]
    sites: tuple[Site, ...]
    insurance_expires_on: date
    risk_assessed_on: date
    n_pledged: int
    """Places promised; at least those described."""


@dataclass(frozen=True)
class Placement:
    """One described opportunity at one site."""

    key: str
    employer_key: str
    site_key: str
    title: str
    sector: str
    summary: str
    start_from: date
    start_to: date
    duration_weeks: int
    shifts: Spans
    capacity_min: int
    capacity_likely: int
    capacity_max: int
    group_min: int | None
    min_age: int
    needs: tuple[str, ...]
    dbs_reason: str
    adjustments: str
    travel_support: str
    pay: str
    supervisor_name: str
    supervisor_role: str


@dataclass(frozen=True)
class Provider:
    """A training provider."""

    key: str
    name: str
    members: tuple[Contact, ...]
    place: Home


@dataclass(frozen=True)
class Person:
    """A young person and what their application says."""

    key: str
    provider_key: str | None
    name: str
    preferred_name: str
    date_of_birth: date
    email: str
    mobile: str | None
    home: Home
    guardian_contact: str
    has_ehcp: bool
    access_needs: str
    right_to_work_checked: bool
    consented: bool
    modes: tuple[str, ...]
    max_minutes: int
    availability: Spans
    start_from: date
    start_to: date
    sectors: tuple[str, ...]
    choices: tuple[str, ...]
    """Placement keys, best liked first."""
    never_placements: tuple[str, ...]
    never_employers: tuple[str, ...]
    """Employer keys."""
    never_sectors: tuple[str, ...]
    needs_met: tuple[str, ...]
    priority: tuple[str, ...]
