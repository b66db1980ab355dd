"""The authority's staff: operators, who run rounds, and approvers, who release them."""

from sqlalchemy import select

from placements import clock
from placements.domain.errors import Invalid, NotFound
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.accounts import Account, AuthorityMember
from placements.models.regions import Region
from placements.services.events import record_event
from placements.services.transactions import act


@act
def add_staff(region_code: str, email: str, name: str, power: Role) -> int:
    """Give a person one power in a region; the power they had there before ends."""
    if power not in (Role.OPERATOR, Role.APPROVER):
        raise Invalid("power", "Write operator or approver.")
    region = _get_region(region_code)
    address = _normal(email)
    account = db.session.scalar(select(Account).where(Account.email == address))
    if account is None:
        account = Account(email=address, name=name)
        db.session.add(account)
        db.session.flush()
    here = (AuthorityMember.account_id == account.id, AuthorityMember.region_id == region.id)
    member = db.session.scalar(select(AuthorityMember).where(*here))
    if member is None:
        member = AuthorityMember(account_id=account.id, region_id=region.id)
        db.session.add(member)
    member.power = power.value
    db.session.flush()
    record_event(SYSTEM, f"make_{power}", "account", account.id, ("", ""), clock.now())
    return account.id


def get_staff(region_code: str, email: str) -> Actor:
    """Return who acts when a command is run as `email`, or raise `NotFound`."""
    rows = (
        select(AuthorityMember)
        .join(Account, AuthorityMember.account_id == Account.id)
        .join(Region, AuthorityMember.region_id == Region.id)
        .where(Region.code == region_code, Account.email == _normal(email))
    )
    member = db.session.scalar(rows)
    if member is None:
        raise NotFound("Nobody on the authority's staff has that email address.")
    return Actor(Role(member.power), member.account_id, region_id=member.region_id)


def _get_region(code: str) -> Region:
    region = db.session.scalar(select(Region).where(Region.code == code))
    if region is None:
        raise NotFound(f"There is no region {code} in this database yet. Seed or create it first.")
    return region


def _normal(email: str) -> str:
    address = email.strip().lower()
    if address.count("@") != 1 or address.startswith("@") or address.endswith("@"):
        raise Invalid("email", "Write an email address, like name@authority.example.")
    return address
