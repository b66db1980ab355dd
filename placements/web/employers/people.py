"""E12 and E13: the people who come, as far as the employer may know them, and their first day."""

from collections.abc import Sequence
from itertools import groupby

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from placements.domain.plain_words import time_words
from placements.domain.vocabulary import Kind, Role
from placements.services import (
    agreements,
    employer_people,
    employer_today,
    endings,
    first_days,
    placements,
    starts,
)
from placements.services.employer_people import Person
from placements.web.access import current_actor, open_to
from placements.web.employers.blueprint import blueprint, may
from placements.web.employers.forms import ConfirmForm, MoveForm
from placements.web.forms import NoForm
from placements.web.pages import day_words, page

MINUTES = 60


@blueprint.get("/people")
@open_to(Role.EMPLOYER)
def people() -> Response:
    actor = current_actor()
    return page(
        "employers/people.html",
        groups=_by_placement(employer_people.list_people(actor)),
        round_=employer_today.find_next_round(actor),
    )


def _by_placement(shown: Sequence[Person]) -> list[tuple[str, list[Person]]]:
    groups = groupby(shown, key=lambda person: (person.placement_id, person.placement_title))
    return [(title, list(members)) for (_, title), members in groups]


@blueprint.get("/people/<int:assignment_id>")
@open_to(Role.EMPLOYER)
def person(assignment_id: int) -> Response:
    return _person_page(assignment_id, NoForm())


def _person_page(assignment_id: int, form: NoForm) -> Response:
    actor = current_actor()
    shown = employer_people.get_person(actor, assignment_id)
    return page(
        "employers/person.html",
        form=form,
        person=shown,
        placement=placements.get_placement(actor, shown.placement_id),
        terms=agreements.find_terms(actor, assignment_id),
        may_tell=endings.may_tell(actor, assignment_id),
        went=endings.list_words(actor, assignment_id),
    )


@blueprint.route("/people/<int:assignment_id>/confirm", methods=["GET", "POST"])
@open_to(Role.EMPLOYER)
def confirm(assignment_id: int) -> Response:
    actor, form = current_actor(), ConfirmForm()
    shown = employer_people.get_person(actor, assignment_id)
    placement = placements.get_placement(actor, shown.placement_id)
    if not form.is_submitted():
        if not may(Kind.ASSIGNMENT, shown.state, "confirm"):
            return redirect(url_for(".person", assignment_id=assignment_id), 302)
        _fill(form, placement)
    if form.is_sent():
        done, _ = form.try_act(lambda: _confirm(assignment_id, form))
        if done:
            return redirect(url_for(".confirmed", assignment_id=assignment_id), 303)
    return page("employers/confirm.html", form=form, person=shown, placement=placement)


def _fill(form: ConfirmForm, placement) -> None:
    """Fill in what was said before, so that nothing is asked twice."""
    form.supervisor.data = placement.supervisor_name
    form.place.data = f"{placement.site.name}, {placement.site.postcode}"


def _confirm(assignment_id: int, form: ConfirmForm) -> None:
    at = form.time.data
    first_day = {
        "time": time_words(at.hour * MINUTES + at.minute),
        "place": form.place.data,
        "bring": form.bring.data or "",
        "wear": form.wear.data or "",
    }
    starts.confirm_assignment(
        current_actor(),
        assignment_id,
        form.supervisor.data,
        form.start_on.data,
        first_day,
        seen_version=request.form.get("version", type=int),
    )


@blueprint.get("/people/<int:assignment_id>/confirmed")
@open_to(Role.EMPLOYER)
def confirmed(assignment_id: int) -> Response:
    actor = current_actor()
    return page(
        "employers/confirmed.html",
        person=employer_people.get_person(actor, assignment_id),
        terms=agreements.get_terms(actor, assignment_id),
    )


@blueprint.route("/people/<int:assignment_id>/move", methods=["GET", "POST"])
@open_to(Role.EMPLOYER)
def move(assignment_id: int) -> Response:
    actor, form = current_actor(), MoveForm()
    shown = employer_people.get_person(actor, assignment_id)
    placement = placements.get_placement(actor, shown.placement_id)
    if not form.is_submitted() and not may(Kind.ASSIGNMENT, shown.state, "start"):
        return redirect(url_for(".person", assignment_id=assignment_id), 302)
    if form.is_sent():
        new = form.start_on.data
        done, _ = form.try_act(lambda: first_days.move_first_day(actor, assignment_id, new))
        if done:
            flash(f"Moved to {day_words(new)}. {shown.name} is told now.")
            return redirect(url_for(".person", assignment_id=assignment_id), 303)
    return page("employers/move.html", form=form, person=shown, placement=placement)


@blueprint.post("/people/<int:assignment_id>/came")
@open_to(Role.EMPLOYER)
def came(assignment_id: int) -> Response:
    return _day_one(assignment_id, starts.start_assignment, "Noted: they came.")


@blueprint.post("/people/<int:assignment_id>/did-not-come")
@open_to(Role.EMPLOYER)
def did_not_come(assignment_id: int) -> Response:
    words = "Noted: they did not come. We ask them what happened."
    return _day_one(assignment_id, starts.record_no_show, words)


def _day_one(assignment_id: int, act, words: str) -> Response:
    form = NoForm()
    if form.is_sent():
        done, _ = form.try_act(lambda: act(current_actor(), assignment_id))
        if done:
            flash(words)
            return redirect(url_for(".person", assignment_id=assignment_id), 303)
    return _person_page(assignment_id, form)
