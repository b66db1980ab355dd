"""Keys by which an organisation's own programs act for it; only the hash of a key is kept."""

import secrets

from sqlalchemy import select, update

from placements import clock
from placements.domain.errors import Invalid, NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.accounts import ApiKey
from placements.models.candidates import Provider
from placements.models.employers import Employer
from placements.models.regions import Region
from placements.outbox.links import hash_token
from placements.services.events import record_event
from placements.services.hats import Hat
from placements.services.transactions import act

PREFIX, SECRET_BYTES = "plc_", 32
OWNERS = {Role.EMPLOYER: Employer, Role.PROVIDER: Provider}
STAFF = (Role.OPERATOR, Role.APPROVER)
LONGEST_NAME = 60


@act
def make_key(actor: Actor, name: str) -> str:
    """Return a new key of the actor's own organisation; it is shown once and never again."""
    named = name.strip()
    if not named or len(named) > LONGEST_NAME:
        raise Invalid("name", f"Write what the key is for, in {LONGEST_NAME} characters at most.")
    kept = ApiKey(name=named, made_at=clock.now(), **_owner_of(actor))
    key = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    kept.key_hash = hash_token(key)
    db.session.add(kept)
    db.session.flush()
    record_event(actor, "make_api_key", "api_key", kept.id, ("", ""), clock.now())
    return key


@act
def end_key(actor: Actor, key_id: int) -> None:
    """End one of the actor's own keys; it opens nothing from this moment."""
    mine = [one for one in list_keys(actor) if one.id == key_id]
    if not mine:
        raise NotFound("There is no such key, or it is not yours.")
    live = (ApiKey.id == key_id, ApiKey.ended_at.is_(None))
    db.session.execute(update(ApiKey).where(*live).values(ended_at=clock.now()))
    record_event(actor, "end_api_key", "api_key", key_id, ("", ""), clock.now())


def list_keys(actor: Actor) -> list[ApiKey]:
    """List the keys of the actor's own organisation that open something, oldest first."""
    own = [getattr(ApiKey, column) == value for column, value in _owner_of(actor).items()]
    rows = select(ApiKey).where(*own, ApiKey.ended_at.is_(None)).order_by(ApiKey.id)
    return list(db.session.scalars(rows))


def find_hat(key: str) -> Hat | None:
    """Return whom a key acts for, or None if it opens nothing."""
    live = (ApiKey.key_hash == hash_token(key), ApiKey.ended_at.is_(None))
    found = db.session.scalar(select(ApiKey).where(*live)) if key.startswith(PREFIX) else None
    if found is None:
        return None
    role = Role(found.role)
    if role in STAFF:
        region = db.session.get_one(Region, found.region_id)
        return Hat(Actor(role, region_id=region.id), f"{region.name} authority")
    owner = db.session.get_one(OWNERS[role], found.organisation_id)
    return Hat(Actor(role, None, owner.id, region_id=owner.region_id), owner.name)


def _owner_of(actor: Actor) -> dict[str, str | int | None]:
    """Staff keys read for the region as an operator does; nothing is approved by a program."""
    if actor.role in OWNERS and actor.organisation_id is not None:
        return {
            "role": actor.role.value,
            "organisation_id": actor.organisation_id,
            "region_id": actor.region_id,
        }
    if actor.role is Role.OPERATOR and actor.region_id is not None:
        return {"role": actor.role.value, "organisation_id": None, "region_id": actor.region_id}
    raise NotFound("Keys are made by an employer, a provider or an operator.")
