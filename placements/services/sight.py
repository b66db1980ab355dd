"""What a young person shows to the provider that supports them: they own their timeline.

From the day they hide it, what they and others say of them is shown to the provider no more; what
the provider itself recorded it still sees. Hiding and showing are lines of the audit.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from placements import clock
from placements.domain.errors import NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind, Role, Source
from placements.extensions import db
from placements.models.audit import Event
from placements.models.candidates import Application
from placements.models.outcomes import Outcome
from placements.services.events import record_event
from placements.services.transactions import act

HIDE, SHOW = "hide_from_provider", "show_to_provider"


@act
def set_sight(actor: Actor, *, hidden: bool) -> None:
    """Hide later answers from the provider, or show them again; only the young person may."""
    if actor.role is not Role.YOUNG_PERSON or actor.candidate_id is None:
        raise NotFound("Only the young person says who sees what they answer.")
    own = select(Application).where(
        Application.candidate_id == actor.candidate_id, Application.provider_id.is_not(None)
    )
    for application in db.session.scalars(own.order_by(Application.id)).all():
        if (application.id in find_hidden([application.id])) is not hidden:
            same = (application.state, application.state)
            action = HIDE if hidden else SHOW
            record_event(actor, action, Kind.APPLICATION, application.id, same, clock.now())


def find_hidden(application_ids: Iterable[int]) -> dict[int, datetime]:
    """Return since when each application hides later answers from its provider."""
    about = (Event.kind == Kind.APPLICATION.value, Event.record_id.in_(list(application_ids)))
    rows = select(Event.record_id, Event.action, Event.happened_at)
    rows = rows.where(*about, Event.action.in_((HIDE, SHOW))).order_by(Event.seq)
    since: dict[int, datetime] = {}
    for application_id, action, at in db.session.execute(rows):
        if action == HIDE:
            since[application_id] = at
        else:
            since.pop(application_id, None)
    return since


def may_see(actor: Actor, since: datetime | None, outcome: Outcome) -> bool:
    """Say whether somebody may see an answer about a person who hides answers since then."""
    if actor.role is not Role.PROVIDER or since is None:
        return True
    return outcome.source == Source.PROVIDER.value or outcome.recorded_at < since
