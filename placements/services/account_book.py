"""Accounts by their addresses: found, or added; an address never moves from one to another.

Whoever registers a person must not thereby give somebody else's address a way into an account
that exists already, so an account that is found is left as it is.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from placements.domain.addresses import normal_email, normal_mobile
from placements.domain.errors import Invalid
from placements.extensions import db
from placements.models.accounts import Account
from placements.models.candidates import Candidate


class Contact(NamedTuple):
    """How somebody can be reached, in the form that is stored."""

    email: str | None
    mobile: str | None
    name: str | None


def ensure_account(email: str | None, mobile: str | None, name: str | None) -> Account:
    """Find the account of an email address, else of a mobile number, or add one; part of an act.

    A new account takes the mobile number too, if no other has it. Two siblings may share an
    address: they share the account, and each stays a person of their own.
    """
    contact = Contact(normal_email(email), normal_mobile(mobile), name)
    if email and contact.email is None:
        raise Invalid("email", "Write an email address, like name@mail.example.")
    if mobile and contact.mobile is None:
        raise Invalid("mobile", "Write a mobile number, like 07700 900123.")
    if contact.email is None and contact.mobile is None:
        raise Invalid("email", "Write an email address or a mobile number.")
    return _ensure_all([contact])[0]


def give_accounts(people: Sequence[Candidate]) -> None:
    """Give each person without an account theirs, looking all up at once; part of an act."""
    without = [person for person in people if person.account_id is None]
    contacts = [Contact(normal_email(p.email), normal_mobile(p.mobile), p.name) for p in without]
    reachable = [pair for pair in zip(without, contacts, strict=True) if any(pair[1][:2])]
    accounts = _ensure_all([contact for _, contact in reachable])
    for (person, _), account in zip(reachable, accounts, strict=True):
        person.account_id = account.id


def find_by_address(address: str) -> Account | None:
    """Return the account that is reached at a normal email address or mobile number."""
    wanted = or_(Account.email == address, Account.mobile == address)
    return db.session.scalar(select(Account).where(wanted))


def _ensure_all(contacts: Sequence[Contact]) -> list[Account]:
    try:
        with db.session.begin_nested():
            return _find_or_add(contacts)
    except IntegrityError:
        # Another writer added the same address a moment ago, so now it is found.
        return _find_or_add(contacts)


def _find_or_add(contacts: Sequence[Contact]) -> list[Account]:
    emails = {contact.email for contact in contacts} - {None}
    mobiles = {contact.mobile for contact in contacts} - {None}
    wanted = or_(Account.email.in_(emails), Account.mobile.in_(mobiles))
    known: dict[str, Account] = {}
    for account in db.session.scalars(select(Account).where(wanted)):
        known |= {key: account for key in (account.email, account.mobile) if key}
    found = [_find_or_describe(contact, known) for contact in contacts]
    db.session.add_all(found)
    db.session.flush()
    return found


def _find_or_describe(contact: Contact, known: dict[str, Account]) -> Account:
    account = known.get(contact.email or contact.mobile or "")
    if account is not None:
        return account
    is_free = contact.mobile is not None and contact.mobile not in known
    account = Account(name=contact.name, email=contact.email)
    account.mobile = contact.mobile if is_free else None
    known |= {key: account for key in (account.email, account.mobile) if key}
    return account
