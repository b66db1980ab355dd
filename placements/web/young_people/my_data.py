"""Who can see what, everything that is kept to take away, and stopping."""

import json

from flask import make_response, request, url_for
from flask import redirect as go_to
from werkzeug.wrappers import Response

from placements.domain.vocabulary import Role
from placements.services import my_page
from placements.services.my_data import export_my_data
from placements.services.withdrawals import withdraw_application
from placements.web.access import current_actor, open_to
from placements.web.pages import page
from placements.web.young_people.blueprint import blueprint
from placements.web.young_people.forms import StopForm
from placements.web.young_people.home import my_application


@blueprint.get("/data")
@open_to(Role.YOUNG_PERSON)
def my_data() -> Response:
    return page("young_people/data.html", mine=my_page.get_my_page(current_actor()))


@blueprint.get("/data/download")
@open_to(Role.YOUNG_PERSON)
def download() -> Response:
    data = export_my_data(current_actor())
    response = make_response(json.dumps(data, indent=2, ensure_ascii=False))
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@blueprint.route("/data/stop", methods=["GET", "POST"])
@open_to(Role.YOUNG_PERSON)
def stop() -> Response:
    actor, application, form = current_actor(), my_application(), StopForm()
    if form.is_sent():
        seen, reason = request.form.get("version", 0, type=int), form.reason.data
        done, _ = form.try_act(lambda: withdraw_application(actor, application.id, reason, seen))
        if done:
            return go_to(url_for(".home"), 303)
    return page("young_people/stop.html", form=form, mine=my_page.get_my_page(actor))
