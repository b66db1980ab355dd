"""Records valid by default, brought to their state by the moves that real people make.

Call these inside an act. Every name is invented.
"""

import itertools
from datetime import UTC, date, datetime

from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import HELD_ASSIGNMENT_STATES, Kind, Role
from placements.extensions import db
from placements.models.accounts import Account
from placements.models.assignments import Assignment, Edge
from placements.models.candidates import Application, Candidate, Provider
from placements.models.employers import Employer, Site
from placements.models.placements import Placement
from placements.models.regions import Region
from placements.services import transitions
from placements.services.places import free_place, take_place

AT = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
ACTORS = {role: Actor(role) for role in Role}
numbers = itertools.count(1)


def keep(record):
    db.session.add(record)
    db.session.flush()
    return record


def walk(record, kind, first, *steps):
    """Begin `record` by `first`, then take each `(action, role)`."""
    transitions.begin(record, kind, first, SYSTEM, AT)
    for action, role in steps:
        transitions.move(record, kind, action, ACTORS[role], AT, reason="Invented reason")
    return record


def make_region(**facts):
    n = next(numbers)
    defaults = {"code": f"invented-{n}", "name": "Invented", "timezone": "Europe/London"}
    return keep(Region(**{**defaults, **facts}))


def make_account(**facts):
    n = next(numbers)
    return keep(Account(**{"name": f"Invented {n}", "email": f"person{n}@mail.example", **facts}))


def make_employer(region, **facts):
    defaults = {"name": f"Invented Foundry {next(numbers)}", "sector": "engineering"}
    employer = Employer(region_id=region.id, **{**defaults, **facts})
    return walk(employer, Kind.EMPLOYER, "apply", ("verify", Role.OPERATOR))


def make_site(employer, **facts):
    defaults = {
        "name": f"Works {next(numbers)}",
        "postcode": "B1 1AY",
        "latitude": 52.47592,
        "longitude": -1.90539,
        "district": "Birmingham",
        "insurance_expires_on": date(2027, 6, 1),
        "risk_assessed_on": date(2026, 3, 1),
    }
    return keep(Site(employer_id=employer.id, **{**defaults, **facts}))


def make_placement(site, places=3, **facts):
    """A live placement with `places` places: Monday to Friday, 9am to 4pm."""
    defaults = {
        "reference": f"P-{next(numbers):06}",
        "title": "Workshop assistant (invented)",
        "sector": "engineering",
        "summary": "Help the team, tidy the bench, learn one machine.",
        "start_from": date(2026, 7, 6),
        "start_to": date(2026, 7, 20),
        "duration_weeks": 4,
        "shifts": [[weekday, 540, 960] for weekday in range(5)],
        "capacity_min": places,
        "capacity_likely": places,
        "capacity_max": places,
        "capacity": places,
        "min_age": 16,
    }
    placement = Placement(employer_id=site.employer_id, site_id=site.id, **{**defaults, **facts})
    steps = ("submit", Role.EMPLOYER), ("approve", Role.OPERATOR)
    return walk(placement, Kind.PLACEMENT, "describe", *steps)


def make_provider(region, **facts):
    name = f"Invented Skills Centre {next(numbers)}"
    return keep(Provider(region_id=region.id, **{"name": name, **facts}))


def make_candidate(**facts):
    n = next(numbers)
    defaults = {
        "name": f"Invented Person {n}",
        "date_of_birth": date(2008, 1, 1),
        "email": f"young{n}@mail.example",
        "postcode": "B1 1BA",
        "latitude": 52.47542,
        "longitude": -1.90021,
        "district": "Birmingham",
        "right_to_work_checked": True,
    }
    return keep(Candidate(**{**defaults, **facts}))


def make_application(candidate, provider, **facts):
    """A ready application: any weekday, 8am to 6pm, on foot or by bus."""
    n = next(numbers)
    defaults = {
        "reference": f"A-{n:06}",
        "salt": f"{n:032x}",
        "modes": ["walk", "bus"],
        "availability": [[weekday, 480, 1080] for weekday in range(5)],
        "start_from": date(2026, 7, 1),
        "start_to": date(2026, 8, 31),
        "consented_at": AT,
    }
    application = Application(
        candidate_id=candidate.id,
        provider_id=provider.id,
        region_id=provider.region_id,
        **{**defaults, **facts},
    )
    steps = ("submit", Role.PROVIDER), ("accept", Role.PROVIDER)
    return walk(application, Kind.APPLICATION, "begin", *steps)


def make_assignment(application, placement, *steps, **facts):
    """An offer of `placement`, moved on by `steps`; its place is counted while it is held."""
    edge = Edge(application_id=application.id, placement_id=placement.id, checked_at=AT)
    edge.travel_minutes, edge.limit_minutes = 20, application.max_minutes
    keep(edge)
    assert take_place(placement, AT)
    assignment = Assignment(
        application_id=application.id,
        candidate_id=application.candidate_id,
        placement_id=placement.id,
        **{"offered_at": AT, **facts},
    )
    walk(assignment, Kind.ASSIGNMENT, "offer", *steps)
    if assignment.state not in HELD_ASSIGNMENT_STATES:
        free_place(placement, AT)
    return assignment
