"""Who acts, and for which organisation."""

from dataclasses import dataclass

from placements.domain.vocabulary import Role


@dataclass(frozen=True)
class Actor:
    """A signed-in person in one role, or the system; ids only, so that it may be logged."""

    role: Role
    account_id: int | None = None
    organisation_id: int | None = None
    candidate_id: int | None = None
    region_id: int | None = None


SYSTEM = Actor(Role.SYSTEM)
