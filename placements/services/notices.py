"""Who is told of what: each act calls one of these, and the messages commit with its move.

All are parts of an act. Reminders are queued here too, for their day; whether they are still
needed is decided when they leave, so that nobody who has answered is asked again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select

from placements.domain.permissions import Actor
from placements.domain.sending_times import at_hour, half_time_day
from placements.domain.vocabulary import LIVE_ASSIGNMENT_STATES, Kind, Role
from placements.domain.working_days import add_working_days, deadline_day, london_date
from placements.extensions import db
from placements.models.accounts import Account
from placements.models.assignments import Assignment
from placements.models.candidates import Application, Candidate
from placements.models.employers import Employer, EmployerMember
from placements.models.operations import Message
from placements.models.outcomes import Checkpoint
from placements.models.placements import Placement
from placements.models.rounds import Plan, PlanRow, Round
from placements.outbox.write import Recipient, queue_message
from placements.services.events import PendingEvent, find_pending
from placements.services.guardian_notices import tell_guardian, tell_guardian_of_offer
from placements.services.recipients import (
    REACH,
    at_of,
    list_choosing,
    list_employer,
    list_operators,
    list_person,
    list_provider,
    list_providers_of,
    list_reached,
)

ASSIGNMENT, ROUND = "assignment", "round"
MORNING, REMINDER, EVENING = 9, 10, 18
CHASE_AFTER, STAFF_AFTER, SIGN_AFTER, MISSING_AFTER = 3, 5, 2, 3


def tell_registered(applications: Sequence[Application], actor: Actor) -> None:
    """Tell young people who put them on the list, once it is sent; nobody what they did themselves.

    A draft tells nobody: it may be dropped, and what is in it was not agreed to yet.
    """
    if actor.role is Role.YOUNG_PERSON:
        return
    sent = find_pending(Kind.APPLICATION, "submit")
    owners = {application.candidate.account_id for application in applications}
    rows = select(*REACH).where(Account.id.in_(owners - {None}))
    reached = {to.account_id: to for to in list_reached(rows)}
    for application in applications:
        to, pending = reached.get(application.candidate.account_id), sent[application.id]
        if to is not None:
            subject = ("application", application.id)
            queue_message(pending, "registered", to, subject, at_of(pending))


def tell_missing(pending: PendingEvent, application: Application, actor: Actor) -> None:
    """Ask for the one thing that is missing, and once more after 3 working days.

    Staff ask the provider, if there is one; everybody else asks the young person.
    """
    provider = list_provider(application.provider_id) if actor.role is Role.OPERATOR else ()
    person = () if provider else list_person(application.candidate.account_id)
    again = at_hour(add_working_days(london_date(at_of(pending)), MISSING_AFTER), MORNING)
    subject, once = ("application", application.id), f"v{application.version}"
    for template, recipients in (("thing_missing_of", provider), ("thing_missing", person)):
        for to in recipients:
            queue_message(pending, template, to, subject, at_of(pending), once=once)
            queue_message(pending, f"{template}_again", to, subject, again, once=once)


def tell_checked(pending: PendingEvent, placement: Placement, template: str) -> None:
    """Tell the employer that a placement is open, what must change, or why it cannot be."""
    subject, once = ("placement", placement.id), f"v{placement.version}"
    for to in list_employer(placement.employer_id):
        queue_message(pending, template, to, subject, at_of(pending), once=once)


def tell_round_opens(pending: PendingEvent, round_: Round) -> None:
    """Tell who is in a round, and their providers, that it is open: at 10am of that day."""
    at = max(at_of(pending), at_hour(london_date(at_of(pending)), REMINDER))
    subject, once = (ROUND, round_.id), f"v{round_.version}"
    for to in list_choosing(round_.region_id):
        queue_message(pending, "round_opens", to, subject, at, once=once)
    for to in list_providers_of(round_.region_id):
        queue_message(pending, "round_opens_for", to, subject, at, once=once)


def tell_people_coming(pending: PendingEvent, round_: Round) -> None:
    """Tell each employer with an open placement when it will see names."""
    rows = (
        select(*REACH)
        .join(EmployerMember, EmployerMember.account_id == Account.id)
        .join(Employer, EmployerMember.employer_id == Employer.id)
        .join(Placement, Placement.employer_id == Employer.id)
        .where(Employer.region_id == round_.region_id, Placement.state == "live")
    )
    subject, once = (ROUND, round_.id), f"v{round_.version}"
    for to in list_reached(rows):
        queue_message(pending, "people_coming", to, subject, at_of(pending), once=once)


def tell_offers(round_: Round) -> None:
    """Tell everybody who was offered a place in the running act, and remind them in time."""
    offered = find_pending(Kind.ASSIGNMENT, "offer")
    rows = (
        select(Assignment, Candidate, Application.provider_id, *REACH)
        .join(Application, Assignment.application_id == Application.id)
        .join(Candidate, Application.candidate_id == Candidate.id)
        .join(Account, Candidate.account_id == Account.id, isouter=True)
        .where(Assignment.round_id == round_.id, Assignment.state == "offered")
    )
    providers: dict[tuple[int, datetime], PendingEvent] = {}
    for assignment, person, provider_id, *reach in db.session.execute(rows):
        pending = offered.get(assignment.id)
        if pending is None:
            continue
        if reach[0] is not None:
            _offer(pending, assignment, Recipient(*reach))
            tell_guardian_of_offer(pending, assignment, person)
        if provider_id is not None:
            providers.setdefault((provider_id, assignment.deadline_at), pending)
    _tell_providers_on_the_last_day(round_, providers)


def _offer(pending: PendingEvent, assignment: Assignment, to: Recipient) -> None:
    subject, last = (ASSIGNMENT, assignment.id), deadline_day(assignment.deadline_at)
    half = half_time_day(assignment.offered_at, assignment.deadline_at)
    queue_message(pending, "offer", to, subject, at_of(pending))
    if half is not None:
        queue_message(pending, "offer_half_time", to, subject, at_hour(half, REMINDER))
    queue_message(pending, "offer_last_day", to, subject, at_hour(last, REMINDER))
    queue_message(pending, "offer_last_evening", to, subject, at_hour(last, EVENING))


def tell_more_time(pending: PendingEvent, assignment: Assignment, round_: Round) -> None:
    """Tell the person that they have longer, with a link that lives as long; remind them anew."""
    last = deadline_day(assignment.deadline_at)
    times = {
        "offer": at_of(pending),
        "offer_last_day": at_hour(last, REMINDER),
        "offer_last_evening": at_hour(last, EVENING),
    }
    for to in list_person(assignment.application.candidate.account_id):
        for template, at in times.items():
            subject, once = (ASSIGNMENT, assignment.id), last.isoformat()
            queue_message(pending, template, to, subject, at, once=once)
    provider_id = assignment.application.provider_id
    if provider_id is not None:
        late = {(provider_id, assignment.deadline_at): pending}
        _tell_providers_on_the_last_day(round_, late)


def _tell_providers_on_the_last_day(
    round_: Round, providers: dict[tuple[int, datetime], PendingEvent]
) -> None:
    """One message a person and last day, however many waves of offers end on it."""
    earlier = select(Message.key).where(
        Message.template == "not_answered", Message.subject_id == round_.id
    )
    told = {tuple(key.split(":")[3:5]) for key in db.session.scalars(earlier)}
    for (provider_id, deadline), pending in providers.items():
        last = deadline_day(deadline)
        for to in list_provider(provider_id):
            once = last.isoformat()
            if (once, str(to.account_id)) in told:
                continue
            told.add((once, str(to.account_id)))
            due, subject = at_hour(last, MORNING), (ROUND, round_.id)
            queue_message(pending, "not_answered", to, subject, due, once=once)


def tell_no_place(pending: PendingEvent, round_: Round, plan: Plan) -> None:
    """Tell everybody of the plan who is still ready and was offered nothing."""
    has_place = exists().where(
        Assignment.application_id == Application.id,
        Assignment.state.in_(LIVE_ASSIGNMENT_STATES),
    )
    rows = (
        select(Application.id, *REACH)
        .join(PlanRow, PlanRow.application_id == Application.id)
        .join(Candidate, Application.candidate_id == Candidate.id)
        .join(Account, Candidate.account_id == Account.id)
        .where(PlanRow.plan_id == plan.id, Application.state == "ready", ~has_place)
        .order_by(Application.id)
    )
    for application_id, *reach in db.session.execute(rows):
        subject, to = ("application", application_id), Recipient(*reach)
        queue_message(pending, "no_place", to, subject, at_of(pending), once=f"r{round_.id}")


def tell_said_yes(pending: PendingEvent, assignment: Assignment) -> None:
    """Ask the employer to confirm; after 3 working days again, after 5 tell the operators."""
    subject, said_on = (ASSIGNMENT, assignment.id), london_date(at_of(pending))
    again = at_hour(add_working_days(said_on, CHASE_AFTER), MORNING)
    late = at_hour(add_working_days(said_on, STAFF_AFTER), MORNING)
    for to in list_employer(assignment.placement.employer_id):
        queue_message(pending, "said_yes", to, subject, at_of(pending))
        queue_message(pending, "not_confirmed", to, subject, again)
    for to in list_operators(assignment.application.region_id):
        queue_message(pending, "not_confirmed_for_staff", to, subject, late)


def tell_yes_given(pending: PendingEvent, assignment: Assignment) -> None:
    """Tell a young person that their provider said yes for them."""
    for to in list_person(assignment.application.candidate.account_id):
        queue_message(pending, "yes_given_for", to, (ASSIGNMENT, assignment.id), at_of(pending))


def tell_entry_changed(pending: PendingEvent, application: Application, actor: Actor) -> None:
    """Tell a young person that their provider paused their entry, or ended it, for them."""
    people = list_person(application.candidate.account_id) if actor.role is Role.PROVIDER else ()
    subject, once = ("application", application.id), f"v{application.version}"
    for to in people:
        queue_message(pending, "entry_changed_for", to, subject, at_of(pending), once=once)


def tell_left(pending: PendingEvent, assignment: Assignment, actor: Actor) -> None:
    """Tell the others that an offer or a placement ended; not the side that ended it."""
    application = assignment.application
    parties = (
        (Role.YOUNG_PERSON, "place_ended", list_person(application.candidate.account_id)),
        (Role.EMPLOYER, "place_open_again", list_employer(assignment.placement.employer_id)),
        (Role.PROVIDER, "person_left", list_provider(application.provider_id)),
    )
    for role, template, recipients in parties:
        if actor.role is role:
            continue
        for to in recipients:
            queue_message(pending, template, to, (ASSIGNMENT, assignment.id), at_of(pending))


def tell_confirmed(pending: PendingEvent, assignment: Assignment) -> None:
    """Ask each side to sign, now and after 2 working days; remind the day before the first."""
    subject, at = (ASSIGNMENT, assignment.id), at_of(pending)
    again = at_hour(add_working_days(london_date(at), SIGN_AFTER), MORNING)
    eve = at_hour(assignment.start_on - timedelta(days=1), REMINDER)
    person = list_person(assignment.application.candidate.account_id)
    employer = list_employer(assignment.placement.employer_id)
    provider = list_provider(assignment.application.provider_id)
    signers = {"young_person": person, "employer": employer, "provider": provider}
    for party, recipients in signers.items():
        for to in recipients:
            queue_message(pending, f"agreement_{party}", to, subject, at)
            queue_message(pending, f"agreement_{party}_again", to, subject, again)
    tell_guardian(pending, assignment, again)
    for template, recipients in (("start_tomorrow", person), ("person_starts_tomorrow", employer)):
        for to in recipients:
            queue_message(pending, template, to, subject, max(at, eve))


def tell_questions() -> None:
    """Send each question that fell due in the running act, at 10 in the morning."""
    due = find_pending(Kind.CHECKPOINT, "fall_due")
    rows = (
        select(Checkpoint.id, *REACH)
        .join(Assignment, Checkpoint.assignment_id == Assignment.id, isouter=True)
        .join(
            Application,
            or_(
                Application.id == Checkpoint.application_id,
                Application.id == Assignment.application_id,
            ),
        )
        .join(Candidate, Application.candidate_id == Candidate.id)
        .join(Account, Candidate.account_id == Account.id)
        .where(Checkpoint.state == "due", Checkpoint.id.in_(due))
        .order_by(Checkpoint.id)
    )
    for checkpoint_id, *reach in db.session.execute(rows):
        pending, subject = due[checkpoint_id], ("checkpoint", checkpoint_id)
        at = max(at_of(pending), at_hour(london_date(at_of(pending)), REMINDER))
        queue_message(pending, "checkpoint", Recipient(*reach), subject, at)


def tell_outcome(pending: PendingEvent, checkpoint: Checkpoint, actor: Actor) -> None:
    """Tell a young person what somebody else wrote down about them."""
    if actor.role is Role.YOUNG_PERSON:
        return
    application = select(Application.candidate_id).where(
        or_(
            Application.id == checkpoint.application_id,
            Application.id
            == select(Assignment.application_id)
            .where(Assignment.id == checkpoint.assignment_id)
            .scalar_subquery(),
        )
    )
    rows = select(Candidate.account_id).where(Candidate.id.in_(application))
    subject, once = ("checkpoint", checkpoint.id), f"v{checkpoint.version}"
    for to in list_person(db.session.scalar(rows)):
        queue_message(pending, "outcome_recorded", to, subject, at_of(pending), once=once)


def tell_unfair_plan(pending: PendingEvent, round_: Round) -> None:
    """Tell the operators that a plan does not pass the fairness gate."""
    for to in list_operators(round_.region_id):
        subject, once = (ROUND, round_.id), (round_.plan_hash or "")[:16]
        queue_message(pending, "fairness_fails", to, subject, at_of(pending), once=once)


def tell_outcomes(told: Sequence[tuple[PendingEvent, Checkpoint]], actor: Actor) -> None:
    """Tell many young people what somebody else wrote down about them, found in one look."""
    if actor.role is Role.YOUNG_PERSON:
        return
    rows = (
        select(Checkpoint.id, *REACH)
        .outerjoin(Assignment, Assignment.id == Checkpoint.assignment_id)
        .join(
            Application,
            Application.id.in_((Checkpoint.application_id, Assignment.application_id)),
        )
        .join(Candidate, Candidate.id == Application.candidate_id)
        .join(Account, Account.id == Candidate.account_id)
        .where(Checkpoint.id.in_([checkpoint.id for _, checkpoint in told]))
    )
    reached = {checkpoint_id: Recipient(*to) for checkpoint_id, *to in db.session.execute(rows)}
    for pending, checkpoint in told:
        to = reached.get(checkpoint.id)
        if to is not None:
            subject, once = ("checkpoint", checkpoint.id), f"v{checkpoint.version}"
            queue_message(pending, "outcome_recorded", to, subject, at_of(pending), once=once)


def tell_plan_failed(pending: PendingEvent, round_: Round) -> None:
    """Tell the operators that a round has no plan, and why."""
    for to in list_operators(round_.region_id):
        subject, once = (ROUND, round_.id), f"v{round_.version}"
        queue_message(pending, "plan_failed", to, subject, at_of(pending), once=once)
