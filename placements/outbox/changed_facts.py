"""What is new about a placement that was published before, and what its people are told of it."""

from datetime import datetime

from placements.domain.placement_words import Line, list_changes
from placements.domain.vocabulary import LIVE_ASSIGNMENT_STATES
from placements.extensions import db
from placements.models.employers import Site
from placements.models.operations import Message
from placements.models.placements import Placement
from placements.outbox.facts import Facts, find_assignment, first_name, placement_words

OFFER, PLACEMENT = "/me/offer", "/me/placement"


def list_changed(placement: Placement) -> list[Line]:
    """List what reads differently since it was last published; nothing if it never changed."""
    if not placement.last_published:
        return []
    before = db.session.get(Site, placement.last_published["site_id"] or 0)
    return list_changes(placement.last_published, _where(before), placement, _where(placement.site))


def _where(site: Site | None) -> str:
    return f"{site.name}, {site.postcode}, {site.district}" if site else ""


def place_changed(message: Message, at: datetime) -> Facts | None:
    """What is new first, then that the place stays theirs."""
    found = find_assignment(message.subject_id)
    if found is None or found.state not in LIVE_ASSIGNMENT_STATES:
        return None
    if found.application.candidate.account_id != message.account_id:
        return None
    changes = [{"name": c.name, "was": c.was, "new": c.new} for c in list_changed(found.placement)]
    if not changes:
        return None
    words = placement_words(found, at)
    words |= {"first_name": first_name(found.application.candidate), "changes": changes}
    words["is_offer"] = found.state == "offered"
    return Facts(words, OFFER if found.state == "offered" else PLACEMENT)


FACTS = {"place_changed": place_changed}
