"""The second person's pages: two hashes to read, and what goes out when."""

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from placements.domain.policy_words import PIN_REASONS
from placements.domain.vocabulary import Role
from placements.services import (
    approvals,
    pins,
    plans,
    publishing,
    release,
    round_board,
    rounds,
)
from placements.web.access import current_actor
from placements.web.authority.blueprint import blueprint, for_approvers, for_operators, for_staff
from placements.web.authority.forms import ApproveForm, SendBackForm
from placements.web.authority.steps import can, is_out
from placements.web.forms import NoForm
from placements.web.pages import page


@blueprint.route("/rounds/<int:round_id>/approve", methods=["GET", "POST"])
@for_approvers
def approve(round_id: int) -> Response:
    actor = current_actor()
    round_ = rounds.get_round(actor, round_id)
    form = ApproveForm().show(round_.snapshot_hash or "", round_.plan_hash or "")
    if form.is_sent() and form.are_ticked():
        hashes = form.plan_hash.data[0], form.snapshot_hash.data[0]
        reason = form.override.data
        done, _ = form.try_act(lambda: approvals.approve_plan(actor, round_id, *hashes, reason))
        if done:
            return redirect(url_for(".approved", round_id=round_id), 303)
    own = plans.list_plans(actor, round_id)
    return page(
        "authority/approve.html",
        form=form,
        round=rounds.get_round(actor, round_id),
        plan=next((plan for plan in own if plan.chosen), None),
        changes=approvals.find_changes(actor, round_id),
        gate=approvals.find_gate(actor, round_id, anew=bool(form.errors)),
        pins=pins.list_pins(actor, round_id),
        reasons=PIN_REASONS,
        prepared=approvals.prepared(actor, round_id),
        approvers=approvals.list_approvers(actor, round_id),
        done=round_board.list_done(actor, round_id),
    )


@blueprint.get("/rounds/<int:round_id>/approved")
@for_approvers
def approved(round_id: int) -> Response:
    round_ = rounds.get_round(current_actor(), round_id)
    return page("authority/approved.html", round=round_)


@blueprint.route("/rounds/<int:round_id>/send-back", methods=["GET", "POST"])
@for_approvers
def send_back(round_id: int) -> Response:
    form, actor = SendBackForm(), current_actor()
    round_ = rounds.get_round(actor, round_id)
    if form.is_sent():
        reason = form.reason.data
        done, _ = form.try_act(lambda: approvals.send_back(actor, round_id, reason))
        if done:
            flash("The plan is back with who prepared it. They can read your reason.")
            return redirect(url_for(".round", round_id=round_id), 303)
    return page("authority/send_back.html", form=form, round=round_)


@blueprint.get("/rounds/<int:round_id>/publish")
@for_staff
def publish(round_id: int, form: NoForm | None = None) -> Response:
    actor = current_actor()
    round_ = rounds.get_round(actor, round_id)
    is_approved = can(round_, Role.SYSTEM, "publish")
    return page(
        "authority/publish.html",
        form=form,
        round=round_,
        is_approved=is_approved,
        stop=publishing.find_stop(actor, round_id) if is_approved else "",
        is_out=is_out(round_),
        release=release.preview_release(actor, round_id),
        samples=release.list_samples(actor, round_id),
    )


@blueprint.post("/rounds/<int:round_id>/publish")
@for_operators
def publish_now(round_id: int) -> Response:
    form, actor = NoForm(), current_actor()
    if form.is_sent():
        done, counts = form.try_act(lambda: publishing.publish_round(actor, round_id))
        if done:
            flash(_words(*counts))
            return redirect(url_for(".settling", round_id=round_id), 303)
    return publish(round_id, form)


def _words(n_offered: int, n_skipped: int) -> str:
    words = f"{n_offered} offers are out."
    if n_skipped:
        words += f" {n_skipped} were skipped, because something changed since the seal."
    return words
