"""Every role an account holds: one person may act for an employer, a provider and themselves."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Integer, Select, cast, func, literal, null, select, union_all

from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.accounts import AuthorityMember
from placements.models.candidates import Candidate, Provider, ProviderMember
from placements.models.employers import Employer, EmployerMember
from placements.models.regions import Region

NONE = cast(null(), Integer)


@dataclass(frozen=True)
class Hat:
    """One role of an account, as the pages name it; `key` picks it again on the next request."""

    actor: Actor
    title: str

    @property
    def key(self) -> str:
        """Tell this hat from the account's others; it opens nothing by itself."""
        actor = self.actor
        owner = actor.organisation_id or actor.candidate_id or actor.region_id
        return f"{actor.role.value}:{owner}"


def list_hats(account_id: int) -> list[Hat]:
    """List the roles an account holds, staff first; empty for an account with none.

    Every page asks it, so it is one question of the database.
    """
    rows = union_all(
        _of_the_authority(account_id),
        _of_employers(account_id),
        _of_providers(account_id),
        _of_the_person(account_id),
    )
    return [
        Hat(Actor(Role(role), account_id, organisation, candidate, region), title)
        for _, _, role, organisation, candidate, region, title in db.session.execute(
            rows.order_by("floor", "in_order", "candidate_id", "organisation_id")
        )
    ]


def _of_the_authority(account_id: int) -> Select:
    title = Region.name + " authority"
    rows = _hats(0, AuthorityMember.power, NONE, NONE, Region.id, title, title)
    rows = rows.join(Region, AuthorityMember.region_id == Region.id)
    return rows.where(AuthorityMember.account_id == account_id)


def _of_employers(account_id: int) -> Select:
    role, name = literal(Role.EMPLOYER.value), Employer.name
    rows = _hats(1, role, Employer.id, NONE, Employer.region_id, name, name)
    rows = rows.join(EmployerMember, EmployerMember.employer_id == Employer.id)
    return rows.where(EmployerMember.account_id == account_id)


def _of_providers(account_id: int) -> Select:
    role, name = literal(Role.PROVIDER.value), Provider.name
    rows = _hats(2, role, Provider.id, NONE, Provider.region_id, name, name)
    rows = rows.join(ProviderMember, ProviderMember.provider_id == Provider.id)
    return rows.where(ProviderMember.account_id == account_id)


def _of_the_person(account_id: int) -> Select:
    role = literal(Role.YOUNG_PERSON.value)
    title = func.coalesce(Candidate.preferred_name, Candidate.name, "You")
    rows = _hats(3, role, NONE, Candidate.id, NONE, title, literal(""))
    return rows.where(Candidate.account_id == account_id)


def _hats(floor: int, *facts: ColumnElement) -> Select:
    role, organisation, candidate, region, title, in_order = facts
    return select(
        literal(floor).label("floor"),
        in_order.label("in_order"),
        role.label("role"),
        organisation.label("organisation_id"),
        candidate.label("candidate_id"),
        region.label("region_id"),
        title.label("title"),
    )
