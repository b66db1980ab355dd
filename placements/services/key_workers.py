"""Who of a provider looks after whom, and a line for each day on which somebody else reads."""

from datetime import datetime, time

from sqlalchemy import delete, exists, select

from placements import clock
from placements.domain.errors import Invalid, NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.accounts import Account
from placements.models.audit import Event
from placements.models.candidates import Application, KeyWorker, ProviderMember
from placements.services.applications import get_application
from placements.services.events import record_event
from placements.services.transactions import act, lock_row

READ_BY_ANOTHER = "read_by_another"
NO_NAME = "No name"


def list_key_workers(actor: Actor) -> dict[int, str]:
    """Return the names of the key workers of the actor's people, by application."""
    rows = (
        select(KeyWorker.application_id, Account.name)
        .join(Account, KeyWorker.account_id == Account.id)
        .join(Application, KeyWorker.application_id == Application.id)
        .where(Application.provider_id == _provider_of(actor))
    )
    return {one: name or NO_NAME for one, name in db.session.execute(rows)}


def find_key_worker(actor: Actor, application_id: int) -> tuple[int, str] | None:
    """Return the account and the name of who looks after one of the actor's people, or None."""
    _provider_of(actor)
    rows = select(Account.id, Account.name).join(KeyWorker, KeyWorker.account_id == Account.id)
    application = get_application(actor, application_id)
    found = db.session.execute(rows.where(KeyWorker.application_id == application.id)).first()
    return (found.id, found.name or NO_NAME) if found else None


@act
def choose_key_worker(actor: Actor, application_id: int, account_id: int | None) -> None:
    """Say which member looks after one of the provider's own people, or that nobody does."""
    provider_id = _provider_of(actor)
    application = lock_row(get_application(actor, application_id))
    if application.state == "anonymised":
        raise NotFound("There is no such person.")
    member = exists().where(
        ProviderMember.provider_id == provider_id, ProviderMember.account_id == account_id
    )
    if account_id is not None and not db.session.scalar(select(member)):
        raise Invalid("who", "Choose one of the people of your organisation.")
    db.session.execute(delete(KeyWorker).where(KeyWorker.application_id == application.id))
    at = clock.now()
    if account_id is not None:
        chosen = {"application_id": application.id, "account_id": account_id}
        db.session.add(KeyWorker(**chosen, chosen_at=at))
    record_event(actor, "choose_key_worker", Kind.APPLICATION, application.id, ("", ""), at)


def note_reading(actor: Actor, application_id: int) -> None:
    """Record, once a day, that somebody other than the key worker read about a person."""
    found = find_key_worker(actor, application_id)
    if found is None or actor.account_id in (None, found[0]):
        return
    today = datetime.combine(clock.today(), time(), clock.LONDON)
    noted = exists().where(
        Event.kind == Kind.APPLICATION.value,
        Event.record_id == application_id,
        Event.action == READ_BY_ANOTHER,
        Event.account_id == actor.account_id,
        Event.happened_at >= today,
    )
    if not db.session.scalar(select(noted)):
        _note(actor, application_id)


@act
def _note(actor: Actor, application_id: int) -> None:
    told = (Kind.APPLICATION, application_id, ("", ""), clock.now())
    record_event(actor, READ_BY_ANOTHER, *told)


def _provider_of(actor: Actor) -> int:
    if actor.role is not Role.PROVIDER or actor.organisation_id is None:
        raise NotFound("Sign in as the provider whose people these are.")
    return actor.organisation_id
