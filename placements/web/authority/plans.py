"""Plans beside each other, one plan in full, and the receipt of anyone in it."""

from flask import flash, redirect, request, session, url_for
from werkzeug.wrappers import Response

from placements.domain.errors import GuardRefused
from placements.domain.vocabulary import Role
from placements.services import past_what_if as past_what_if_service
from placements.services import plans as service
from placements.services import reading, receipts, rounds
from placements.services.reserves import list_sealed_lines
from placements.web.access import current_actor
from placements.web.authority.blueprint import blueprint, for_operators, for_staff
from placements.web.authority.forms import MechanismForm, PurposeForm, ReceiptForm
from placements.web.authority.pictures import draw_plans
from placements.web.authority.steps import can
from placements.web.files import csv_file
from placements.web.forms import NoForm
from placements.web.pages import page

MOST_COMPARED = 4
PURPOSE = "purpose"
HEADER = ["reference", "placement", "title", "choice", "minutes_there", "minutes_back"]
HEADER += ["is_estimate", "reason"]
SHOWN = {"placed": "Placed", "unplaced": "Without a place", "in_line": "In line"}
COMPARED = ["plan_id", "mechanism", "chosen", "n_placed", "n_first", "n_top3", "median_minutes"]
COMPARED += ["n_priority_placed", "n_priority", "n_unplaced", "certificate"]


@blueprint.get("/rounds/<int:round_id>/plans", endpoint="plans")
@for_staff
def compare_plans(round_id: int, form: MechanismForm | None = None) -> Response:
    actor = current_actor()
    shown, n_more = _list_compared(round_id)
    round_ = rounds.get_round(actor, round_id)
    return page(
        "authority/plans.html",
        form=form or MechanismForm(),
        round=round_,
        can_choose=can(round_, Role.APPROVER, "approve"),
        plans=shown,
        n_more=n_more,
        picture=draw_plans(shown),
    )


def _list_compared(round_id: int) -> tuple[list[service.PlanSummary], int]:
    """Return the plan in use and the newest beside it, and how many more there are."""
    plans = service.list_plans(current_actor(), round_id)
    own = [plan for plan in plans if not plan.is_cascade]
    shown = sorted(own, key=lambda plan: (not plan.chosen, -plan.plan_id))[:MOST_COMPARED]
    return sorted(shown, key=lambda plan: plan.plan_id), len(own) - len(shown)


@blueprint.get("/rounds/<int:round_id>/plans.csv")
@for_staff
def plans_file(round_id: int) -> Response:
    """Write the compared plans, the same figures as the picture and its table."""
    shown, _ = _list_compared(round_id)
    rows = [[getattr(plan, name) for name in COMPARED] for plan in shown]
    return csv_file(f"plans-{round_id}", COMPARED, rows)


@blueprint.get("/rounds/<int:round_id>/plans/past-outcomes")
@for_staff
def past_what_if(round_id: int) -> Response:
    """A what-if, made when it is looked at and kept nowhere."""
    actor, refused, found = current_actor(), "", None
    try:
        found = past_what_if_service.try_past_outcomes(actor, round_id)
    except GuardRefused as refusal:
        refused = str(refusal)
    round_ = rounds.get_round(actor, round_id)
    return page("authority/past_what_if.html", round=round_, found=found, refused=refused)


@blueprint.post("/rounds/<int:round_id>/plans")
@for_operators
def make_another_plan(round_id: int) -> Response:
    form, actor = MechanismForm(), current_actor()
    if form.is_sent():
        mechanism = form.mechanism.data
        done, _ = form.try_act(lambda: service.solve_again(actor, round_id, mechanism))
        if done:
            return redirect(url_for(".plans", round_id=round_id), 303)
    return compare_plans(round_id, form)


@blueprint.post("/rounds/<int:round_id>/plans/<int:plan_id>/use")
@for_operators
def use_plan(round_id: int, plan_id: int) -> Response:
    if NoForm().is_sent():
        service.choose_plan(current_actor(), round_id, plan_id)
        flash("This plan is the one to approve. An approver can read it now.")
    return redirect(url_for(".round", round_id=round_id), 303)


@blueprint.route("/rounds/<int:round_id>/plans/<int:plan_id>", methods=["GET", "POST"])
@for_staff
def plan(round_id: int, plan_id: int) -> Response:
    form, actor = ReceiptForm(), current_actor()
    summary = service.get_summary(actor, round_id, plan_id)
    if form.is_sent():
        reference = form.reference.data
        done, found = form.try_act(lambda: reading.find_application_id(actor, reference))
        if done:
            _remember(found, form.purpose.data)
            where = {"plan_id": plan_id, "application_id": found}
            return redirect(url_for(".receipt", round_id=round_id, **where), 303)
    shows = request.args.get("show", "")
    asked = request.args.get("page", 1, type=int)
    if shows == "in_line":
        lines, number, n_pages = list_sealed_lines(actor, plan_id), 1, 1
    else:
        is_placed = shows != "unplaced"
        lines, number, n_pages = service.list_plan_page(actor, plan_id, is_placed, asked)
    return page(
        "authority/plan.html",
        form=form,
        round=rounds.get_round(actor, round_id),
        plan=summary,
        reasons=service.count_reasons(actor, plan_id),
        lines=lines,
        shows=shows if shows in SHOWN else "placed",
        shown=SHOWN,
        number=number,
        n_pages=n_pages,
    )


@blueprint.get("/rounds/<int:round_id>/plans/<int:plan_id>.csv")
@for_staff
def plan_file(round_id: int, plan_id: int) -> Response:
    service.get_summary(current_actor(), round_id, plan_id)
    rows = [
        (
            line.reference,
            line.placement_id,
            line.placement_title,
            line.choice_rank,
            line.minutes_there,
            line.minutes_back,
            "yes" if line.is_estimate else "no",
            line.code,
        )
        for line in service.get_plan_rows(current_actor(), plan_id)
    ]
    return csv_file(f"plan-{plan_id}", HEADER, rows)


@blueprint.route(
    "/rounds/<int:round_id>/plans/<int:plan_id>/receipts/<int:application_id>",
    methods=["GET", "POST"],
)
@for_staff
def receipt(round_id: int, plan_id: int, application_id: int) -> Response:
    form, actor = PurposeForm(), current_actor()
    service.get_summary(actor, round_id, plan_id)
    words = receipts.get_plan_receipt(actor, plan_id, application_id)
    if form.is_sent():
        _remember(application_id, form.purpose.data)
        return redirect(request.path, 303)
    purpose = session.get(PURPOSE, {}).get(str(application_id))
    if purpose is not None:
        reading.record_reading(actor, application_id, purpose)
    return page(
        "authority/receipt.html",
        form=form,
        receipt=words if purpose else None,
        not_these=[(other.title, other.words) for other in words.not_these],
        purpose=reading.PURPOSES.get(purpose),
        round_id=round_id,
        plan_id=plan_id,
    )


def _remember(application_id: int, purpose: str) -> None:
    """Keep what the last person is read for; each look at them is still a line of the audit."""
    session[PURPOSE] = {str(application_id): purpose}
