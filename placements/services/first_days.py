"""Who starts this week at an employer, and who came: answered together, each on its own."""

from collections.abc import Mapping
from datetime import timedelta

from placements import clock
from placements.domain.errors import Refusal
from placements.domain.permissions import Actor
from placements.services.employer_people import Person, list_people
from placements.services.starts import record_no_show, start_assignment

DAYS_AHEAD = 6
ACTS = {"came": start_assignment, "did_not_come": record_no_show}


def list_starters(actor: Actor) -> list[Person]:
    """List who starts this week or should have started, by first day; nobody who cancelled."""
    until = clock.today() + timedelta(days=DAYS_AHEAD)
    people = [p for p in list_people(actor, ("confirmed",)) if p.start_on and p.start_on <= until]
    return sorted(people, key=lambda person: (person.start_on, person.id))


def record_first_days(actor: Actor, said: Mapping[int, str]) -> tuple[int, list[str]]:
    """Keep who came and who did not; return how many were kept and why others were refused.

    Each answer is an act of its own: one person without a signature keeps nobody else back.
    """
    names = {person.id: person.name for person in list_starters(actor)}
    n_kept, refused = 0, []
    for assignment_id, answer in said.items():
        if answer not in ACTS or assignment_id not in names:
            continue
        try:
            ACTS[answer](actor, assignment_id)
            n_kept += 1
        except Refusal as refusal:
            refused.append(f"{names[assignment_id]}: {refusal}")
    return n_kept, refused
