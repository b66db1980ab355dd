"""How a placement went, as its employer says it at the end, and the line a person may use."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from placements import clock
from placements.domain.ending_words import ENDING_ANSWERS, ENDING_QUESTIONS
from placements.domain.errors import GuardRefused, Invalid, NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.assignments import Assignment, Ending
from placements.models.candidates import Attendance
from placements.models.employers import Employer
from placements.models.placements import Placement
from placements.services.assignments import get_assignment
from placements.services.destinations import ENDED_STATES
from placements.services.events import record_event
from placements.services.starts import end_now, finish_now
from placements.services.still_here import YES, Stayed, keep_at_end
from placements.services.transactions import act, lock_row

FINISHED, LEFT, ENDED = "finished", "left", "ended"


@dataclass(frozen=True)
class Told:
    """What an employer says at the end; nothing of it is needed.

    `hired` is "yes", "no" or "not_known", as it is asked later on; "" says nothing.
    """

    days_attended: int | None = None
    on_time: str | None = None
    did_the_work: str | None = None
    take_again: str | None = None
    reference_line: str | None = None
    hired: str = ""

    def words(self) -> dict[str, int | str | None]:
        """Return what is kept of a placement's end."""
        return {name: told for name, told in vars(self).items() if name != "hired"}


@act
def end_placement(actor: Actor, assignment_id: int, how: str, reason: str, told: Told) -> None:
    """Say how a running placement ended and how it went, all of it or nothing; its employer may."""
    assignment = _get(actor, assignment_id)
    if how == FINISHED:
        finish_now(assignment, actor)
    elif not reason.strip():
        raise Invalid("reason", "Write why it ended early.")
    else:
        end_now(assignment, "end" if how == ENDED else "leave_early", actor, reason)
    _keep(actor, assignment, told)


@act
def tell_ending(actor: Actor, assignment_id: int, told: Told) -> None:
    """Say afterwards how a placement went that somebody else said had ended; once."""
    assignment = _get(actor, assignment_id)
    lock_row(assignment.application)
    if not _may_tell(assignment):
        raise GuardRefused("You can say how it went once, after it has ended. Nothing changed.")
    if told == Told():
        raise Invalid("", "Say at least one thing of how it went.")
    _keep(actor, assignment, told)


def _get(actor: Actor, assignment_id: int) -> Assignment:
    if actor.role is not Role.EMPLOYER:
        raise NotFound("There is no such page, or it is not yours.")
    return get_assignment(actor, assignment_id)


def is_over(state: str) -> bool:
    """Say whether a placement in this state has been and is over."""
    return state in ENDED_STATES


def may_tell(actor: Actor, assignment_id: int) -> bool:
    """Say whether a placement has ended and its employer has not said yet how it went."""
    return _may_tell(_get(actor, assignment_id))


def _may_tell(assignment: Assignment) -> bool:
    is_open = assignment.application.state != "anonymised"
    return is_open and is_over(assignment.state) and _find(assignment) is None


def _find(assignment: Assignment) -> Ending | None:
    return db.session.scalar(select(Ending).where(Ending.assignment_id == assignment.id))


def list_words(actor: Actor, assignment_id: int) -> list[tuple[str, str]]:
    """Return what was said at the end of a placement the actor may see, as labels and words."""
    told = _find(get_assignment(actor, assignment_id))
    if told is None:
        return []
    answers = [(q, getattr(told, name)) for name, q in ENDING_QUESTIONS.items()]
    lines = [("Days there", told.days_attended)]
    lines += [(question, ENDING_ANSWERS[answer]) for question, answer in answers if answer]
    lines += [("A line they may use", told.reference_line)]
    return [(label, str(words)) for label, words in lines if words is not None]


def count_days_noted(assignment_id: int) -> int:
    """Count the days on which the provider noted that somebody came."""
    came = (Attendance.assignment_id == assignment_id, Attendance.came.is_(True))
    return db.session.scalar(select(func.count()).select_from(Attendance).where(*came)) or 0


def _keep(actor: Actor, assignment: Assignment, told: Told) -> None:
    _check_days(assignment, told.days_attended)
    if told.hired:
        _check_hired(assignment, told.hired)
        keep_at_end(actor, assignment.id, Stayed(told.hired))
    words, at = told.words(), clock.now()
    if not any(word is not None for word in words.values()):
        return
    by = {"told_by": actor.account_id, "told_at": at}
    db.session.add(Ending(assignment_id=assignment.id, **words, **by))
    states = (assignment.state, assignment.state)
    record_event(actor, "tell_ending", Kind.ASSIGNMENT, assignment.id, states, at)


def _check_days(assignment: Assignment, n_days: int | None) -> None:
    if n_days is None or assignment.start_on is None or assignment.end_on is None:
        return
    most = max(0, (assignment.end_on - assignment.start_on).days + 1)
    if not 0 <= n_days <= most:
        words = f"Write a number of days up to {most}: there were no more from first to last."
        raise Invalid("days_attended", words)


def _check_hired(assignment: Assignment, hired: str) -> None:
    """After an early end the question of the last day is not asked, the later ones are."""
    if hired == YES and assignment.state != "completed":
        words = "It ended early, so we ask you about this in 4 weeks. Leave this empty for now."
        raise Invalid("hired", words)


@dataclass(frozen=True)
class Line:
    """What an employer says of a person, for them to use."""

    words: str
    employer: str
    title: str
    ended_on: date | None


def list_my_lines(actor: Actor) -> list[Line]:
    """List the reference lines of the young person who asks, the newest first."""
    if actor.role is not Role.YOUNG_PERSON or actor.candidate_id is None:
        raise NotFound("There is no such page, or it is not yours.")
    rows = (
        select(Ending.reference_line, Employer.name, Placement.title, Assignment.end_on)
        .join(Assignment, Ending.assignment_id == Assignment.id)
        .join(Placement, Assignment.placement_id == Placement.id)
        .join(Employer, Placement.employer_id == Employer.id)
        .where(Assignment.candidate_id == actor.candidate_id, Ending.reference_line.is_not(None))
        .order_by(Ending.id.desc())
    )
    return [Line(*row) for row in db.session.execute(rows)]
