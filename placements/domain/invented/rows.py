"""Invented records as rows of the files that employers and providers send in."""

from collections.abc import Sequence

from placements.domain.import_columns import (
    LIST_SEPARATOR,
    N_CHOICE_COLUMNS,
    WEEKDAY_COLUMNS,
)
from placements.domain.invented.records import Person, Placement, Spans
from placements.domain.invented.world import InventedRegion

Row = dict[str, str]


def placement_rows(invented: InventedRegion) -> list[Row]:
    """Write every placement as a row of the placements file."""
    employers = {employer.key: employer for employer in invented.employers}
    rows = []
    for placement in invented.placements:
        employer = employers[placement.employer_key]
        site = next(site for site in employer.sites if site.key == placement.site_key)
        rows.append(
            {
                "reference": placement.key,
                "employer": employer.name,
                "employer_email": employer.members[0].email,
                "site_name": site.name,
                "site_postcode": site.place.postcode,
                "insurance_expires": employer.insurance_expires_on.isoformat(),
                "risk_assessed": employer.risk_assessed_on.isoformat(),
            }
            | _described(placement)
        )
    return rows


def application_rows(invented: InventedRegion) -> list[Row]:
    """Write every young person as a row of the applications file."""
    providers = {provider.key: provider.name for provider in invented.providers}
    employers = {employer.key: employer.name for employer in invented.employers}
    return [
        _applied(person)
        | {
            "provider": providers.get(person.provider_key or "", ""),
            "never_employers": _list([employers[key] for key in person.never_employers]),
        }
        for person in invented.people
    ]


def _described(placement: Placement) -> Row:
    return _days(placement.shifts) | {
        "title": placement.title,
        "sector": placement.sector,
        "summary": placement.summary,
        "start_from": placement.start_from.isoformat(),
        "start_to": placement.start_to.isoformat(),
        "weeks": str(placement.duration_weeks),
        "sure_of": str(placement.capacity_min),
        "likely": str(placement.capacity_likely),
        "most": str(placement.capacity_max),
        "fewest_to_run": str(placement.group_min or ""),
        "min_age": str(placement.min_age),
        "needs": _list(placement.needs),
        "dbs_reason": placement.dbs_reason,
        "adjustments": placement.adjustments,
        "travel_support": placement.travel_support,
        "pay": placement.pay,
        "supervisor_name": placement.supervisor_name,
        "supervisor_role": placement.supervisor_role,
    }


def _applied(person: Person) -> Row:
    choices = dict(zip(_CHOICES, person.choices, strict=False))
    return (
        _days(person.availability)
        | dict.fromkeys(_CHOICES, "")
        | choices
        | {
            "reference": person.key,
            "name": person.name,
            "preferred_name": person.preferred_name,
            "date_of_birth": person.date_of_birth.isoformat(),
            "email": person.email,
            "mobile": person.mobile or "",
            "postcode": person.home.postcode,
            "guardian_contact": person.guardian_contact,
            "ehcp": _yes_no(person.has_ehcp),
            "access_needs": person.access_needs,
            "right_to_work": _yes_no(person.right_to_work_checked),
            "consent": _yes_no(person.consented),
            "modes": _list(person.modes),
            "max_minutes": str(person.max_minutes),
            "start_from": person.start_from.isoformat(),
            "start_to": person.start_to.isoformat(),
            "sectors": _list(person.sectors),
            "never_placements": _list(person.never_placements),
            "never_sectors": _list(person.never_sectors),
            "needs_met": _list(person.needs_met),
            "priority": _list(person.priority),
            "before": "",
        }
    )


_CHOICES = tuple(f"choice_{n}" for n in range(1, N_CHOICE_COLUMNS + 1))


def _days(spans: Spans) -> Row:
    row = dict.fromkeys(WEEKDAY_COLUMNS, "")
    for weekday, start, end in spans:
        span = f"{_clock(start)}-{_clock(end)}"
        name = WEEKDAY_COLUMNS[weekday]
        row[name] = LIST_SEPARATOR.join(filter(None, (row[name], span)))
    return row


def _clock(minutes: int) -> str:
    hour, minute = divmod(minutes % 1440, 60)
    return f"{hour:02d}:{minute:02d}"


def _list(values: Sequence[str]) -> str:
    return LIST_SEPARATOR.join(values)


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"


__all__ = ["Row", "application_rows", "placement_rows"]
