"""Why a pair of a plan, or somebody in line, was passed over; staff read it."""

from datetime import datetime

from placements.extensions import db
from placements.models.rounds import Skip

NOT_READY = "the person is no longer ready"
CAP_CUT = "the employer now takes fewer people"
HOLDS_ANOTHER = "the person holds another offer or place"
ANSWERED = "the person was already asked in this round"
PLACED_ELSEWHERE = "the new plan gives the person another place"
LOST_A_PLACE = "staff offered it to somebody who lost a place"
ANOTHER_FIRST = "the new plan puts somebody else first"


def add_skip(round_id: int, pair: tuple[int, int], reason: str, at: datetime) -> None:
    """Keep why an application was not offered a placement; part of an act."""
    application_id, placement_id = pair
    skipped = Skip(round_id=round_id, application_id=application_id, skipped_at=at)
    skipped.placement_id, skipped.reason = placement_id, reason
    db.session.add(skipped)
