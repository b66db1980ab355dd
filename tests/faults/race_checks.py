"""What must hold in the records after any race: each query finds nothing."""

from sqlalchemy import select, text

from placements.domain.vocabulary import HELD_ASSIGNMENT_STATES, LIVE_ASSIGNMENT_STATES
from placements.extensions import db
from placements.models.audit import Event
from placements.services.events import hash_event

HELD = ", ".join(f"'{state}'" for state in HELD_ASSIGNMENT_STATES)
LIVE = ", ".join(f"'{state}'" for state in LIVE_ASSIGNMENT_STATES)
QUERIES = {
    "I-01": "SELECT id FROM placement WHERE held < 0 OR held > capacity",
    "I-02": f"""SELECT p.id FROM placement p WHERE p.held <> (SELECT count(*) FROM assignment a
        WHERE a.placement_id = p.id AND a.state IN ({HELD}))""",
    "I-04": """SELECT id FROM placement WHERE state = 'full' AND held < capacity
        OR state = 'live' AND held >= capacity""",
    "I-05": f"""SELECT candidate_id FROM assignment WHERE state IN ({LIVE})
        GROUP BY candidate_id HAVING count(*) > 1""",
    "I-10": f"""SELECT a.id FROM assignment a JOIN application p ON p.id = a.application_id
        WHERE a.state IN ({LIVE}) AND p.state <> 'ready'""",
    "gone": f"""SELECT a.id FROM assignment a JOIN placement p ON p.id = a.placement_id
        WHERE a.state IN ({LIVE}) AND p.state IN ('withdrawn', 'closed')""",
    "I-18": """SELECT a.id FROM assignment a JOIN history h ON h.record_id = a.id
        AND h.kind = 'assignment' WHERE h.action = 'accept' AND h.moved_at >= a.deadline_at
        OR h.action = 'lapse' AND h.moved_at < a.deadline_at""",
    "I-27": """SELECT h.id FROM history h LEFT JOIN event e ON e.seq = h.event_seq
        WHERE e.seq IS NULL OR e.record_id <> h.record_id OR e.to_state <> h.to_state""",
}


def list_wrong() -> list[str]:
    """Name each rule that the records break, and whether the audit is one unbroken chain."""
    found = [name for name, query in QUERIES.items() if db.session.execute(text(query)).first()]
    return [*found, *_list_breaks()]


def _list_breaks() -> list[str]:
    rows = select(Event).order_by(Event.seq).execution_options(yield_per=1000)
    links = ((e.seq, e.prev_hash, e.hash, hash_event(e)) for e in db.session.scalars(rows))
    before, broken = (0, "0" * 64, "", ""), 0
    for link in links:
        follows = link[0] == before[0] + 1 and link[1] == (before[2] or before[1])
        broken += not follows or link[2] != link[3]
        before = link
    return [f"I-28: {broken} lines"] if broken else []
