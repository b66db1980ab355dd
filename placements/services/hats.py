"""Every role an account holds: one person may act for an employer, a provider and themselves."""

from dataclasses import dataclass

from sqlalchemy import select

from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.accounts import AuthorityMember
from placements.models.candidates import Candidate, Provider, ProviderMember
from placements.models.employers import Employer, EmployerMember
from placements.models.regions import Region


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
    """List the roles an account holds, staff first; empty for an account with none."""
    return [
        *_of_the_authority(account_id),
        *_of_employers(account_id),
        *_of_providers(account_id),
        *_of_the_person(account_id),
    ]


def _of_the_authority(account_id: int) -> list[Hat]:
    rows = select(AuthorityMember, Region).join(Region, AuthorityMember.region_id == Region.id)
    rows = rows.where(AuthorityMember.account_id == account_id).order_by(Region.name)
    return [
        Hat(Actor(Role(member.power), account_id, region_id=region.id), f"{region.name} authority")
        for member, region in db.session.execute(rows)
    ]


def _of_employers(account_id: int) -> list[Hat]:
    rows = select(Employer).join(EmployerMember, EmployerMember.employer_id == Employer.id)
    rows = rows.where(EmployerMember.account_id == account_id).order_by(Employer.name)
    return [
        Hat(Actor(Role.EMPLOYER, account_id, e.id, region_id=e.region_id), e.name)
        for e in db.session.scalars(rows)
    ]


def _of_providers(account_id: int) -> list[Hat]:
    rows = select(Provider).join(ProviderMember, ProviderMember.provider_id == Provider.id)
    rows = rows.where(ProviderMember.account_id == account_id).order_by(Provider.name)
    return [
        Hat(Actor(Role.PROVIDER, account_id, p.id, region_id=p.region_id), p.name)
        for p in db.session.scalars(rows)
    ]


def _of_the_person(account_id: int) -> list[Hat]:
    rows = select(Candidate).where(Candidate.account_id == account_id).order_by(Candidate.id)
    return [
        Hat(
            Actor(Role.YOUNG_PERSON, account_id, candidate_id=c.id),
            c.preferred_name or c.name or "You",
        )
        for c in db.session.scalars(rows)
    ]
