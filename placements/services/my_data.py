"""Everything kept about a young person, for that person to take away."""

from typing import Any

from placements import clock
from placements.domain.errors import NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.candidates import Candidate
from placements.services.subject_access import gather_own, plain
from placements.services.timeline import list_timeline


def export_my_data(actor: Actor) -> dict[str, Any]:
    """Return every personal fact that the person may see, as plain values; only they may."""
    candidate = db.session.get(Candidate, actor.candidate_id or 0)
    if actor.role is not Role.YOUNG_PERSON or candidate is None:
        raise NotFound("Only the person themselves takes their data away.")
    return {
        "written_at": plain(clock.now()),
        "kept": gather_own(candidate),
        "timeline": [
            {"at": plain(e.at), "what": e.words, "who": e.who} for e in list_timeline(actor)
        ],
    }
