"""People whose placements ended on one day, for returns; every name is invented."""

from datetime import date
from types import SimpleNamespace

from factories.records import (
    keep,
    make_account,
    make_application,
    make_assignment,
    make_candidate,
    make_employer,
    make_placement,
    make_provider,
    make_region,
    make_site,
)
from factories.steps import COMPLETED, STARTED

from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.models.accounts import AuthorityMember
from placements.services import outcomes
from placements.services.transactions import act

ENDED, SINCE = date(2026, 6, 30), date(2026, 7, 6)
YOUNG, OLD = {"date_of_birth": date(2009, 6, 1)}, {"date_of_birth": date(2007, 6, 1)}
PEOPLE = {
    "A-job": {},
    "A-hours": {},
    "A-app": {},
    "A-study": {},
    "A-found": {},
    "A-soon": {},
    "A-refused": {},
    "A-silent": {},
    "A-other": {},
    "A-nineteen": OLD,
    "A-carer": OLD | {"has_ehcp": True},
    "A-there": {},
    "A-no-birthday": {"date_of_birth": None},
}


@act
def make_world():
    region = make_region(code="west_midlands")
    site, provider = make_site(make_employer(region)), make_provider(region, name="Ash Centre")
    placement = make_placement(site, 20, reference="P-1")
    member = make_account(email="dawn@authority.example")
    keep(AuthorityMember(account_id=member.id, region_id=region.id, power="operator"))
    for reference, facts in PEOPLE.items():
        application = make_application(
            make_candidate(**(YOUNG | facts)), provider, reference=reference
        )
        is_there = reference == "A-there"
        dates = {"start_on": date(2026, 6, 1), "end_on": ENDED}
        steps = STARTED if is_there else COMPLETED
        assignment = make_assignment(application, placement, *steps, **dates)
        if not is_there:
            outcomes.add_end_checkpoints(assignment, ENDED)
    return SimpleNamespace(
        operator=Actor(Role.OPERATOR, member.id, region_id=region.id),
        provider=Actor(Role.PROVIDER, make_account().id, provider.id),
        other=Actor(Role.PROVIDER, make_account().id, make_provider(region).id),
        employer=Actor(Role.EMPLOYER, make_account().id, site.employer_id),
    )
