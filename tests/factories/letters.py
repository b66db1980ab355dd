"""A small world whose people can all be reached, and the folder their messages land in.

Every name is invented; phones are numbers kept for stories.
"""

import email
import email.policy
import itertools
from datetime import UTC, datetime
from types import SimpleNamespace

from factories.records import (
    keep,
    make_account,
    make_application,
    make_candidate,
    make_employer,
    make_placement,
    make_provider,
    make_region,
    make_site,
)

from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.models.accounts import AuthorityMember
from placements.models.candidates import ProviderMember
from placements.models.employers import EmployerMember
from placements.services.transactions import act
from placements.settings import load_settings

BASE = "https://placements.invented.example"
mobiles = (f"+4477009{n:05}" for n in itertools.count(1))


def settings_with(folder=None, **more):
    """Settings of a service whose messages go to `folder`, or nowhere."""
    given = {"PLACEMENTS_ENV": "test", "PUBLIC_BASE_URL": BASE, **more}
    return load_settings({**given, **({"MAIL_SINK_DIR": str(folder)} if folder else {})})


def read_letters(folder):
    """Read every message of the folder, the earliest sent first, email before text."""
    policy = email.policy.default
    found = [
        email.message_from_bytes(path.read_bytes(), policy=policy) for path in folder.glob("*.eml")
    ]
    return sorted(found, key=lambda m: (m["Date"].datetime, m["X-Message-Key"]))


def kinds_of(letters):
    """Return what each message is and which way it went, sorted."""
    return sorted((m["X-Message-Key"].split(":")[0], m["X-Channel"]) for m in letters)


def link_of(letter):
    """Return the one link of a message."""
    lines = letter.get_content().split()
    return next(line for line in lines if line.startswith(BASE))


@act
def make_world(n_people=1, n_places=1):
    region = make_region()
    operator, approver = (make_account(name=f"Invented {power}") for power in ("op", "app"))
    for account, power in ((operator, "operator"), (approver, "approver")):
        keep(AuthorityMember(account_id=account.id, region_id=region.id, power=power))
    employer = make_employer(region, name=f"Invented Foundry {operator.id}")
    boss = make_account(name="Ada Invented")
    keep(EmployerMember(employer_id=employer.id, account_id=boss.id))
    provider = make_provider(region)
    worker = make_account(name="Bo Invented")
    keep(ProviderMember(provider_id=provider.id, account_id=worker.id))
    placement = make_placement(make_site(employer), n_places)
    people = []
    for _ in range(n_people):
        account = make_account(name="Kim Invented", mobile=next(mobiles))
        reached = {"account_id": account.id, "email": account.email, "mobile": account.mobile}
        candidate = make_candidate(**reached, date_of_birth=datetime(2006, 1, 1, tzinfo=UTC).date())
        make_application(candidate, provider, choices=[placement.reference])
        people.append(Actor(Role.YOUNG_PERSON, account.id, candidate_id=candidate.id))
    return SimpleNamespace(
        region_id=region.id,
        placement_id=placement.id,
        people=people,
        operator=Actor(Role.OPERATOR, operator.id, region_id=region.id),
        approver=Actor(Role.APPROVER, approver.id, region_id=region.id),
        employer=Actor(Role.EMPLOYER, boss.id, employer.id),
        provider=Actor(Role.PROVIDER, worker.id, provider.id),
    )
