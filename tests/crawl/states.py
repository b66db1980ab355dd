"""A small region that has a record of each kind in each of its states, and who may look at them.

The demo shows what is usual; here is also what is rare: a round that failed, a placement on hold.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace

from factories.every_state import AT, make_in, make_world, person_account

from placements.domain.lifecycles import LIFECYCLES
from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application
from placements.models.outcomes import Checkpoint
from placements.services import accounts
from placements.services.transactions import act

NOW = AT + timedelta(hours=3)
SHOWN = (Kind.PLACEMENT, Kind.APPLICATION, Kind.ROUND, Kind.ASSIGNMENT, Kind.CHECKPOINT)
SHOWN += (Kind.EMPLOYER,)
HOMES = {"operator": "/authority", "approver": "/authority"}
ROOM = "young_people."
HOMES |= {"employer": "/employer", "provider": "/provider"}


@dataclass(frozen=True)
class Looker:
    """Who looks at pages, where they begin, how often at each kind of page, and in which room."""

    name: str
    account_id: int
    first: str
    each: int
    room: str = ""

    def sign_in_link(self) -> str:
        """Return a new link's token; inside an app context."""
        return accounts.make_sign_in_link(self.account_id)


def make_every_state() -> list[Looker]:
    """Make the region and return its staff, its members and its young people."""
    world, people = _make_all()
    _make_messages(world)
    n_most = max(len(LIFECYCLES[kind].states) for kind in SHOWN) + 1
    desks = [Looker(name, world.accounts[name], first, n_most) for name, first in HOMES.items()]
    return [*desks, *people]


@act
def _make_all() -> tuple[SimpleNamespace, list[Looker]]:
    world = make_world()
    return world, list(_make_records(world))


def _make_records(world: SimpleNamespace) -> Iterator[Looker]:
    for kind in SHOWN:
        for state in LIFECYCLES[kind].states:
            record = make_in(world, kind, state)
            if isinstance(record, Checkpoint):
                record = db.session.get_one(Assignment, record.assignment_id)
            if isinstance(record, Assignment | Application):
                yield Looker(f"{kind.value} {state}", person_account(record), "/me", 1, ROOM)


@act
def _make_messages(world: SimpleNamespace) -> None:
    for state in LIFECYCLES[Kind.MESSAGE].states:
        make_in(world, Kind.MESSAGE, state)
