"""R14: a week as a grid, one row a person, planned days only."""

from datetime import date, timedelta

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from placements import clock
from placements.domain.vocabulary import Role
from placements.services import attendance as service
from placements.web.access import current_actor, open_to
from placements.web.forms import NoForm
from placements.web.pages import page
from placements.web.providers.blueprint import blueprint

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ANSWERS = {service.NOT_SAID: "Not said", service.CAME: "Came", service.AWAY: "Did not come"}


@blueprint.route("/attendance", methods=["GET", "POST"])
@open_to(Role.PROVIDER)
def attendance() -> Response:
    form, actor, monday = NoForm(), current_actor(), _monday()
    rows = service.list_week(actor, monday)
    if form.is_sent():
        said = {
            (row.assignment_id, n): request.form.get(f"day-{row.assignment_id}-{n}", "")
            for row in rows
            for n, day in enumerate(row.days)
            if day is not None
        }
        done, n_changed = form.try_act(lambda: service.save_week(actor, monday, said))
        if done:
            flash("1 day is changed." if n_changed == 1 else f"{n_changed} days are changed.")
            return redirect(url_for(".attendance", week=monday.isoformat()), 303)
    return page(
        "providers/attendance.html",
        form=form,
        rows=rows,
        days=[(name, monday + timedelta(days=n)) for n, name in enumerate(DAYS)],
        answers=ANSWERS,
        fills=request.args.get("fill") == "planned",
        said=request.form if form.is_submitted() else None,
        monday=monday,
        week=timedelta(days=7),
        this_monday=service.monday_of(clock.today()),
    )


def _monday() -> date:
    try:
        asked = date.fromisoformat(request.args.get("week", ""))
    except ValueError:
        asked = clock.today()
    return service.monday_of(asked)
