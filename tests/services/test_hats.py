"""Every role of an account, in one question: staff first, then by name, then themselves."""

import pytest
from factories.records import (
    make_account,
    make_candidate,
    make_employer,
    make_provider,
    make_region,
)

from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.accounts import AuthorityMember
from placements.models.candidates import ProviderMember
from placements.models.employers import EmployerMember
from placements.services.hats import list_hats
from placements.services.transactions import act


@act
def make_world():
    region = make_region(name="Invented Vale")
    somebody, nobody = make_account(), make_account()
    last = make_employer(region, name="Zinc Works (invented)")
    first = make_employer(region, name="Anvil Works (invented)")
    provider = make_provider(region, name="Ours (invented)")
    person = make_candidate(account_id=somebody.id, name="Ash Example", preferred_name=None)
    db.session.add(AuthorityMember(region_id=region.id, account_id=somebody.id, power="operator"))
    for employer in (last, first):
        db.session.add(EmployerMember(employer_id=employer.id, account_id=somebody.id))
    db.session.add(ProviderMember(provider_id=provider.id, account_id=somebody.id))
    made = (region, first, last, provider, person, somebody, nobody)
    return tuple(one.id for one in made)


@pytest.fixture
def ids(app):
    with app.app_context():
        yield make_world()


def test_all_roles_of_an_account_staff_first_then_by_name_then_themselves(ids):
    region, first, last, provider, person, somebody, _ = ids
    assert [(hat.title, hat.actor) for hat in list_hats(somebody)] == [
        ("Invented Vale authority", Actor(Role.OPERATOR, somebody, region_id=region)),
        ("Anvil Works (invented)", Actor(Role.EMPLOYER, somebody, first, region_id=region)),
        ("Zinc Works (invented)", Actor(Role.EMPLOYER, somebody, last, region_id=region)),
        ("Ours (invented)", Actor(Role.PROVIDER, somebody, provider, region_id=region)),
        ("Ash Example", Actor(Role.YOUNG_PERSON, somebody, candidate_id=person)),
    ]


def test_an_account_without_a_role_has_none(ids):
    assert list_hats(ids[-1]) == []
