"""E5, E8, E9, E10: the employer's placements, and what may be done with each."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from placements.domain.lifecycles import LIFECYCLES
from placements.domain.vocabulary import (
    HELD_ASSIGNMENT_STATES,
    LIVE_ASSIGNMENT_STATES,
    Kind,
    Role,
)
from placements.services import (
    drafts,
    employer_people,
    histories,
    placement_changes,
    placement_withdrawals,
)
from placements.services import placements as service
from placements.services.reach import count_reaching, count_reaching_each
from placements.web.access import current_actor, open_to
from placements.web.employers.blueprint import blueprint, may
from placements.web.employers.forms import CapacityForm, PauseForm, WhyForm
from placements.web.kept import keep
from placements.web.pages import day_words, page

FEWEST_TOLD, KEEP_SECONDS = 5, 60
WITH_A_REASON = ("ask_changes", "reject", "suspend", "withdraw")


@blueprint.get("/placements")
@open_to(Role.EMPLOYER)
def placements() -> Response:
    known, chosen = LIFECYCLES[Kind.PLACEMENT].states, request.args.get("state")
    everything = service.list_placements(current_actor())
    state = chosen if chosen in known else None
    shown = [p for p in everything if p.state == state or (state is None and p.title)]
    held = [name for name in known if any(p.state == name for p in everything)]
    return page("employers/placements.html", placements=shown, states=held, state=state)


@blueprint.get("/placements/<int:placement_id>")
@open_to(Role.EMPLOYER)
def placement(placement_id: int) -> Response:
    actor = current_actor()
    found = service.get_placement(actor, placement_id)
    history = histories.list_placement_history(actor, placement_id)
    is_out = may(Kind.PLACEMENT, found.state, "close")
    n_reaching = _count_reaching(found.id, found.employer.region_id) if is_out else 0
    return page(
        "employers/placement.html",
        placement=found,
        history=history,
        reason=found.reason if history[-1].action in WITH_A_REASON else None,
        changes=placement_changes.list_changes(actor, placement_id),
        n_reaching=n_reaching if n_reaching >= FEWEST_TOLD else None,
    )


def _count_reaching(placement_id: int, region_id: int) -> int:
    """Return how many could take it, as of the last minute where that is known."""
    name = f"reaching in {region_id}"
    known = keep(name, KEEP_SECONDS, lambda: count_reaching_each(region_id))
    if placement_id in known:
        return known[placement_id]
    return count_reaching(service.get_placement(current_actor(), placement_id))


@blueprint.post("/placements/<int:placement_id>/copy")
@open_to(Role.EMPLOYER)
def copy_placement(placement_id: int) -> Response:
    copy_id = drafts.copy_placement(current_actor(), placement_id)
    return redirect(url_for(".draft_check", placement_id=copy_id), 303)


@blueprint.post("/placements/<int:placement_id>/still-true")
@open_to(Role.EMPLOYER)
def still_true(placement_id: int) -> Response:
    service.confirm_still_true(current_actor(), placement_id)
    return _back_to(placement_id, "Thank you. Noted as still true.")


@blueprint.post("/placements/<int:placement_id>/resume")
@open_to(Role.EMPLOYER)
def resume(placement_id: int) -> Response:
    service.resume_placement(current_actor(), placement_id)
    return _back_to(placement_id, "It is open again.")


@blueprint.route("/placements/<int:placement_id>/pause", methods=["GET", "POST"])
@open_to(Role.EMPLOYER)
def pause(placement_id: int) -> Response:
    actor, form = current_actor(), PauseForm()
    found = service.get_placement(actor, placement_id)
    if not form.is_submitted() and not may(Kind.PLACEMENT, found.state, "pause"):
        return redirect(url_for(".placement", placement_id=placement_id), 302)
    if form.is_sent():
        until = form.until.data
        done, _ = form.try_act(lambda: service.pause_placement(actor, placement_id, until))
        if done:
            return _back_to(placement_id, f"Paused. It opens again on {day_words(until)}.")
    return page("employers/pause.html", form=form, placement=found)


@blueprint.route("/placements/<int:placement_id>/places", methods=["GET", "POST"])
@open_to(Role.EMPLOYER)
def capacity(placement_id: int) -> Response:
    actor, found = current_actor(), service.get_placement(current_actor(), placement_id)
    form = CapacityForm(obj=found)
    if not form.is_submitted() and not may(Kind.PLACEMENT, found.state, "close"):
        return redirect(url_for(".placement", placement_id=placement_id), 302)
    if form.is_sent():
        n = form.capacity.data
        done, _ = form.try_act(lambda: service.change_capacity(actor, placement_id, n))
        if done:
            return _back_to(placement_id, f"Changed. There are {n} places now.")
    people = employer_people.list_people(actor, HELD_ASSIGNMENT_STATES)
    mine = [person for person in people if person.placement_id == placement_id]
    return page("employers/capacity.html", form=form, placement=found, people=mine)


@blueprint.route("/placements/<int:placement_id>/withdraw", methods=["GET", "POST"])
@open_to(Role.EMPLOYER)
def withdraw(placement_id: int) -> Response:
    actor, form = current_actor(), WhyForm()
    found = service.get_placement(actor, placement_id)
    if not form.is_submitted() and not may(Kind.PLACEMENT, found.state, "withdraw"):
        return redirect(url_for(".placement", placement_id=placement_id), 302)
    if form.is_sent():
        reason, version = form.reason.data, request.form.get("version", type=int)
        done, n_lost = form.try_act(
            lambda: placement_withdrawals.withdraw_placement(actor, placement_id, reason, version)
        )
        if done:
            told = f" {n_lost} people are told, and we look for another place." if n_lost else ""
            return _back_to(placement_id, f"You withdrew it.{told}")
    people = employer_people.list_people(actor, LIVE_ASSIGNMENT_STATES)
    mine = [person for person in people if person.placement_id == placement_id]
    return page("employers/withdraw.html", form=form, placement=found, people=mine)


def _back_to(placement_id: int, words: str) -> Response:
    flash(words)
    return redirect(url_for(".placement", placement_id=placement_id), 303)
