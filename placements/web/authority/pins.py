"""Pairs that must or must not be together, each with its reason and its cost."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from placements.domain.policy_words import PIN_REASONS
from placements.domain.vocabulary import Role
from placements.services import pins as service
from placements.services import rounds
from placements.web.access import current_actor
from placements.web.authority.blueprint import blueprint, for_operators, for_staff
from placements.web.authority.forms import PinForm
from placements.web.authority.steps import can
from placements.web.forms import NoForm
from placements.web.pages import page


@blueprint.get("/rounds/<int:round_id>/pins", endpoint="pins")
@for_staff
def show_pins(round_id: int, form: PinForm | NoForm | None = None) -> Response:
    actor = current_actor()
    round_ = rounds.get_round(actor, round_id)
    return page(
        "authority/pins.html",
        form=form or PinForm(),
        fields=form if isinstance(form, PinForm) else PinForm(),
        round=round_,
        pins=service.list_pins(actor, round_id),
        reasons=PIN_REASONS,
        can_change=can(round_, Role.APPROVER, "approve"),
    )


@blueprint.post("/rounds/<int:round_id>/pins")
@for_operators
def add_pin(round_id: int) -> Response:
    form, actor = PinForm(), current_actor()
    if form.is_sent():
        pair = form.person.data, form.place.data, form.way.data == "must", form.reason.data
        done, n_fewer = form.try_act(lambda: service.add_pin(actor, round_id, *pair))
        if done:
            flash(f"The plan that keeps this pair is in use. {_cost(n_fewer)}")
            return redirect(url_for(".pins", round_id=round_id), 303)
    return show_pins(round_id, form)


@blueprint.post("/rounds/<int:round_id>/pins/remove")
@for_operators
def remove_pin(round_id: int) -> Response:
    form, actor = NoForm(), current_actor()
    if form.is_sent():
        pair = request.form.get("person", ""), request.form.get("place", "")
        done, n_more = form.try_act(lambda: service.remove_pin(actor, round_id, *pair))
        if done:
            flash(f"The pair is off the list, and the plan without it is in use. {_cost(-n_more)}")
            return redirect(url_for(".pins", round_id=round_id), 303)
    return show_pins(round_id, form)


def _cost(n_fewer: int) -> str:
    if not n_fewer:
        return "As many people are placed as before."
    return f"{abs(n_fewer)} {'fewer' if n_fewer > 0 else 'more'} placed than before."
