"""Locking a round and making its plan."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from placements import clock
from placements.domain.vocabulary import Role
from placements.services import round_board, rounds, sealing, solving
from placements.services.solver_process import Limits
from placements.web.access import current_actor
from placements.web.authority.blueprint import blueprint, for_operators, for_staff
from placements.web.authority.steps import can
from placements.web.forms import NoForm
from placements.web.pages import page

# A person waits at a page that is loading; longer solves belong to the schedule.
LONGEST_WAIT_SECONDS = 90


@blueprint.route("/rounds/<int:round_id>/lock", methods=["GET", "POST"])
@for_operators
def lock(round_id: int) -> Response:
    form, actor = NoForm(), current_actor()
    if form.is_sent():
        done, _ = form.try_act(lambda: rounds.lock_round(actor, round_id))
        if done:
            return redirect(url_for(".run", round_id=round_id), 303)
    people = sealing.list_people_left_out(actor, round_id)
    return page(
        "authority/lock.html",
        form=form,
        round=rounds.get_round(actor, round_id),
        counts=round_board.count_round(actor, round_id),
        people_out=people,
        placements_out=sealing.list_placements_left_out(actor, round_id),
        n_people_out=sum(line.n for line in people),
        n_not_ready=sum(len(line.references) for line in people),
    )


@blueprint.get("/rounds/<int:round_id>/run")
@for_staff
def run(round_id: int, form: NoForm | None = None) -> Response:
    actor = current_actor()
    round_ = rounds.get_round(actor, round_id)
    done = round_board.list_done(actor, round_id)
    begun = next((line for line in reversed(done) if line.action == "solve"), None)
    return page(
        "authority/run.html",
        form=form,
        round=round_,
        counts=round_board.count_round(actor, round_id),
        is_running=can(round_, Role.SYSTEM, "propose"),
        begun=begun,
        seconds=int((clock.now() - begun.at).total_seconds()) if begun else 0,
        n_plans=round_board.count_plans(round_),
    )


@blueprint.post("/rounds/<int:round_id>/run")
@for_operators
def make_plan(round_id: int) -> Response:
    form = NoForm()
    if not form.is_sent():
        return run(round_id, form)
    return _solve(round_id)


@blueprint.post("/rounds/<int:round_id>/run/again")
@for_operators
def try_again(round_id: int) -> Response:
    form = NoForm()
    if not form.is_sent():
        return run(round_id, form)
    solving.retry_round(current_actor(), round_id)
    return _solve(round_id)


@blueprint.post("/rounds/<int:round_id>/run/stop")
@for_operators
def stop_plan(round_id: int) -> Response:
    form = NoForm()
    if form.is_sent():
        done, _ = form.try_act(lambda: solving.stop_solving(current_actor(), round_id))
        if done:
            return redirect(url_for(".run", round_id=round_id), 303)
    return run(round_id, form)


def _solve(round_id: int) -> Response:
    limits = Limits(seconds=LONGEST_WAIT_SECONDS)
    plan_id = solving.solve_round(current_actor(), round_id, limits)
    return redirect(url_for(".plans" if plan_id else ".run", round_id=round_id), 303)
