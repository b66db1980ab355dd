"""Everything that somebody may try, each by the service that pages call: `DEEDS[role][name]`.

A deed takes the world and a number that chooses who and what; most are at a state where they may
be right, one in eight at any. A refusal is an answer; any other error is a fault of the service.
"""

from soak.worlds import DAY, FIRST_DAY, FOLDER, OPENS
from sqlalchemy import select

from placements import clock
from placements.domain.vocabulary import OutcomeKind
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application
from placements.models.employers import Employer
from placements.models.outcomes import Checkpoint
from placements.models.placements import Placement
from placements.models.rounds import Plan, Round
from placements.services import (
    agreements,
    answers,
    applications,
    approvals,
    assignments,
    cascading,
    contact_tries,
    deadlines,
    employers,
    hand_offers,
    my_choices,
    outcomes,
    pins,
    placement_withdrawals,
    placements,
    plans,
    publishing,
    rounds,
    solving,
    starts,
    suspensions,
    withdrawals,
)
from placements.services.outcomes import Answer

LIVE, HELD = ("offered", "accepted", "confirmed"), ("offered", "accepted")
OPEN, BEFORE = ("live", "full", "paused"), ("proposed", "approved", "locked", "failed")
ASKED, WHY = ("due", "chasing"), "Invented reason"
TOLD = ("recorded", "evidenced", "verified", "refused")


class NothingToDo(Exception):
    """There is no record the deed could be about."""


def find(table, states, n):
    """Choose a record in one of the states, or now and then in any."""
    rows = select(table).order_by(table.id)
    if n % 8 != 7:
        rows = rows.where(table.state.in_(states))
    found = db.session.scalars(rows).all()
    if not found:
        raise NothingToDo
    return found[n // 8 % len(found)]


def held_by(role, states):
    """Make a deed about an assignment out of `deed(actor, assignment, n)`."""

    def of(deed):
        def act_on(world, n):
            held = find(Assignment, states, n)
            owner = {
                "employers": held.placement.employer_id,
                "providers": held.application.provider_id,
                "people": held.candidate_id,
            }.get(role)
            actor = operator(world, n) if owner is None else getattr(world, role)[owner]
            return deed(actor, held, n)

        return act_on

    return of


def operator(world, n):
    return world.staff[2 * (n % 2)] if n % 11 else world.staff[1]


def approver(world, n):
    return world.staff[1 + 2 * (n % 2)] if n % 11 else world.staff[0]


def on_person(service, states):
    def deed(world, n):
        application = find(Application, states, n)
        people = {"y": world.people, "p": world.providers}["yp"[n % 2]]
        key = application.provider_id if n % 2 else application.candidate_id
        return service(people[key], application)

    return deed


def on_placement(service, states):
    def deed(world, n):
        placement = find(Placement, states, n)
        return service(world.employers[placement.employer_id], placement, n)

    return deed


def on_round(service, states, who=operator):
    return lambda world, n: service(who(world, n), find(Round, states, n), n)


def on_question(role, service, states=ASKED):
    def deed(world, n):
        question = find(Checkpoint, states, n)
        held = db.session.get_one(Assignment, question.assignment_id)
        owners = {"employers": held.placement.employer_id, "people": held.candidate_id}
        owner = owners.get(role, held.application.provider_id)
        return service(getattr(world, role)[owner], question, n)

    return deed


def _describe(world, n):
    employer_id, actor = list(world.employers.items())[n % 2]
    (site, *_) = employers.list_sites(actor, employer_id)
    known = placements.list_placements(actor)[0]
    names = placements.PlacementFacts.__dataclass_fields__
    facts = placements.PlacementFacts(**{name: getattr(known, name) for name in names})
    made = placements.describe_placement(actor, site.id, facts)
    placements.submit_placement(actor, made)


def _plan_round(world, n):
    world.n_rounds += 1
    first = max(clock.now(), OPENS).replace(hour=9) + (1 + n % 3) * DAY
    dates = (first, first + DAY, first + 2 * DAY)
    rounds.create_round(operator(world, n), f"Invented {world.n_rounds}", dates, seed=n)


def _approve(actor, round_, n):
    seen = (round_.plan_hash or "", round_.snapshot_hash or "")
    approvals.approve_plan(actor, round_.id, *seen, WHY if n % 3 else None)


def _choose(actor, round_, n):
    rows = select(Plan.id).where(Plan.round_id == round_.id).order_by(Plan.id)
    ids = db.session.scalars(rows).all() or [0]
    plans.choose_plan(actor, round_.id, ids[n // 8 % len(ids)])


def _pin(actor, round_, n):
    kept = pins.list_pins(actor, round_.id)
    if kept and n % 3 == 0:
        return pins.remove_pin(actor, round_.id, kept[0].person, kept[0].placement)
    person = find(Application, ("ready",), n).reference
    place = find(Placement, OPEN, n // 3).reference
    reason = next(iter(pins.PIN_REASONS))
    return pins.add_pin(actor, round_.id, person, place, n % 2 == 0, reason)


def _extend(actor, held, n):
    until = (held.deadline_at or clock.now()).date() + (n % 4) * DAY
    deadlines.extend_deadline(actor, held.id, until, WHY)


def _offer_by_hand(world, n):
    actor = operator(world, n)
    lost = hand_offers.list_lost_places(actor)
    if not lost:
        raise NothingToDo
    application_id = lost[n % len(lost)].assignment.application_id
    options = hand_offers.get_rescue(actor, application_id).options
    if not options:
        raise NothingToDo
    chosen = options[n % len(options)].reach.placement.id
    hand_offers.offer_by_hand(actor, application_id, chosen)


def _answer(actor, question, n):
    kinds = (OutcomeKind.JOB, OutcomeKind.NEET_SEEK, OutcomeKind.TRAIN, OutcomeKind.REFUSED)
    seen = "Payslip seen (invented)" if n % 5 == 0 else None
    return outcomes.record_outcome(actor, question.id, Answer(kinds[n % 4], evidence=seen))


def _confirm(actor, held, n):
    day = max(FIRST_DAY, clock.today()) + (n % 3) * DAY
    starts.confirm_assignment(actor, held.id, "Zara", day, {"time": "09:00"})


def _sign_all(actor, held, n):
    agreements.sign_agreement(actor, held.id)
    if n % 2:
        agreements.record_guardian_signature(actor, held.id, "on paper")


def _choose_places(actor, application, n):
    ids = db.session.scalars(select(Placement.id).order_by(Placement.id)).all()
    place = ids[n // 8 % len(ids)]
    if n % 3 == 0:
        return my_choices.drop_choice(actor, application.id, place, FOLDER)
    if n % 3 == 1:
        return my_choices.set_never(actor, application.id, place, n % 2 == 0, FOLDER)
    return my_choices.add_choice(actor, application.id, place, FOLDER)


def _of_placement(service):
    return lambda world, n: service(operator(world, n), find(Placement, OPEN, n))


EMPLOYER = {
    "describe": _describe,
    "pause": on_placement(
        lambda a, p, n: placements.pause_placement(a, p.id, clock.today() + 3 * DAY), ("live",)
    ),
    "resume": on_placement(lambda a, p, _: placements.resume_placement(a, p.id), ("paused",)),
    "still true": on_placement(lambda a, p, _: placements.confirm_still_true(a, p.id), OPEN),
    "capacity": on_placement(lambda a, p, n: placements.change_capacity(a, p.id, 1 + n % 4), OPEN),
    "take back": on_placement(
        lambda a, p, _: placement_withdrawals.withdraw_placement(a, p.id, WHY), OPEN
    ),
    "confirm": held_by("employers", ("accepted",))(_confirm),
    "cancel": held_by("employers", LIVE)(
        lambda a, h, _: assignments.cancel_assignment(a, h.id, WHY)
    ),
    "sign": held_by("employers", ("confirmed",))(
        lambda a, h, _: agreements.sign_agreement(a, h.id)
    ),
    "start": held_by("employers", ("confirmed",))(lambda a, h, _: starts.start_assignment(a, h.id)),
    "no show": held_by("employers", ("confirmed",))(lambda a, h, _: starts.record_no_show(a, h.id)),
    "complete": held_by("employers", ("started",))(
        lambda a, h, _: starts.complete_assignment(a, h.id)
    ),
    "end": held_by("employers", ("started",))(
        lambda a, h, _: starts.end_early(a, h.id, WHY, by_employer=True)
    ),
    "answer": on_question("employers", _answer),
}
PERSON = {
    "accept": held_by("people", ("offered",))(lambda a, h, _: assignments.accept_offer(a, h.id)),
    "decline": held_by("people", ("offered",))(lambda a, h, _: assignments.decline_offer(a, h.id)),
    "cancel": held_by("people", LIVE)(lambda a, h, _: assignments.cancel_assignment(a, h.id, WHY)),
    "sign": held_by("people", ("confirmed",))(lambda a, h, _: agreements.sign_agreement(a, h.id)),
    "start": held_by("people", ("confirmed",))(lambda a, h, _: starts.start_assignment(a, h.id)),
    "leave": held_by("people", ("started",))(
        lambda a, h, _: starts.end_early(a, h.id, WHY, by_employer=False)
    ),
    "choose": lambda world, n: on_person(
        lambda a, one: _choose_places(a, one, n), ("ready", "on_hold")
    )(world, n),
    "break": on_person(lambda a, one: applications.hold_application(a, one.id), ("ready",)),
    "come back": on_person(lambda a, one: applications.resume_application(a, one.id), ("on_hold",)),
    "stop": on_person(
        lambda a, one: withdrawals.withdraw_application(a, one.id, WHY), ("ready", "on_hold")
    ),
    "answer": on_question("people", _answer),
    "dispute": on_question(
        "people",
        lambda a, q, _: outcomes.dispute_outcome(a, q.id, q.version, OutcomeKind.JOB),
        TOLD,
    ),
}
PROVIDER = {
    "answer yes": held_by("providers", ("offered",))(
        lambda a, h, n: answers.answer_for_person(a, h.id, yes=n % 3 > 0, how="phone")
    ),
    "cancel": held_by("providers", LIVE)(
        lambda a, h, _: assignments.cancel_assignment(a, h.id, WHY)
    ),
    "sign": held_by("providers", ("confirmed",))(_sign_all),
    "start": held_by("providers", ("confirmed",))(lambda a, h, _: starts.start_assignment(a, h.id)),
    "no show": held_by("providers", ("confirmed",))(lambda a, h, _: starts.record_no_show(a, h.id)),
    "complete": held_by("providers", ("started",))(
        lambda a, h, _: starts.complete_assignment(a, h.id)
    ),
    "answer": on_question("providers", _answer),
    "answer again": on_question("providers", _answer, TOLD),
    "tried": on_question("providers", lambda a, q, _: contact_tries.record_try(a, q.id, "phone")),
    "give up": on_question("providers", lambda a, q, _: contact_tries.give_up(a, q.id)),
}
STAFF = {
    "plan": _plan_round,
    "open": on_round(lambda a, r, _: rounds.open_round(a, r.id), ("planned",)),
    "lock": on_round(lambda a, r, _: rounds.lock_round(a, r.id), ("open",)),
    "solve": on_round(lambda a, r, _: solving.solve_round(a, r.id), ("locked",)),
    "solve again": on_round(
        lambda a, r, n: plans.solve_again(a, r.id, ("optimal", "stable", "serial")[n % 3]),
        ("proposed",),
    ),
    "choose": on_round(_choose, ("proposed",)),
    "pin": on_round(_pin, ("proposed",)),
    "approve": on_round(_approve, ("proposed",), approver),
    "send back": on_round(
        lambda a, r, _: approvals.send_back(a, r.id, WHY), ("proposed", "approved"), approver
    ),
    "unlock": on_round(lambda a, r, _: rounds.unlock_round(a, r.id, WHY), BEFORE),
    "call off": on_round(lambda a, r, _: rounds.cancel_round(a, r.id, WHY), BEFORE),
    "publish": on_round(lambda a, r, _: publishing.publish_round(a, r.id), ("approved",)),
    "cascade": on_round(lambda a, r, _: cascading.cascade_round(a, r.id), ("settling",)),
    "extend": held_by("staff", ("offered",))(_extend),
    "cancel": held_by("staff", LIVE)(lambda a, h, _: assignments.cancel_assignment(a, h.id, WHY)),
    "offer by hand": _offer_by_hand,
    "hold placement": _of_placement(lambda a, p: suspensions.suspend_placement(a, p.id, WHY)),
    "reinstate": lambda world, n: suspensions.reinstate_placement(
        operator(world, n), find(Placement, ("suspended",), n).id
    ),
    "hold employer": lambda world, n: suspensions.suspend_employer(
        operator(world, n), find(Employer, ("verified",), n).id, WHY
    ),
    "verify employer": lambda world, n: employers.verify_employer(
        operator(world, n), find(Employer, ("suspended",), n).id
    ),
    "cap": lambda world, n: suspensions.set_cap(
        operator(world, n), find(Employer, ("verified",), n).id, (None, 0, 1, 2)[n % 4]
    ),
    "approve placement": lambda world, n: placements.approve_placement(
        operator(world, n), find(Placement, ("submitted",), n).id
    ),
    "reject placement": lambda world, n: placements.reject_placement(
        operator(world, n), find(Placement, ("submitted",), n).id, WHY
    ),
    "verify answer": lambda world, n: outcomes.verify_outcome(
        operator(world, n), find(Checkpoint, ("evidenced",), n).id
    ),
}
DEEDS = {"employer": EMPLOYER, "person": PERSON, "provider": PROVIDER, "staff": STAFF}
