"""An employer that comes by itself: kept as applied, with the first person who acts for it."""

import re
from dataclasses import dataclass

from sqlalchemy import func, select

from placements import clock
from placements.domain.errors import Invalid
from placements.extensions import db
from placements.models.employers import Employer, EmployerMember
from placements.models.regions import Region
from placements.services.account_book import ensure_account
from placements.services.employers import add_employer
from placements.services.sign_in_limits import count_attempt
from placements.services.transactions import act

COMPANY_NUMBER = re.compile(r"(?:\d{8}|[A-Z]{2}\d{6})")
HERE_ALREADY = "This organisation is here already. Ask somebody there to add you as a member."


@dataclass(frozen=True)
class Applicant:
    """Who comes, and for which organisation."""

    organisation: str
    sector: str
    name: str
    job_title: str
    email: str
    mobile: str | None = None
    company_number: str | None = None


@act
def join_as_employer(region_code: str, who: Applicant, source: str) -> int:
    """Keep an employer that applies; staff verify it before its placements are approved.

    Raises `Invalid` at the field that is wrong, and `TooFast` for many tries from one source.
    """
    at = clock.now()
    count_attempt(who.email.strip().lower(), source, at)
    region = db.session.scalar(select(Region).where(Region.code == region_code))
    if region is None:
        raise Invalid("", "This service has no region yet. Try again later.")
    same_name = func.lower(Employer.name) == who.organisation.strip().lower()
    known = select(Employer.id).where(Employer.region_id == region.id, same_name)
    if db.session.scalar(known) is not None:
        raise Invalid("organisation", HERE_ALREADY)
    number = _read_company_number(who.company_number)
    account = ensure_account(who.email, who.mobile, who.name)
    employer = add_employer(region.id, who.organisation, who.sector, at)
    employer.companies_house_number = number
    db.session.flush()
    member = EmployerMember(employer_id=employer.id, account_id=account.id)
    member.job_title = who.job_title
    db.session.add(member)
    return employer.id


def _read_company_number(typed: str | None) -> str | None:
    number = "".join((typed or "").split()).upper()
    if not number:
        return None
    number = number.zfill(8) if number.isdigit() else number
    if not COMPANY_NUMBER.fullmatch(number):
        raise Invalid("company_number", "Write 8 digits, or 2 letters and 6 digits, or nothing.")
    return number
