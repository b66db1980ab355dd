"""Who starts this week at an employer, and who came: answered together, each on its own."""

from collections.abc import Mapping
from datetime import date, timedelta

from placements import clock
from placements.domain.errors import GuardRefused, Invalid, NotFound, Refusal
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind, Role
from placements.outbox.write import queue_message
from placements.services.assignments import get_assignment
from placements.services.employer_people import Person, list_people
from placements.services.events import record_event
from placements.services.recipients import list_person, list_provider
from placements.services.starts import check_window, record_no_show, set_days, start_assignment
from placements.services.transactions import act, lock_row

DAYS_AHEAD = 6
ACTS = {"came": start_assignment, "did_not_come": record_no_show}


def list_starters(actor: Actor) -> list[Person]:
    """List who starts this week or should have started, by first day; nobody who cancelled."""
    until = clock.today() + timedelta(days=DAYS_AHEAD)
    people = [p for p in list_people(actor, ("confirmed",)) if p.start_on and p.start_on <= until]
    return sorted(people, key=lambda person: (person.start_on, person.id))


@act
def move_first_day(actor: Actor, assignment_id: int, start_on: date) -> None:
    """Move a first day that is not over, inside the placement's own dates; its employer may.

    What was signed stands: the hours, the insurance and who looks after them are the same.
    """
    if actor.role is not Role.EMPLOYER:
        raise NotFound("There is no such page, or it is not yours.")
    assignment, at = lock_row(get_assignment(actor, assignment_id)), clock.now()
    if assignment.state != "confirmed":
        raise GuardRefused("Only a first day that is confirmed and not over can be moved.")
    if start_on < clock.today():
        raise Invalid("start_on", "Write a day from today on.")
    if start_on == assignment.start_on:
        raise Invalid("start_on", "This is the first day already. Write another.")
    check_window(assignment.placement, start_on)
    was = assignment.start_on
    set_days(assignment, start_on)
    states = (assignment.state, assignment.state)
    told = record_event(actor, "move_first_day", Kind.ASSIGNMENT, assignment.id, states, at)
    application, once = assignment.application, f"{was:%Y%m%d}-{at:%Y%m%d%H%M%S}"
    for template, recipients in (
        ("first_day_moved", list_person(application.candidate.account_id)),
        ("first_day_moved_of", list_provider(application.provider_id)),
    ):
        for to in recipients:
            queue_message(told, template, to, ("assignment", assignment.id), at, once=once)


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
