"""E17: who stayed: everybody who finished and is asked about now, with one save."""

from datetime import date

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from placements.domain.spoken import read_count, read_day
from placements.domain.vocabulary import Role
from placements.services import still_here
from placements.services.still_here import NO, NOT_KNOWN, YES, Finished, Stayed
from placements.web.access import current_actor, open_to
from placements.web.employers.blueprint import blueprint
from placements.web.forms import PlainForm
from placements.web.pages import page

ANSWERS = {YES: "Yes, they work here", NO: "No", NOT_KNOWN: "I do not know"}


class StayedForm(PlainForm):
    """The table's own boxes are read here; the form carries its token, key and errors."""


@blueprint.route("/outcomes", methods=["GET", "POST"])
@open_to(Role.EMPLOYER)
def outcomes() -> Response:
    actor, form = current_actor(), StayedForm()
    people = still_here.list_finished(actor)
    if form.is_sent():
        said = {one.assignment_id: told for one in people if (told := _read(form, one))}
        if not said and not form.errors:
            form.add_error("", "Answer for at least one person.")
        if not form.errors:
            refused = still_here.save_stayed(actor, said)
            names = {one.assignment_id: one.name for one in people}
            for assignment_id, words in refused.items():
                form.add_error("", f"{names[assignment_id]}: {words}")
            if not refused:
                flash("Saved. Thank you. They are told what you said of them.")
                return redirect(url_for(".outcomes"), 303)
    return page(
        "employers/outcomes.html",
        form=form,
        people=people,
        next_on=still_here.find_next_question(actor),
        answers=ANSWERS,
        said=request.form if form.is_submitted() else {},
    )


def _read(form: StayedForm, one: Finished) -> Stayed | None:
    """Read one person's boxes; what cannot be read is an error that names them."""
    typed = {
        n: request.form.get(f"{n}-{one.assignment_id}", "") for n in ("here", "since", "hours")
    }
    if typed["here"] not in ANSWERS:
        if typed["since"].strip() or typed["hours"].strip():
            form.add_error("", f"{one.name}: say first whether they work here.")
        return None
    if typed["here"] != YES:
        return Stayed(typed["here"])
    return Stayed(YES, _since(form, one, typed["since"]), _hours(form, one, typed["hours"]))


def _since(form: StayedForm, one: Finished, typed: str) -> date | None:
    try:
        return read_day(typed.replace("/", " ").split()) if typed.strip() else None
    except ValueError:
        form.add_error("", f"{one.name}: write the day as 4 6 2026, not {typed.strip()}.")
        return None


def _hours(form: StayedForm, one: Finished, typed: str) -> int | None:
    try:
        return read_count(typed.strip()) if typed.strip() else None
    except ValueError:
        form.add_error("", f"{one.name}: write the hours as a whole number, not {typed.strip()}.")
        return None
