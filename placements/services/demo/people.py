"""What invented people do with an offer and on a placement, each by the service that pages call."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select

from placements import clock
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application, KeyWorker, ProviderMember
from placements.models.employers import EmployerMember
from placements.services import agreements, assignments, endings, starts
from placements.services.demo.days import dice
from placements.services.endings import Told
from placements.services.reach import find_obstacle

THINKS_FOR = timedelta(hours=18)
NO = ("It is too far for me", "I have found something else", "The hours do not fit", None)
LEFT = ("Found a job", "Was ill for a long time", "It was not for me")
ENDED = ("The work ran out", "Did not keep to the hours we agreed")
SAID = ("Learns fast and asks good questions", "Careful with tools, kind to customers")
SAID += ("Always on time, and good to work with",)
FIRST_DAY = {"time": "09:00", "bring": "Photo identity", "wear": "Flat closed shoes"}
SIGNED = "on this page"


def employer_of(assignment: Assignment) -> Actor:
    """Return the first person who acts for the placement's employer."""
    employer_id = assignment.placement.employer_id
    return Actor(Role.EMPLOYER, _first_member(EmployerMember, employer_id), employer_id)


def provider_of(assignment: Assignment) -> Actor | None:
    """Return the first person who acts for the young person's provider, if they have one."""
    return provider_for(assignment.application.provider_id)


def provider_for(provider_id: int | None) -> Actor | None:
    """Return the first person who acts for a provider, if there is one."""
    if provider_id is None:
        return None
    return Actor(Role.PROVIDER, _first_member(ProviderMember, provider_id), provider_id)


def young_person_of(assignment: Assignment) -> Actor:
    """Return the young person."""
    candidate = assignment.application.candidate
    return Actor(Role.YOUNG_PERSON, candidate.account_id, candidate_id=candidate.id)


def _first_member(table: type[EmployerMember] | type[ProviderMember], owner_id: int) -> int | None:
    owner = table.employer_id if table is EmployerMember else table.provider_id
    rows = select(table.account_id).where(owner == owner_id).order_by(table.id).limit(1)
    return db.session.scalar(rows)


def list_in_state(state: str, *more: object) -> Sequence[Assignment]:
    """List assignments in a state, oldest first."""
    rows = select(Assignment).where(Assignment.state == state, *more).order_by(Assignment.id)
    return db.session.scalars(rows).all()


def answer_offers(round_id: int, says_yes: float, says_no: float, spared: str = "") -> None:
    """Let a share say yes, a share say no, and the rest wait; `spared` is left to the reader."""
    asked = (Assignment.round_id == round_id, Assignment.offered_at <= clock.now() - THINKS_FOR)
    for offer in list_in_state("offered", *asked):
        answer_offer(offer, says_yes, says_no, spared)


def answer_offer(offer: Assignment, says_yes: float, says_no: float, spared: str = "") -> None:
    """Let one person answer by their own dice, or their provider for them; no to what came late."""
    reference = offer.application.reference
    if reference == spared:
        return
    own = dice(reference, offer.round_id, "answer")
    share, by_provider = own.random(), own.random() < 0.25
    actor = (by_provider and provider_of(offer)) or young_person_of(offer)
    if share < says_yes and not find_obstacle(offer.application, offer.placement):
        assignments.accept_offer(actor, offer.id)
    elif share < says_yes + says_no:
        assignments.decline_offer(actor, offer.id, own.choice(NO))


def confirm_and_sign() -> None:
    """Let employers confirm who said yes, and everybody sign."""
    for assignment in list_in_state("accepted"):
        first_day = _first_monday(assignment)
        if first_day is None:
            reason = "We cannot find a first day that suits both"
            assignments.cancel_assignment(employer_of(assignment), assignment.id, reason)
            continue
        supervisor = assignment.placement.supervisor_name
        starts.confirm_assignment(
            employer_of(assignment), assignment.id, supervisor, first_day, FIRST_DAY
        )
        _sign(assignment)


def _first_monday(assignment: Assignment) -> date | None:
    placement, application = assignment.placement, assignment.application
    day = max(placement.start_from, application.start_from, clock.today() + timedelta(days=3))
    day += timedelta(days=-day.weekday() % 7)
    return day if day <= min(placement.start_to, application.start_to or day) else None


def _sign(assignment: Assignment) -> None:
    provider, young = provider_of(assignment), young_person_of(assignment)
    missing = agreements.list_missing_signatures(assignment, clock.today())
    if "guardian" in missing and provider is None:
        reason = "My parent could not sign in time"
        assignments.cancel_assignment(young, assignment.id, reason)
        return
    for actor in filter(None, (employer_of(assignment), young, provider)):
        agreements.sign_agreement(actor, assignment.id, SIGNED)
    if provider and "guardian" in missing:
        agreements.record_guardian_signature(provider, assignment.id, "on paper, seen by us")


def start_and_end() -> None:
    """Let people start, leave early, and finish, on the days that were agreed."""
    today = clock.today()
    for assignment in list_in_state("confirmed", Assignment.start_on <= today):
        if dice(assignment.application.reference, "start").random() < 0.04:
            starts.record_no_show(employer_of(assignment), assignment.id)
        else:
            starts.start_assignment(employer_of(assignment), assignment.id)
    for assignment in list_in_state("started"):
        _end(assignment, today)


def _end(assignment: Assignment, today: date) -> None:
    own = dice(assignment.application.reference, "end")
    share = own.random()
    middle = assignment.start_on + (assignment.end_on - assignment.start_on) / 2
    if assignment.end_on <= today:
        actor, told = employer_of(assignment), _tell(assignment)
        endings.end_placement(actor, assignment.id, endings.FINISHED, "", told)
    elif share < 0.09 and middle <= today:
        by_employer = share < 0.03
        reason = own.choice(ENDED if by_employer else LEFT)
        actor = employer_of(assignment)
        starts.end_early(actor, assignment.id, reason, by_employer=by_employer)


def _tell(assignment: Assignment) -> Told:
    """Say how a placement went; most employers do, and some with a line to use."""
    own, placement = dice(assignment.application.reference, "said"), assignment.placement
    if own.random() < 0.3:
        return Told()
    planned = len({shift[0] for shift in placement.shifts}) * (placement.duration_weeks or 1)
    most = ("yes", "yes", "yes", "mostly")
    return Told(
        days_attended=int(planned * (0.85 + 0.15 * own.random())),
        on_time=own.choice(most),
        did_the_work=own.choice(most),
        take_again=own.choice((*most, "no")),
        reference_line=own.choice((*SAID, None)),
    )


def give_key_workers(applications: Sequence[Application], at: datetime) -> None:
    """Share a provider's people out among its members, in turn; part of an act."""
    members: dict[int, list[int]] = defaultdict(list)
    rows = select(ProviderMember.provider_id, ProviderMember.account_id)
    for provider_id, account_id in db.session.execute(rows.order_by(ProviderMember.id)):
        members[provider_id].append(account_id)
    for number, application in enumerate(applications):
        own = members.get(application.provider_id or 0)
        if own:
            worker = KeyWorker(application_id=application.id, account_id=own[number % len(own)])
            worker.chosen_at = at
            db.session.add(worker)


def weekdays(first: date, last: date) -> Iterator[date]:
    """Yield the Mondays to Fridays from `first` to `last`."""
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        if day.weekday() < 5:
            yield day
