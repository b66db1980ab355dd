"""One row of the applications file: the young person, and their entry to the region."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import select

from placements import clock
from placements.domain.eligibility import Answer, is_accepted
from placements.domain.errors import Invalid, Refusal
from placements.domain.import_rows import ApplicationRow
from placements.domain.permissions import Actor
from placements.domain.postcodes import Point
from placements.domain.region import Region
from placements.domain.vocabulary import OPEN_APPLICATION_STATES, Kind, OutcomeKind, Role
from placements.extensions import db
from placements.models.candidates import Application, Candidate, Provider
from placements.services import applications, transitions
from placements.services.accounts import give_accounts
from placements.services.applications import EntryFacts, Owner, PersonFacts
from placements.services.baselines import keep_baselines, read_kinds
from placements.services.gazetteer import find_points, get_rules
from placements.services.import_rows import RowRefused, check_same, refuse_at
from placements.services.notices import tell_registered

COLUMNS = {"availability": "mon", "choices": "choice_1", "never": "never_placements"}
SAY_BEFORE = "They are here already, and this is not what is kept. Say it on their page."
RULE_COLUMNS = {
    "age": "date_of_birth",
    "home": "postcode",
    "right_to_work": "right_to_work",
    "consent": "consent",
    "guardian": "guardian_contact",
}


@dataclass
class _Here:
    """What the database already holds about the rows of one chunk, read at once."""

    region_id: int
    applications: dict[str, Application]
    people: dict[str, Candidate]
    registered: set[str]
    providers: dict[str, Provider]
    points: dict[str, Point | Invalid]
    before: dict[int, str]


def keep_rows(actor: Actor, folder: Path, rows: Sequence[ApplicationRow]) -> list[bool | Refusal]:
    """Keep rows as applications, ready where every rule is met; False for one here already.

    Every row is checked before any is written, so that a refused row leaves nothing of itself;
    its refusal is returned in its place.
    """
    here, new = _look_up(actor, folder, rows), []
    verdicts: list[bool | Refusal] = []
    for row in rows:
        try:
            application = _check_row(actor, folder, row, here)
        except Refusal as refused:
            verdicts.append(refused)
        else:
            verdicts.append(application is not None)
            new += [application] if application is not None else []
    before = {row.reference: OutcomeKind(row.before) for row in rows if row.before}
    _write(new, before, folder, Actor(Role.PROVIDER, actor.account_id))
    return verdicts


def _look_up(actor: Actor, folder: Path, rows: Sequence[ApplicationRow]) -> _Here:
    region_id = _region_of(actor)
    references = [row.reference for row in rows]
    keys = [_key(row) for row in rows]
    known = select(Application).where(Application.reference.in_(references))
    people = select(Candidate).where(Candidate.identity_key.in_(keys))
    registered = (
        select(Candidate.identity_key)
        .join(Application, Application.candidate_id == Candidate.id)
        .where(Candidate.identity_key.in_(keys), Application.region_id == region_id)
        .where(Application.state.in_(OPEN_APPLICATION_STATES))
    )
    providers = select(Provider).where(Provider.region_id == region_id)
    applications_here = {a.reference: a for a in db.session.scalars(known)}
    return _Here(
        region_id,
        applications_here,
        {c.identity_key: c for c in db.session.scalars(people)},
        set(db.session.scalars(registered)),
        {p.name: p for p in db.session.scalars(providers)},
        find_points(folder, (row.postcode for row in rows)),
        _read_before(rows, applications_here),
    )


def _read_before(rows: Sequence[ApplicationRow], known: dict[str, Application]) -> dict[int, str]:
    said = [known[row.reference].id for row in rows if row.before and row.reference in known]
    return read_kinds(said) if said else {}


def _region_of(actor: Actor) -> int:
    if actor.role is Role.PROVIDER:
        return db.session.get_one(Provider, actor.organisation_id).region_id
    return actor.region_id or 0


def _key(row: ApplicationRow) -> str:
    return applications.identity_key(row.name, row.date_of_birth, row.postcode)


def _check_row(actor: Actor, folder: Path, row: ApplicationRow, here: _Here) -> Application | None:
    """Return the new application, not yet kept, or None if it is here already, the same."""
    rules = get_rules(folder)
    _check_codes(row, rules)
    provider, entry = _find_provider(actor, row, here), _entry(row, rules)
    known = here.applications.get(row.reference)
    if known is not None:
        _check_known(known, provider, entry)
        if row.before not in (None, here.before.get(known.id)):
            raise RowRefused("before", SAY_BEFORE)
        return None
    try:
        application = _describe(row, entry, here)
    except Invalid as refusal:
        raise refuse_at(COLUMNS, refusal) from refusal
    _check_rules(application, folder, row)
    # Only now is it certain that the row stays, so nothing refused leaves a provider behind.
    application.provider = provider or _add_provider(row, here)
    here.people[_key(row)] = application.candidate
    here.registered.add(_key(row))
    return application


def _describe(row: ApplicationRow, entry: EntryFacts, here: _Here) -> Application:
    point, key = here.points[row.postcode], _key(row)
    if isinstance(point, Invalid):
        raise point
    if key in here.registered:
        raise applications.registered_already()
    candidate = here.people.get(key) or applications.describe_candidate(_person(row), point, key)
    consented_at = clock.now() if row.consent else None
    owner = Owner(here.region_id)
    return applications.describe_application(candidate, owner, row.reference, entry, consented_at)


def _check_rules(application: Application, folder: Path, row: ApplicationRow) -> None:
    for answer in applications.list_rule_answers(application, folder, clock.today()):
        said_no = answer.rule == "consent" and row.consent is False
        if answer.answer is Answer.DOES_NOT or said_no:
            raise RowRefused(RULE_COLUMNS[answer.rule], answer.fact)


def _write(
    new: list[Application], before: dict[str, OutcomeKind], folder: Path, actor: Actor
) -> None:
    at, today = clock.now(), clock.today()
    give_accounts([application.candidate for application in new])
    transitions.begin_all(new, Kind.APPLICATION, "begin", actor, at)
    transitions.move_all(new, Kind.APPLICATION, "submit", actor, at)
    tell_registered(new, actor)
    keep_baselines(actor, [(a, before[a.reference]) for a in new if a.reference in before])
    ready = [a for a in new if is_accepted(tuple(applications.list_rule_answers(a, folder, today)))]
    applications.make_ready(ready, actor)


def _check_known(known: Application, provider: Provider | None, entry: EntryFacts) -> None:
    if known.provider_id != (provider.id if provider else None):
        raise RowRefused("reference", "This reference is in use. Begin yours with letters.")
    if known.state in OPEN_APPLICATION_STATES:
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


def _find_provider(actor: Actor, row: ApplicationRow, here: _Here) -> Provider | None:
    """Return the sender's own provider, or for staff the one named, if it is here."""
    if actor.role is not Role.PROVIDER:
        return here.providers.get(row.provider or "")
    own = db.session.get_one(Provider, actor.organisation_id)
    if row.provider not in (None, own.name):
        raise RowRefused("provider", f"Leave this empty, or write {own.name}.")
    return own


def _add_provider(row: ApplicationRow, here: _Here) -> Provider | None:
    """Add the provider a new row names; no name means the person alone."""
    if row.provider is None:
        return None
    provider = Provider(region_id=here.region_id, name=row.provider)
    db.session.add(provider)
    here.providers[provider.name] = provider
    return provider


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
