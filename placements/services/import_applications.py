"""One row of the applications file: the young person, and their entry to the region."""

from dataclasses import asdict
from pathlib import Path

from sqlalchemy import select

from placements import clock
from placements.domain.eligibility import Answer
from placements.domain.errors import Invalid
from placements.domain.import_rows import ApplicationRow
from placements.domain.permissions import Actor
from placements.domain.region import Region
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.candidates import Application, Provider
from placements.services import applications
from placements.services.applications import EntryFacts, Owner, PersonFacts
from placements.services.gazetteer import get_rules
from placements.services.import_rows import RowRefused, check_same, refuse_at

COLUMNS = {"availability": "mon", "choices": "choice_1", "never": "never_placements"}
RULE_COLUMNS = {
    "age": "date_of_birth",
    "home": "postcode",
    "right_to_work": "right_to_work",
    "consent": "consent",
    "guardian": "guardian_contact",
}


def keep_row(actor: Actor, folder: Path, row: ApplicationRow) -> bool:
    """Keep a row as an application, ready if every rule is met; False if it is here already."""
    rules = get_rules(folder)
    _check_codes(row, rules)
    owner = _find_owner(actor, row)
    entry = _entry(row, rules)
    known = db.session.scalar(select(Application).where(Application.reference == row.reference))
    if known is not None:
        _check_known(known, owner, entry)
        return False
    try:
        _add(actor, folder, row, owner, entry)
    except Invalid as refusal:
        raise refuse_at(COLUMNS, refusal) from refusal
    return True


def _add(actor: Actor, folder: Path, row: ApplicationRow, owner: Owner, entry: EntryFacts) -> None:
    candidate = applications.add_candidate(folder, _person(row))
    consented_at = clock.now() if row.consent else None
    acting = Actor(Role.PROVIDER, actor.account_id, owner.provider_id)
    application = applications.add_application(
        candidate, owner, row.reference, entry, acting, consented_at
    )
    for answer in applications.settle_new(application, folder, acting):
        if answer.answer is Answer.DOES_NOT or (answer.rule == "consent" and row.consent is False):
            raise RowRefused(RULE_COLUMNS[answer.rule], answer.fact)


def _check_known(known: Application, owner: Owner, entry: EntryFacts) -> None:
    if known.provider_id != owner.provider_id:
        raise RowRefused("reference", "This reference is in use. Begin yours with letters.")
    if known.state in ("draft", "submitted", "info_requested", "ready", "on_hold"):
        check_same(known, asdict(entry), COLUMNS)


def _check_codes(row: ApplicationRow, rules: Region) -> None:
    sectors = {sector.code for sector in rules.sectors}
    groups = {group.code for group in rules.priority_groups}
    for column, codes, known in (
        ("sectors", row.sectors, sectors),
        ("never_sectors", row.never_sectors, sectors),
        ("priority", row.priority, groups),
    ):
        unknown = [code for code in codes if code not in known]
        if unknown:
            raise RowRefused(column, f"Write only: {', '.join(sorted(known))}, with ; between.")


def _find_owner(actor: Actor, row: ApplicationRow) -> Owner:
    """Return the sender's own provider, or for staff the one named; no name is the person alone."""
    if actor.role is Role.PROVIDER:
        own = db.session.get_one(Provider, actor.organisation_id)
        if row.provider not in (None, own.name):
            raise RowRefused("provider", f"Leave this empty, or write {own.name}.")
        return Owner(own.region_id, own.id)
    region_id = actor.region_id or 0
    if row.provider is None:
        return Owner(region_id)
    named = (Provider.region_id == region_id, Provider.name == row.provider)
    provider = db.session.scalar(select(Provider).where(*named))
    if provider is None:
        provider = Provider(region_id=region_id, name=row.provider)
        db.session.add(provider)
        db.session.flush()
    return Owner(region_id, provider.id)


def _person(row: ApplicationRow) -> PersonFacts:
    return PersonFacts(
        name=row.name,
        date_of_birth=row.date_of_birth,
        postcode=row.postcode,
        preferred_name=row.preferred_name,
        email=row.email,
        mobile=row.mobile,
        guardian_contact=row.guardian_contact,
        has_ehcp=row.ehcp,
        access_needs=row.access_needs,
        right_to_work_checked=row.right_to_work,
    )


def _entry(row: ApplicationRow, rules: Region) -> EntryFacts:
    return EntryFacts(
        start_from=row.start_from,
        start_to=row.start_to,
        modes=row.modes or ["walk", "bus"],
        max_minutes=row.max_minutes or rules.default_max_minutes,
        availability=row.spans,
        needs_met=row.needs_met,
        priority=row.priority,
        sectors=row.sectors,
        choices=row.choices,
        never={
            "placements": row.never_placements,
            "employers": row.never_employers,
            "sectors": row.never_sectors,
        },
    )
